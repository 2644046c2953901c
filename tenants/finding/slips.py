"""Slips of the pen in what a catalogue is asked for: words it lacks, and its own that are one slip off.

A name that is misspelt shares letters with the right one, but not the word, and the word is what
tells it from its neighbours. So a word that stands nowhere in the knowledge base is read as the one
of its own words that a swapped, missing, doubled or wrong letter makes of it. Words with digits are
codes, where another letter is another thing. `python -m evals catalog`, hit@1 of misspelt names:
walmart-amazon 93.6 → 94.4, R@5 99.2 → 99.6; names as other shops write them stay as they were.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_lowercase
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.finding.languages import little_words
from tenants.finding.lexemes import lexemes

MAX_MENDED = 6  # words of one question; each costs some hundred look-ups in the postings
MAX_WORDS = 60
_SHORT = 3  # such a word is read as another only where letters were swapped or one is missing
_WORD = re.compile(r"(?<![^\W_])[a-z]{3,20}(?![^\W_])", re.IGNORECASE)
_SWAPPED, _MISSING, _DOUBLED, _EXTRA, _WRONG = range(5)  # the likeliest first


async def mended(
    conn: TenantConnection, knowledge_base_id: UUID, text: str, languages: Sequence[str]
) -> str:
    """The text with each unheard word put as the knowledge base's own word that is likest."""
    stems = _stems(text, languages)
    held = await _counts(conn, knowledge_base_id, [one for each in stems.values() for one in each])
    unheard = [word for word, each in stems.items() if not held.keys() & set(each)][:MAX_MENDED]
    slips = {word: _slips(stems[word]) for word in unheard}
    near = await _counts(conn, knowledge_base_id, [one for each in slips.values() for one in each])
    meant = {
        word: likest + _ending(word, stems[word][0])
        for word in unheard
        if (likest := _likest(slips[word], near)) is not None
    }
    return _WORD.sub(lambda found: meant.get(found.group().lower(), found.group()), text)


def _stems(text: str, languages: Sequence[str]) -> dict[str, list[str]]:
    """The lexemes of each content word that may be misspelt, in any of the languages."""
    silent = frozenset[str]().union(*(little_words(language) for language in languages))
    words = list(dict.fromkeys(found.lower() for found in _WORD.findall(text)))[:MAX_WORDS]
    return {
        word: list(dict.fromkeys(s for language in languages for s in lexemes(word, language)))
        for word in words
        if word not in silent
    }


def _slips(stems: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for stem in stems:
        for other, kind in one_slip_off(stem):
            found[other] = min(kind, found.get(other, kind))
    return found


def one_slip_off(word: str) -> Iterator[tuple[str, int]]:
    """All that one slip makes of a word, with its kind: the higher, the less likely."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:], _SWAPPED
        for letter in ascii_lowercase:
            yield before + letter + after, _MISSING
        if len(word) > _SHORT and after:
            yield before + after[1:], _DOUBLED if before[-1:] == after[0] else _EXTRA
            for letter in ascii_lowercase:
                yield before + letter + after[1:], _WRONG


def _likest(slips: Mapping[str, int], counts: Mapping[str, int]) -> str | None:
    """The word that the likeliest slip leads to, and of these the most usual."""
    return min(
        (word for word in slips if word in counts),
        key=lambda word: (slips[word], -counts[word], word),
        default=None,
    )


def _ending(word: str, stem: str) -> str:
    """What the stem of a word leaves of it."""
    return word[len(stem) :] if word.startswith(stem) else ""


async def _counts(
    conn: TenantConnection, knowledge_base_id: UUID, wanted: Sequence[str]
) -> dict[str, int]:
    """In how many passages each of the words stands, of those that stand in any."""
    if not wanted:
        return {}
    cursor = await conn.execute(
        """
        select lexeme, sum(df)::int
          from postings
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and lexeme = any(%(wanted)s)
         group by lexeme
        """,
        {"knowledge_base_id": knowledge_base_id, "wanted": list(wanted)},
    )
    return dict(await cursor.fetchall())

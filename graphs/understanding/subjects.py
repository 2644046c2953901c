"""A question about a named thing: what of it asks for the thing, and what is asked of it.

"How do I return the Tern city bike?" names a product and asks about returns. A record of that
product shares most of the question's words and vector and may not say a word about returns, while
the shop's terms do. So a record counts as found only where it speaks of what is asked; else the
question is asked again without the name, and the record stands behind what that finds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from graphs.words.concepts import concepts, fields_in_english
from graphs.words.records import are_compared, is_record
from graphs.words.terms import terms, word_terms
from tenants.finding.search import Passage

# A record speaks of what is asked where it holds this share of the asked words; where it holds
# fewer, a field may say it by other words ("how old" - "age years: 4 to 6"). A field that shares a
# word with the question is near by that word alone: then share and cosine together must be more.
SPOKEN_OF = 0.6
NEAR_FIELD = 0.35
SHARE_AND_FIELD = 0.9
MAX_FIELDS = 24
_IT = {"en": "it", "de": "es", "es": "eso", "fr": "ça"}
# Verbs that ask for nothing but that there is such a thing.
_LIGHT = {
    "en": """offer sell provide have carry find take give come work make say mean buy order
        think use help mind interested""",
    "de": "bieten verkaufen führen finden nehmen geben kommen machen kaufen bestellen nutzen",
    "es": "ofrecer vender tener encontrar tomar dar venir hacer comprar pedir usar",
    "fr": "offrir proposer vendre trouver prendre donner venir faire acheter commander utiliser",
}
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing a question names, by the passages that are its records.

    `asked` are the words left without it, `reduced` the question with "it" in its place and
    `general` with the kind of thing it is ("the bike").
    """

    names: frozenset[str]
    asked: frozenset[str]
    reduced: str
    general: str
    language: str

    def is_of(self, passage: Passage) -> bool:
        """Whether a passage is a record of the thing."""
        title = concepts(terms(passage["title"], self.language), self.language)
        return is_record(passage) and self.names <= title

    def share(self, passage: Passage) -> float:
        """How much of what is asked a passage speaks of, 0 to 1, the thing's name apart."""
        told = concepts(terms(_told(passage), self.language), self.language)
        told |= fields_in_english(_told(passage), self.language)
        return len(self.asked & told) / len(self.asked)


def speaks(share: float, nearest: float) -> bool:
    """Whether a record speaks of what is asked, by its words and by its nearest field's cosine."""
    return nearest >= NEAR_FIELD if not share else share + nearest >= SHARE_AND_FIELD


def subject_of(query: str, found: Sequence[Passage], language: str) -> Subject | None:
    """The thing whose record was found first and which the question names; None without one.

    None too where nothing is asked of it: who only names a thing is shown what there is; and where
    it stands beside another thing of its kind, as each of them is meant.
    """
    if not found or not is_record(found[0]):
        return None
    title = concepts(terms(found[0]["title"], language), language)
    told = concepts(terms(query, language), language)
    names = frozenset(title & told)
    asked = told - names - _light(language)
    if not names or not asked:
        return None
    spoken = set(terms(query, language))
    if any(is_record(p) and are_compared(found[0], p, spoken) for p in found[1:]):
        return None
    kind = _kind(found[0]["title"])
    return Subject(
        names,
        frozenset(asked),
        _without(query, names, _IT.get(language[:2], ""), language),
        _without(query, names, kind or _IT.get(language[:2], ""), language),
        language,
    )


def fields_of(passages: Sequence[Passage]) -> list[str]:
    """The lines of records, without those that say their name."""
    lines: list[str] = []
    for passage in passages:
        for line in filter(None, map(str.strip, passage["text"].splitlines())):
            value = line.partition(": ")[2].strip()
            if not (value and passage["title"].endswith(value)):
                lines.append(line.replace(" › ", ", "))
    return list(dict.fromkeys(lines))[:MAX_FIELDS]


def behind(subject: Subject, records: Sequence[Passage], other: Sequence[Passage]) -> list[Passage]:
    """What was found without the name, first what speaks of what is asked; then the records."""
    rest = [p for p in other if not subject.is_of(p)]
    told = sorted(rest, key=lambda p: -(p["score"] + subject.share(p)))
    least = min((p["score"] for p in told), default=1.0)
    return [*told, *(cast(Passage, p | {"score": min(p["score"], least)}) for p in records)]


def _light(language: str) -> frozenset[str]:
    return frozenset(concepts(terms(_LIGHT.get(language[:2], ""), language), language))


def _kind(title: str) -> str:
    """The last word of a thing's name where it is written as a common noun."""
    words = _WORD.findall(title.rpartition(" › ")[2])
    return words[-1] if len(words) > 1 and words[-1].isalpha() and words[-1].islower() else ""


def _without(query: str, names: frozenset[str], instead: str, language: str) -> str:
    """The question with one word in place of the names that stand side by side in it."""
    pieces: list[str] = []
    end = 0
    last_was_name = False
    for word in _WORD.finditer(query):
        gap = query[end : word.start()]
        is_name = bool(concepts(word_terms(word.group(), language), language) & names)
        if not is_name:
            pieces += [gap, word.group()]
        elif not last_was_name:
            pieces += [gap, instead]
        last_was_name = is_name
        end = word.end()
    return re.sub(r"\b(?:the|a|an|my|your)\s+it\b", "it", "".join([*pieces, query[end:]]))


def _told(passage: Passage) -> str:
    return f"{passage['question'] or ''} {passage['text']}"

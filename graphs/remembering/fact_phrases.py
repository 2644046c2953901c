"""The sayings about facts as they are looked up, made once a language."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from graphs.remembering.fact_words import IS, KINDS, MINE, TOLD
from graphs.words.folding import Phrases, spans


@lru_cache(maxsize=48)
def phrases_of(what: str, language: str) -> Phrases:
    """`mine`, `is`, or `told`, whose kinds are the facts' own."""
    if what == "told":
        return Phrases({kind: {language: by.get(language, by["en"])} for kind, by in TOLD.items()})
    table = {"mine": MINE, "is": IS}[what]
    return Phrases({what: {language: table.get(language, table["en"])}})


@lru_cache(maxsize=16)
def kind_phrases(language: str) -> Phrases:
    """What facts are called."""
    return Phrases(
        {kind: {language: said} for kind, by in KINDS.items() if (said := by.get(language))}
        or {kind: {"en": by["en"]} for kind, by in KINDS.items()}
    )


def kinds_at(plain: Sequence[str], language: str) -> list[tuple[str, int, int]]:
    """(kind, first word, number of words) of every fact that is named."""
    found: list[tuple[str, int, int]] = []
    place = 0
    while place < len(plain):
        kind, length = kind_phrases(language).at(plain, place)
        if kind:
            found.append((kind, place, length))
        place += max(length, 1)
    return found


def words_of(table: Mapping[str, str], language: str) -> frozenset[str]:
    """The folded words of one language; English where there are none."""
    return _split_words(table.get(language, table["en"]))


@lru_cache(maxsize=32)
def _split_words(joined: str) -> frozenset[str]:
    return frozenset(word.plain for word in spans(joined.replace("|", " ")))

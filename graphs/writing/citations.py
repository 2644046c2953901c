"""Which passage a sentence leans on, and whether the passage really says it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from graphs.state import Citation
from graphs.words import facts
from graphs.words.sentences import split_sentences
from graphs.words.terms import overlap, terms
from tenants.finding.languages import DEFAULT_LANGUAGE, detect
from tenants.finding.search import Passage
from tenants.keeping.kept_texts import forgettable

MIN_SHARED = 0.5  # share of a sentence's meaning words that its passages must hold
MIN_PART_CHARS = 5  # of a word within a German compound
MAX_QUOTE_CHARS = 400
_MARK = re.compile(r"\s*\[(\d{1,2})\]")


@dataclass(frozen=True, slots=True)
class Supported:
    """A sentence as the contact reads it, the passage behind it and the words that say so."""

    text: str
    passage: int  # index in the list of passages, -1 when it states nothing
    quote: str
    others: tuple[tuple[int, str], ...] = ()  # further passages that it leans on, with their words


def strip_marks(text: str) -> tuple[str, list[int]]:
    """The text without its [n], and the numbers in order."""
    return _MARK.sub("", text), [int(n) for n in _MARK.findall(text)]


def support(
    sentence: str, passages: Sequence[Passage], *, locale: str = "", known: str = ""
) -> Supported | None:
    """The sentence with its passage and quote, or None where the passages do not say it.

    Every number, date, link and name must stand in one passage, or in those that the sentence
    cites together, and so must half of the other words. A sentence in another language than its
    passage shares no words with it: it must cite it, and its facts must be there. `known` are names
    that may be said without a source.
    """
    text, cited = strip_marks(sentence)
    own = list(dict.fromkeys(n - 1 for n in cited if 1 <= n <= len(passages)))
    if cited and not own:
        return None  # a source that was made up
    order = own + [i for i in range(len(passages)) if i not in own]
    for index in order:
        if _stands_whole(text, passages[index]["text"]):
            return Supported(text, index, text[:MAX_QUOTE_CHARS])
    language = locale or DEFAULT_LANGUAGE
    if not cited and not terms(text, language):
        return None
    for index in order:
        if _carries(text, [passages[index]], language, known, cited=index in own):
            return Supported(text, index, quote(text, passages[index]))
    together = [passages[index] for index in own]
    if len(own) > 1 and _carries(text, together, language, known, cited=False):
        others = tuple((index, quote(text, passages[index])) for index in own[1:])
        return Supported(text, own[0], quote(text, together[0]), others)
    return None


def unsupported_facts(
    sentence: str, passages: Sequence[Passage], *, locale: str = "", known: str = ""
) -> list[str]:
    """The kinds of facts in a sentence that no passage holds, each once, in their order."""
    text, _ = strip_marks(sentence)
    found = _unheld(text, passages, locale or DEFAULT_LANGUAGE, known)
    return list(dict.fromkeys(fact.kind for fact in found))


def _carries(
    text: str, passages: Sequence[Passage], language: str, known: str, *, cited: bool
) -> bool:
    """Whether these passages, read together, say what the sentence does."""
    if _unheld(text, passages, language, known):
        return False
    asked = terms(text, language)
    if not asked:
        return True
    bodies = [full_text(passage) for passage in passages]
    if cited and all(language_of(body) != language[:2] for body in bodies):
        return True
    held = [set(terms(body, language)) for body in bodies]
    if language[:2] == "de":
        held = [one | _within_compounds(asked, one) for one in held]
    each_shares = all(one.intersection(asked) for one in held)
    return each_shares and overlap(asked, set[str]().union(*held)) >= MIN_SHARED


def _within_compounds(asked: Sequence[str], held: set[str]) -> set[str]:
    """The words that a German passage holds as a part of a longer one: Aufkleber, Rücksendeaufkleber."""
    long = [word for word in asked if len(word) >= MIN_PART_CHARS]
    return {word for word in long if any(word in other for other in held)}


def _unheld(text: str, passages: Sequence[Passage], language: str, known: str) -> list[facts.Fact]:
    bodies = [full_text(passage) for passage in passages]
    return facts.unheld(text, [(body, language_of(body)) for body in bodies], language, known=known)


@forgettable
@lru_cache(maxsize=1_024)
def language_of(body: str) -> str:
    """The language of a passage's whole text."""
    return detect(body)


def _stands_whole(text: str, body: str) -> bool:
    """Whether a sentence stands in a text word for word, and not as the beginning of a number."""
    at = body.find(text) if text else -1
    while at >= 0:
        before, after = body[at - 1 : at], body[at + len(text) : at + len(text) + 1]
        ends_open = after.isdigit() or (
            text[-1].isalnum() and after.isalnum() and text[-1].isascii()
        )
        if not (before.isalnum() and text[0].isalnum() and text[0].isascii()) and not ends_open:
            return True
        at = body.find(text, at + 1)
    return False


def citations_of(supported: Sequence[Supported], passages: Sequence[Passage]) -> list[Citation]:
    """One citation a passage, in the order they are leant on; the quote spans all that was used."""
    quotes: dict[int, list[str]] = {}
    for one in supported:
        leant = ((one.passage, one.quote), *one.others) if one.passage >= 0 else ()
        for index, quoted in leant:
            quotes.setdefault(index, []).append(quoted)
    return [
        Citation(
            passage_id=passages[index]["passage_id"],
            document_id=passages[index]["document_id"],
            title=passages[index]["title"],
            quote=_span(used, passages[index]["text"]),
        )
        for index, used in quotes.items()
    ]


def _span(quotes: list[str], text: str) -> str:
    """The passage's own words from the first quote to the last one, or else line by line."""
    places = [(text.find(q), text.find(q) + len(q)) for q in quotes if q and q in text]
    if not places:
        return ""
    start, end = min(p[0] for p in places), max(p[1] for p in places)
    whole = text[start:end]
    if len(whole) <= MAX_QUOTE_CHARS:
        return whole
    return "\n".join(dict.fromkeys(q for q in quotes if q))[:MAX_QUOTE_CHARS]


def merged(citations: Sequence[Citation]) -> list[Citation]:
    """One citation a passage, in order; what two intents quote of it stands line by line."""
    found: dict[str, Citation] = {}
    for citation in citations:
        known = found.setdefault(citation["passage_id"], citation)
        if citation["quote"] not in known["quote"]:
            both = known.copy()
            both["quote"] = f"{known['quote']}\n{citation['quote']}"[: 2 * MAX_QUOTE_CHARS]
            found[citation["passage_id"]] = both
    return list(found.values())


def quote(sentence: str, passage: Passage) -> str:
    """The passage's own sentence that fits best; always a part of its text."""
    plain = sentence.strip()
    if plain and plain in passage["text"]:
        return plain[:MAX_QUOTE_CHARS]
    asked = set(terms(plain))
    parts = [p for p in split_sentences(passage["text"]) if p in passage["text"]]
    used = [
        p for p in parts if (held := set(terms(p))) and held <= asked and not _names(p, passage)
    ]
    if used:
        return _span(used, passage["text"])
    return max(parts, key=lambda p: overlap(asked, terms(p)), default="")[:MAX_QUOTE_CHARS]


def _names(part: str, passage: Passage) -> bool:
    """Whether a record's line only says what the title says."""
    value = part.partition(": ")[2]
    return bool(value) and passage["title"].endswith(value)


def full_text(passage: Passage) -> str:
    """Title, question and text: everything the passage says."""
    return "\n".join(p for p in (passage["title"], passage["question"], passage["text"]) if p)


def states_nothing(sentence: str, *, locale: str = "") -> bool:
    """Whether a sentence is mere courtesy: short, without a mark and without any fact."""
    text, cited = strip_marks(sentence)
    language = locale or DEFAULT_LANGUAGE
    few = len(text) <= 60 and len(terms(text, language)) <= 2
    return not cited and few and not facts.facts_of(text, language)

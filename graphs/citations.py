"""Which passage a sentence leans on, and whether the passage really says it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graphs.sentences import split_sentences
from graphs.state import Citation
from graphs.terms import overlap, terms
from tenants.search import Passage

MIN_SHARED = 0.5  # share of a sentence's meaning words that its passages must hold
MAX_QUOTE_CHARS = 400
_MARK = re.compile(r"\s*\[(\d{1,2})\]")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_LINK = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-zß-ÿ,;:] )[A-ZÄÖÜ][\wß-ÿ'’-]+(?: [A-ZÄÖÜ][\wß-ÿ'’-]+)*")
_SENTENCE_GERMAN = frozenset({"de"})  # nouns are written large there: a capital is no name


@dataclass(frozen=True, slots=True)
class Supported:
    """A sentence as the contact reads it, the passage behind it and the words that say so."""

    text: str
    passage: int  # index in the list of passages, -1 when it states nothing
    quote: str


def strip_marks(text: str) -> tuple[str, list[int]]:
    """The text without its [n], and the numbers in order."""
    return _MARK.sub("", text), [int(n) for n in _MARK.findall(text)]


def support(sentence: str, passages: Sequence[Passage], *, locale: str = "") -> Supported | None:
    """The sentence with its passage and quote, or None where the passages do not say it.

    Numbers, links and names must stand in one passage, and so must half of the other words.
    """
    text, cited = strip_marks(sentence)
    order = [n - 1 for n in cited if 1 <= n <= len(passages)]
    order += [i for i in range(len(passages)) if i not in order]
    if cited and not any(1 <= n <= len(passages) for n in cited):
        return None  # a source that was made up
    for index in order:
        if text in passages[index]["text"]:
            return Supported(text, index, text[:MAX_QUOTE_CHARS])
    asked = terms(text)
    if not asked and not cited:
        return None
    for index in order:
        passage = passages[index]
        body = full_text(passage)
        if not _holds_facts(text, body, locale):
            continue
        if not asked or overlap(asked, terms(body)) >= MIN_SHARED:
            return Supported(text, index, quote(text, passage))
    return None


def citations_of(supported: Sequence[Supported], passages: Sequence[Passage]) -> list[Citation]:
    """One citation a passage, in the order they are leant on; the quote spans all that was used."""
    quotes: dict[int, list[str]] = {}
    for one in supported:
        if one.passage >= 0:
            quotes.setdefault(one.passage, []).append(one.quote)
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


def states_nothing(sentence: str) -> bool:
    """Whether a sentence is mere courtesy: short, without number, link or mark."""
    text, cited = strip_marks(sentence)
    return not cited and len(text) <= 60 and len(terms(text)) <= 2 and not _NUMBER.search(text)


def _holds_facts(text: str, body: str, locale: str) -> bool:
    lowered = body.casefold()
    links = [link.rstrip(".,;:!?)") for link in _LINK.findall(text)]
    if any(link.casefold() not in lowered for link in links):
        return False
    bare = _LINK.sub(" ", text)
    if not {_number(n) for n in _NUMBER.findall(bare)} <= {
        _number(n) for n in _NUMBER.findall(body)
    }:
        return False
    if locale[:2] in _SENTENCE_GERMAN:
        return True
    return all(name.casefold() in lowered for name in _NAME.findall(bare) if len(name) > 2)


def _number(text: str) -> str:
    """`1,000.50` and `1000.50` are one number; `9:00` stays a time."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        text = text.replace(",", "")
    return text.rstrip(".,:/-").removesuffix(".00")

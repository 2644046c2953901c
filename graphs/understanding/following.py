"""A message in the light of the one before: "and for children?" as a question that stands alone."""

import re
import unicodedata
from collections.abc import Sequence

from graphs.understanding.following_words import (
    AND,
    ARTICLES,
    CLASSES,
    FIRST_PERSON,
    FOLLOWS,
    MAY_I,
    PARTICLES,
    POINTS_BACK,
    PREPOSITIONS,
    QUESTIONS,
)
from graphs.understanding.sharing import lent
from graphs.understanding.splitting import resolve as resolve_within
from graphs.understanding.spoken_references import rank_of, thing_of
from graphs.words.folding import Phrases, Word, folded, spans
from graphs.words.terms import overlap, terms

MAX_LENT_CHARS = 300  # so that a chain of follow-ups does not grow without end
MAX_ELLIPSIS_WORDS = 5
MAX_FOLLOWING_TERMS = 2  # "what about the warranty of the Tarn tent?" says all that it asks
MAX_SUBJECT_PLACE = 3  # "how long do I …": where the one who asks stands at the latest
MIN_GROUNDED = 0.5  # of a model's words that the conversation must hold
_FOLLOWS = Phrases({"follows": FOLLOWS})
_BEFORE_INFINITIVE = re.compile(  # "comment le retourner", but not "où est le dossier"
    r"\b(?:comment|ou|quand|pourquoi|je|on|nous|vous|faut) (?:le|la|les|l) \w+(?:er|ir|re)\b"
)
_ENCLITIC = re.compile(r"[aei]r(?:lo|la|los|las|li|le|ne)$")


def resolve(
    parts: Sequence[str], before: str, language: str, *, hanging: Sequence[bool] = ()
) -> list[tuple[str, str]]:
    """(their words, a query that stands alone), the first in the light of `before`.

    `hanging` are those that begin with "if so": they lean on the one before them.
    """
    if not parts:
        return []
    first = parts[0]
    alone = standing_alone(first, before, language) if leans_back(first, before, language) else ""
    if not alone:
        return _within(list(parts), language, hanging)
    found = _within([alone, *parts[1:]], language, hanging)
    return [(without_lead(first) or first, alone), *found[1:]]


def _within(parts: list[str], language: str, hanging: Sequence[bool]) -> list[tuple[str, str]]:
    """The parts in the light of each other; their own words stay as they are."""
    found = resolve_within(lent(parts, language), language=language, hanging=hanging)
    own = resolve_within(parts, language=language)
    resolved: list[tuple[str, str]] = []
    for (text, _), (_, query) in zip(own, found, strict=True):
        earlier = resolved[-1][1] if resolved else ""
        resolved.append((text, _asked_on(text, query, earlier, language)))
    return resolved


def _asked_on(text: str, query: str, earlier: str, language: str) -> str:
    """ "Do you ship to Peru? and Austria?": a mere piece of a question takes its place in the one before
    it; a thing that has no place there stands alone.
    """
    own = [word.plain for word in spans(text)]
    if not earlier or query != text or not own or len(own) > MAX_ELLIPSIS_WORDS or _asks(own):
        return query
    if not text.rstrip().endswith(("?", "？")):
        return query
    hangs = own[0] in PREPOSITIONS
    if not hangs and len(set(terms(text, language))) > 1:
        return query
    changed = _changed(text.strip(" ¿?.!,"), earlier.rstrip(" ?!.？")[-MAX_LENT_CHARS:], language)
    return changed or (standing_alone(text, earlier, language) if hangs else query)


def leans_back(part: str, before: str, language: str) -> bool:
    """Whether a request is not understood without the one before it."""
    if not before:
        return False
    words = [word.plain for word in spans(part)]
    if not words:
        return False
    if rank_of(part) and not thing_of(part):
        return True  # "the cheapest one" of what?
    rest = without_lead(part)
    own = [word.plain for word in spans(rest)]
    n_terms = len(set(terms(rest, language)))
    if rest != part.strip():
        stands = n_terms > 1 if _asks(own) else n_terms > MAX_FOLLOWING_TERMS
        goes_on = n_terms <= MAX_FOLLOWING_TERMS and _goes_on_about_me(part, own)
        return points_back(own) or not stands or goes_on
    n_alone = n_terms - len(set(terms(" ".join(w for w in own if w in PARTICLES), language)))
    if points_back(own) and n_alone <= 1:
        return True
    is_short = len(own) <= MAX_ELLIPSIS_WORDS and part.rstrip().endswith(("?", "？"))
    if is_short and own[0] in PREPOSITIONS and not any(w in QUESTIONS for w in own):
        return True
    return (
        is_short and len(own) <= 3 and n_terms <= 1 and own[0] in QUESTIONS and len(own) > n_terms
    )


def may_stand_alone(text: str, query: str, language: str) -> bool:
    """Whether a question that is searched in the light of the one before is a whole one too."""
    own = [word.plain for word in spans(text)]
    if query == text or points_back(own) or not _asks_about_me(own):
        return False
    return 1 < len(set(terms(text, language))) <= MAX_FOLLOWING_TERMS


def question_before(text: str, query: str) -> str:
    """The earlier question of a query that has both in a row; else the whole query."""
    place = query.rfind(text.strip(" ¿?.!,"))
    return query[:place].strip() if place > 0 else query


def _goes_on_about_me(part: str, own: Sequence[str]) -> bool:
    """ "and can I drink coffee?" asks of the same matter; "and do you sell tents?" of another."""
    lead = [word.plain for word in spans(part)]
    return len(lead) - len(own) == 1 and lead[0] in AND and _asks_about_me(own)


def _asks_about_me(own: Sequence[str]) -> bool:
    early = own[1 : MAX_SUBJECT_PLACE + 1]
    return _asks(own) and (own[0] in MAY_I or not FIRST_PERSON.isdisjoint(early))


def standing_alone(part: str, before: str, language: str) -> str:
    """The earlier question with what this one changes, or both in a row."""
    rest = without_lead(part).strip(" ¿?.!,")
    earlier = unicodedata.normalize("NFC", before).rstrip(" ?!.？")[-MAX_LENT_CHARS:]
    if not _asks([word.plain for word in spans(rest)]):
        changed = _changed(rest, earlier, language)
        if changed:
            return changed
    return f"{earlier} {rest}"


def _changed(rest: str, earlier: str, language: str) -> str:
    """The earlier question with the piece in the place of its like; empty where it has none."""
    return (
        _same_class(rest, earlier)
        or _same_preposition(rest, earlier)
        or _same_kind_of_name(rest, earlier, language)
    )


def corrected(said: str, before: str, language: str) -> str:
    """The earlier question as the contact has put it right; their words alone, if those are one."""
    words = [word.plain for word in spans(said)]
    if not before or (_asks(words) and len(set(terms(said, language))) > 1):
        return said
    return standing_alone(said, before, language)


def is_grounded(query: str, heard: str, language: str) -> bool:
    """Whether a model's query is made of what was said, and not of something else."""
    return overlap(terms(query, language), terms(heard, language)) >= MIN_GROUNDED


def is_quoted(text: str, said: str) -> bool:
    """Whether a model gives the contact's own words and no others."""
    own = set(folded(said))
    return all(word in own for word in folded(text))


def without_lead(part: str) -> str:
    """The part after "and", "what about" and their like."""
    words = spans(part)
    place = 0
    while place < len(words):
        _, length = _FOLLOWS.at([word.plain for word in words], place)
        if not length:
            break
        place += length
    if not place:
        return part.strip()
    return part[words[place].start :].strip() if place < len(words) else ""


def points_back(words: Sequence[str]) -> bool:
    """Whether folded words hold one that means something said before."""
    if _BEFORE_INFINITIVE.search(" ".join(words)):
        return True
    return any(word in POINTS_BACK or _ENCLITIC.search(word) for word in words)


def _asks(words: Sequence[str]) -> bool:
    return bool(words) and words[0] in QUESTIONS


def _same_class(rest: str, earlier: str) -> str:
    """A colour for a colour, a day for a day."""
    for said in spans(rest):
        of_class = CLASSES.get(said.plain)
        if of_class is None:
            continue
        for old in reversed(spans(earlier)):
            if CLASSES.get(old.plain) == of_class:
                return _swapped(earlier, old.start, old.end, rest[said.start : said.end])
    return ""


def _same_preposition(rest: str, earlier: str) -> str:
    """ "to Austria" for "to Switzerland": the same little word, another thing."""
    said, old = spans(rest), spans(earlier)
    if len(said) < 2 or said[0].plain not in PREPOSITIONS:
        return ""
    for place in range(len(old) - 2, -1, -1):
        if old[place].plain == said[0].plain:
            last = place + 1
            while last < len(old) - 1 and old[last].plain in ARTICLES:
                last += 1
            return _swapped(earlier, old[place].start, old[last].end, rest)
    return ""


def _same_kind_of_name(rest: str, earlier: str, language: str) -> str:
    """A name for a name, where names alone are written with a capital."""
    said = [word for word in spans(rest) if word.plain not in ARTICLES]
    if language == "de" or len(said) != 1 or not _is_name(rest, said[0]):
        return ""
    for old in reversed(spans(earlier)[1:]):
        if _is_name(earlier, old):
            return _swapped(earlier, old.start, old.end, rest[said[0].start : said[0].end])
    return ""


def _is_name(text: str, word: Word) -> bool:
    return text[word.start].isupper() and not text[word.start : word.end].isupper()


def _swapped(text: str, start: int, end: int, new: str) -> str:
    return f"{text[:start]}{new}{text[end:]}"

"""Rules that cut a message into its requests and make each stand alone."""

import re
from collections.abc import Sequence

from graphs.understanding.cuts import cut, read
from graphs.understanding.sharing import follows_from
from graphs.understanding.wishes import small_talk, wants_person
from graphs.words.sentences import split_sentences
from graphs.words.terms import terms, words
from tenants.finding.languages import DEFAULT_LANGUAGE

_QUESTION = (
    r"(?:what|how|when|where|which|who|why|can|could|do|does|did|is|are|will|would|should|may|have|has|"
    r"was|wie|wo|wann|warum|welche[rsnm]?|wer|kann|können|gibt|haben|ist|sind|darf|muss|"
    r"qué|cómo|cuándo|dónde|cuál(?:es)?|cuánt[oa]s?|puedo|tienen|hay|"
    r"que|comment|quand|où|quel(?:le)?s?|combien|puis-je|est-ce|avez|y a-t-il)"
)
_AND = r"(?:and(?:\s+also)?|also|plus|und(?:\s+auch)?|außerdem|y(?:\s+también)?|además|et(?:\s+aussi)?|but|then)"
CUT = 0.4  # between the over-split of customer-multi and the misses of mixsnips, docs/evals.md
MAX_BARE_WORDS = 3
MAX_TERMS_BESIDE_IT = 3
MAX_LENT_CHARS = 300  # so that a chain of follow-ups does not grow without end
_LEADING = re.compile(rf"^(?:{_AND}|so|well|oh|um+|uh+)\b[,\s]*", re.IGNORECASE)
_FOLLOWS_UP = re.compile(
    r"^\W*(?:and|what about|how about|und|was ist mit|wie (?:ist|sieht) es mit|y|qué tal|et(?: pour)?|qu'en est-il)\b",
    re.IGNORECASE,
)
_PRONOUNS = frozenset(
    """it its they them this that these those one ones there he she es sie das dies diese ihn ihr dort
    lo la los las esto eso ese esa ellos il elle ils elles ça cela ceci""".split()
)

_IT = frozenset("it its they them their ihn ihm damit dafür davon daran".split())
_IDLE_IT = re.compile(  # "is it possible to …" speaks of nothing that was said
    r"\bit(?:'s)?\s+(?:is\s+|be\s+)?(?:possible|ok|okay|true|allowed|safe|better|necessary|easy|hard|cost to|take to)\b",
    re.IGNORECASE,
)

_STRANDED = re.compile(  # "and can I eat before?": before what, the request before it says
    r"\b(?:before|beforehand|after|afterwards|meanwhile|davor|vorher|danach|hinterher|währenddessen"
    r"|antes|después|luego|mientras|avant|après|ensuite|entre-temps)\W*$",
    re.IGNORECASE,
)


def split_text(text: str, language: str = DEFAULT_LANGUAGE) -> list[str]:
    """The requests in a message, in order; what belongs to a request stays with it."""
    reading = read(text, language)
    if not reading.places:
        return [text.strip()]
    parts = [reading.part(first, last) for first, last in cut(reading, threshold=CUT)]
    return [part for part in parts if part] or [text.strip()]


def resolve(
    parts: list[str],
    *,
    before: str = "",
    language: str = DEFAULT_LANGUAGE,
    hanging: Sequence[bool] = (),
) -> list[tuple[str, str]]:
    """(their words, a query that stands alone): a pronoun takes the words it points back to.

    So does what an earlier request of the message brings: "and when do I get the money?", and
    what is `hanging` on the one before it: "if so, how long does it take?"
    """
    resolved: list[tuple[str, str]] = []
    for number, part in enumerate(parts):
        own = query = _LEADING.sub("", part) or part
        brought = bool(resolved) and follows_from(part, resolved[-1][0], language)
        hangs = number < len(hanging) and hanging[number]
        meant = bool(resolved) and _speaks_of_it(part, language)
        if before and (brought or hangs or meant or leans_back(part)):
            query = f"{_without_ask(before)} {own}"
        resolved.append((own, query))
        before = query
    return resolved


def _speaks_of_it(part: str, language: str) -> bool:
    """Whether a short request behind another one says "it", or before or after what: "can I eat before?" """
    says_it = not _IT.isdisjoint(words(part)) and not _IDLE_IT.search(part)
    if not says_it and not _STRANDED.search(part):
        return False
    return len(set(terms(part, language))) <= MAX_TERMS_BESIDE_IT


def leans_back(part: str) -> bool:
    """Whether a request is not understood without the one before it."""
    n_terms, points_back = len(set(terms(part))), not _PRONOUNS.isdisjoint(words(part))
    if not n_terms and len(words(part)) <= MAX_BARE_WORDS:
        return True  # "how?", "and why not?"
    if _FOLLOWS_UP.match(part):
        return points_back or n_terms < 2 or not _asks(_LEADING.sub("", part))
    return n_terms <= 1 and points_back


def requested(part: str) -> str:
    """The part without sentences of small talk and wishes for a person; empty where nothing is left."""
    sentences = split_sentences(part)
    if len(sentences) < 2:
        return "" if asks_nothing(part) else part
    kept = [sentence for sentence in sentences if not asks_nothing(sentence)]
    return part if len(kept) == len(sentences) else " ".join(kept)


def asks_nothing(part: str) -> bool:
    """Whether a part is mere small talk, or a wish for a person that no search can answer."""
    return bool(small_talk(part)) or wants_person(part)


def _asks(clause: str) -> bool:
    bare = _LEADING.sub("", clause)
    return clause.rstrip().endswith(("?", "？")) or bool(
        re.match(rf"{_QUESTION}\b|{_WISH}", bare, re.IGNORECASE)
    )


_WISH = r"(?:i\s+(?:want|need|would\s+like)\b|i'd\s+like\b|please\b|tell\s+me\b|show\s+me\b|ich\s+(?:möchte|will|brauche)\b|quiero\b|necesito\b|je\s+(?:veux|voudrais)\b)"


def _without_ask(query: str) -> str:
    return query.rstrip(" ?!.？")[-MAX_LENT_CHARS:]

"""What a message does in the conversation besides asking: it corrects, comes back, reminds, agrees."""

from graphs.understanding.move_words import (
    ANSWERS,
    BEFORE_NO_TRAIL,
    LEADS,
    OPENINGS,
    REMINDERS,
    TRAILS,
)
from graphs.words.folding import Phrases, Word, spans

MAX_ANSWER_WORDS = 7
MAX_READ_CHARS = 2_000
MAX_BARE_WORDS = 6  # of a correction that begins with no more than a "no"
_REMINDERS = Phrases({"reminds": REMINDERS})
_LEADS = Phrases(LEADS)
_TRAILS = Phrases({"corrects": TRAILS})
_ANSWERS = Phrases(ANSWERS)
_OPENINGS = Phrases({"opening": OPENINGS})
_NO = frozenset("no nope nein non nao".split())
_SMALL = frozenset(
    """the for to in on at with from a an der die das den dem fur nach mit im am el la los las
    para al en con del un una le les pour au aux a avec il lo gli per di da o os as pra na nas""".split()
)


def reminds(text: str) -> bool:
    """Whether the text says that something was left unanswered."""
    words = [word.plain for word in spans(text[:MAX_READ_CHARS])]
    return any(_REMINDERS.at(words, place)[1] for place in range(len(words)))


def agrees(text: str) -> bool:
    """Whether the whole text is a yes."""
    return _answers(text, "yes")


def declines(text: str) -> bool:
    """Whether the whole text is a no."""
    return _answers(text, "no")


def goes_on(text: str) -> bool:
    """Whether the whole text chooses to go on with what was spoken about."""
    return _answers(text, "go_on", "yes")


def starts_afresh(text: str) -> bool:
    """Whether the whole text chooses to begin with something new."""
    return _answers(text, "afresh", "no")


def corrected(text: str) -> str:
    """What is said instead of something said before ("no, I meant the blue one"), or ""."""
    kind, rest = _led(text, "corrects")
    if kind:
        return rest
    words = spans(text[:MAX_READ_CHARS])
    if meant := _before_trail(text, words):
        return meant
    bare = len(words) - 1
    if bare < 1 or bare > MAX_BARE_WORDS or words[0].plain not in _NO or "?" in text:
        return ""
    return text[words[1].start :].strip(" .!") if words[1].plain in _SMALL else ""


def _before_trail(text: str, words: list[Word]) -> str:
    """What stands before "I meant" where that ends a short text: "no, sunday I meant"."""
    plain = [word.plain for word in words]
    first = 0
    while first < len(plain) and (skipped := _OPENINGS.at(plain, first)[1]):
        first += skipped
    for place in range(first + 1, min(len(plain), first + MAX_BARE_WORDS + 1)):
        kind, length = _TRAILS.at(plain, place)
        if kind and place + length == len(plain):
            asks = "?" in text or not BEFORE_NO_TRAIL.isdisjoint(plain[first:place])
            return "" if asks else text[words[first].start : words[place].start].strip(" .!,;:")
    return ""


def comes_back_to(text: str) -> str | None:
    """What the text comes back to ("back to the tent"), or None where it does not."""
    kind, rest = _led(text, "comes_back")
    return rest if kind else None


def _answers(text: str, *kinds: str) -> bool:
    words = [word.plain for word in spans(text[:MAX_READ_CHARS])]
    if not 0 < len(words) <= MAX_ANSWER_WORDS:
        return False
    found = list(_ANSWERS.over(words))
    return "" not in found and any(kind in kinds for kind in found) and not _opposed(found, kinds)


def _opposed(found: list[str], kinds: tuple[str, ...]) -> bool:
    """Yes and no in one answer are neither."""
    against = {"yes", "go_on"} if "no" in kinds else {"no", "afresh"}
    return not against.isdisjoint(found)


def _led(text: str, wanted: str) -> tuple[str, str]:
    """The kind of the saying that the text begins with, after mere openings, and what follows it."""
    words: list[Word] = spans(text[:MAX_READ_CHARS])
    plain = [word.plain for word in words]
    place = 0
    while place < len(words):
        kind, length = _LEADS.at(plain, place)
        if kind == wanted:
            after = words[place + length :]
            return kind, text[after[0].start :].strip(" .!,;:") if after else ""
        _, skipped = _OPENINGS.at(plain, place)
        if not skipped:
            break
        place += skipped
    return "", ""

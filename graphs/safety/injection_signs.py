"""What a text looks like that gives orders to the machine reading it, as named signs.

A text is looked at whole and sentence by sentence. A sentence amid a longer text is a unit of its
own: an order to the reader that has nothing to do with what stands around it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphs.safety.injection_words import kinds_at, kinds_unspaced

MAX_CHARS = 60_000  # of one text that are looked at
MAX_UNIT_CHARS = 1_500
MAX_UNITS = 600
MIN_AROUND_CHARS = 150  # with less around it, a sentence is part of a message, not of a document
_WINDOW = 7  # words in which two kinds make a pair

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n+|(?<=[a-z][.!?])(?=[A-Z])")
_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]"
)
_SPACED_OUT = re.compile(r"\b(?:\w[ ._*-]){4,}\w\b")
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("link", re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|net|org|io|xyz|info|co|ru|app)\b", re.I)),
    ("e-mail", re.compile(r"[\w.+-]+@[\w-]+\.\w+")),
    ("quoted", re.compile(r"[\"“”«»„][^\"“”«»„\n]{2,200}[\"“”«»„]|(?<!\w)['‘][^'’\n]{2,80}['’](?!\w)")),
    ("image", re.compile(r"!\[[^\]]*\]\(|<img\b", re.I)),
    ("fence", re.compile(r"[=#%*~_-]{4,}|[%#=]{3}|```|-{3,}|\|\|\|")),
    ("tag", re.compile(r"<\|[^|>]{1,40}\|>|\[/?(?:inst|sys|system|admin|user|end|begin|output|prompt)\b[^\]]{0,40}\]|</?(?:s|system|user|assistant|instructions?|prompt|im_\w+)>", re.I)),
    ("turn", re.compile(r"(?:^|\n)\s*[*#\"'\[]*(?:system|user|assistant|human|ai|bot|admin|developer|instructions?|override)\b[\]\"'* ]*[:：]", re.I)),
    ("blob", re.compile(r"\b[A-Za-z0-9+/]{24,}={0,2}|\b(?:[01]{7,8}\s?){3,}|(?:\\x[0-9a-f]{2}){3,}|(?:%[0-9a-f]{2}){4,}|\b(?:[0-9a-f]{2}\s){6,}", re.I)),
    ("run", re.compile(r"(\S{1,4}\s?)\1{7,}")),
    ("asks", re.compile(r"[?？]\s*$")),
    ("shouts", re.compile(r"\b[A-Z]{4,}\b.*\b[A-Z]{4,}\b", re.S)),
    ("brackets", re.compile(r"\[[^\]\n]{3,60}\]")),
    ("money", re.compile(r"[$€£¥]\s?\d|\d\s?(?:USD|EUR)")),
    ("digits", re.compile(r"\d")),
    ("colon", re.compile(r":\s*$|:\s+[\"“'‘]")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a text that may give orders, with its place and its signs."""

    text: str
    start: int
    end: int
    amid: bool
    signs: frozenset[str]


def plain(text: str) -> str:
    """The text as a reader sees it: no invisible signs, look-alikes of one form, letters not s p r e a d."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:MAX_CHARS]))
    return _SPACED_OUT.sub(lambda m: re.sub(r"[ ._*-]", "", m[0]), text)


def units(text: str) -> list[Unit]:
    """The whole text, and each of its sentences where there is enough around them."""
    seen = plain(text)
    pieces = list(_sentences(seen))[:MAX_UNITS]
    whole = seen if len(seen) <= MAX_UNIT_CHARS else f"{seen[:750]}\n{seen[-750:]}"
    found = [Unit(whole, 0, len(seen), False, frozenset(_signs(whole)))]
    if len(pieces) < 2:
        return found
    held = [_content(piece) for piece, _, _ in pieces]
    times: dict[str, int] = {}
    for words in held:
        for word in words:
            times[word] = times.get(word, 0) + 1
    for number, (piece, start, end) in enumerate(pieces):
        if len(seen) - len(piece) < MIN_AROUND_CHARS:
            continue
        signs = set(_signs(piece))
        amid = {f"amid {s}" for s in signs if s[0] in "kfs"}
        own = held[number]
        shared = sum(times[w] > 1 for w in own) / len(own) if own else 1.0
        amid.add("amid c:" + ("own" if shared == 0 else "few" if shared < 0.34 else "many"))
        if number in (0, len(pieces) - 1):
            amid.add("amid c:edge")
        if not own:
            amid.add("amid c:bare")
        found.append(Unit(piece, start, end, True, frozenset(signs | amid)))
    return found


def _sentences(text: str) -> Iterator[tuple[str, int, int]]:
    start = 0
    for match in (*_END.finditer(text), None):
        end = match.start() if match else len(text)
        piece = text[start:end]
        if _WORD.search(piece):
            yield piece[:MAX_UNIT_CHARS], start, end
            start = match.end() if match else end


def _content(piece: str) -> set[str]:
    return {w.lower()[:6] for w in _WORD.findall(piece) if len(w) > 3}


def _signs(text: str) -> Iterator[str]:
    words = [w.lower().replace("’", "'") for w in _WORD.findall(text)]
    for first, second in zip(["^", *words], [*words, "$"], strict=True):
        yield f"b:{_shown(first)} {_shown(second)}"
    for word in words:
        yield f"w:{_shown(word)}"
    yield from _kind_signs([kinds_at(words, place) for place in range(len(words))])
    yield from _kind_signs([{kind} for kind in kinds_unspaced(text)])
    for name, pattern in _SHAPES:
        if pattern.search(text):
            yield f"s:{name}"
    yield "s:" + next((f"<{n}" for n in (4, 8, 16, 32, 64, 128) if len(words) < n), "long")
    if any(ord(c) > 0x2FF for c in text):
        yield "s:other script"


def _kind_signs(placed: Sequence[set[str]]) -> Iterator[str]:
    first = next((kinds for kinds in placed[:3] if kinds), set[str]())
    for kind in first:
        yield f"f:{kind}"
    for place, kinds in enumerate(placed):
        for kind in kinds:
            yield f"k:{kind}"
            for other in {o for later in placed[place + 1 : place + _WINDOW] for o in later}:
                yield f"k:{kind} {other}"


def _shown(word: str) -> str:
    return "0" if word[:1].isdigit() else word[:20]

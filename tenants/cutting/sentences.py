"""Running text is cut between sentences, else between words, else anywhere."""

import re
from collections.abc import Iterator

from tenants.cutting.drafts import MAX_TOKENS, count_tokens

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]»”]*\s+|(?<=[。！？；])|\n+")


def split_text(text: str, *, max_tokens: int = MAX_TOKENS) -> list[str]:
    """Pieces of at most `max_tokens` each, cut between sentences, else words, else anywhere."""
    return [text[start:end] for start, end in pieces(text, 0, len(text), max_tokens)]


def pieces(text: str, start: int, end: int, max_tokens: int) -> Iterator[tuple[int, int]]:
    """Spans of at most `max_tokens`, each as many whole sentences as fit."""
    if count_tokens(text[start:end]) <= max_tokens:
        yield start, end
        return
    ends = [match.end() for match in _SENTENCE_END.finditer(text, start, end)]
    first = start
    last = start
    for stop in [*ends, end]:
        if count_tokens(text[first:stop]) > max_tokens and last > first:
            yield first, last
            first = last
        if count_tokens(text[first:stop]) > max_tokens:
            yield from _words(text, first, stop, max_tokens)
            first = stop
        last = stop
    if last > first:
        yield first, last


def _words(text: str, start: int, end: int, max_tokens: int) -> Iterator[tuple[int, int]]:
    """One overlong sentence, cut at blanks where there are any."""
    # the length alone decides far from the end, so that a huge text is not counted again and again
    while end - start > max_tokens * 4 or count_tokens(text[start:end]) > max_tokens:
        size = max_tokens * 4
        while count_tokens(text[start : start + size]) > max_tokens:
            size = size * 3 // 4
        blank = text.rfind(" ", start + size // 2, start + size)
        stop = blank + 1 if blank > 0 else start + size
        yield start, stop
        start = stop
    if end > start:
        yield start, end

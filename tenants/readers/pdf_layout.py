"""Lines of a PDF's pages become headings, paragraphs and list items.

A PDF knows only letters at places. Larger letters are taken for headings, wider gaps for the ends of
paragraphs, lines that come again at the edges of most pages for running heads.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tenants.readers.outline import MAX_HEADING_CHARS, Outline

_ITEM = re.compile(r"(?:[•◦▪‣●○■\uf0b7·–-]|(\d{1,3}[.)]))\s+(?=\S)")
_DIGITS = re.compile(r"\d+")
_SPACED = re.compile(r"(?<=\w)\u00ad?-$")
_MAX_LEVELS = 4
_LARGER = 1.15  # than the body: a heading
_GAP = 1.45  # times the usual leading: a new paragraph
_FULL = 0.7  # of the usual length: a line that the next one goes on from
_EDGE_LINES = 2
_RUNNING_PAGES = 4  # fewer pages have no running heads
_RUNNING_SHARE = 0.6


@dataclass(slots=True)
class Line:
    """One line of a page: its words, the height of its base and the size of its letters."""

    words: str
    y: float
    size: float
    bold: bool = False


def page_texts(pages: Sequence[list[Line]]) -> list[str]:
    """Every page as Markdown-like text."""
    body = _body(pages)
    running = _running(pages, body)
    kept = [
        [line for place, line in enumerate(page) if not _runs(page, place, running)]
        for page in pages
    ]
    body = _body(kept)
    larger = {
        round(line.size) for page in kept for line in page if _heads(line, body)
    }  # whole points: sizes that differ by less mean the same
    levels = {size: level for level, size in enumerate(sorted(larger, reverse=True), 1)}
    return [_Page(body, levels).text(page) for page in kept]


def _body(pages: Sequence[list[Line]]) -> float:
    """The size of most letters."""
    return _usual(round(line.size, 1) for page in pages for line in page for _ in line.words)


def _usual(values: Iterable[float]) -> float:
    counted = Counter(values)
    return counted.most_common(1)[0][0] if counted else 0.0


def _heads(line: Line, body: float) -> bool:
    words = line.words
    return (
        line.size >= body * _LARGER
        and len(words) <= MAX_HEADING_CHARS
        and any(char.isalpha() for char in words)
        and not words.endswith((",", ";"))
    )


def _running(pages: Sequence[list[Line]], body: float) -> set[str]:
    """What stands in small letters at the edge of most pages, numbers aside."""
    if len(pages) < _RUNNING_PAGES:
        return set()
    counted = Counter(
        words
        for page in pages
        for words in {
            _plain(line)
            for line in [*page[:_EDGE_LINES], *page[-_EDGE_LINES:]]
            if not _heads(line, body)
        }
    )
    return {words for words, count in counted.items() if count >= len(pages) * _RUNNING_SHARE}


def _runs(page: list[Line], place: int, running: set[str]) -> bool:
    at_edge = place < _EDGE_LINES or place >= len(page) - _EDGE_LINES
    return at_edge and _plain(page[place]) in running


def _plain(line: Line) -> str:
    return _DIGITS.sub("#", line.words)


class _Page:
    """One page: lines that belong together are put together."""

    def __init__(self, body: float, levels: dict[int, int]) -> None:
        self._body = body
        self._levels = levels
        self._outline = Outline()
        self._words = ""
        self._kind = ""  # "", "text", "item" or "heading": what `_words` is
        self._marker = "-"
        self._size = 0.0

    def text(self, lines: list[Line]) -> str:
        leading = _usual(round(gap, 0) for gap in _gaps(lines) if gap > 0) or self._body * 1.2
        lengths = sorted(len(line.words) for line in lines)
        usual = lengths[len(lengths) * 9 // 10] if lengths else 0
        before: Line | None = None
        for line in lines:
            gap = before.y - line.y if before else 0.0
            apart = before is None or gap < 0 or gap > leading * _GAP
            self._take(line, apart, before is not None and len(before.words) >= usual * _FULL)
            before = line
        self._flush()
        return self._outline.text

    def _take(self, line: Line, apart: bool, goes_on: bool) -> None:
        item = _ITEM.match(line.words)
        if _heads(line, self._body) or (apart and self._is_bold_heading(line)):
            if self._kind != "heading" or apart or abs(line.size - self._size) > 0.5:
                self._flush()
            self._kind, self._size = "heading", line.size
            self._words = f"{self._words} {line.words}".strip()
        elif item:
            self._flush()
            self._kind, self._marker = "item", (item.group(1) or "-")
            self._words = line.words[item.end() :]
        elif apart or self._kind in ("", "heading"):
            self._flush()
            self._kind, self._words = "text", line.words
        else:
            self._words = _joined(self._words, line.words, goes_on)

    def _is_bold_heading(self, line: Line) -> bool:
        return line.bold and len(line.words) <= 80 and not line.words.endswith((".", ",", ";", ":"))

    def _flush(self) -> None:
        if self._kind == "heading":
            level = self._levels.get(round(self._size), len(self._levels) + 1)
            self._outline.heading(min(level, _MAX_LEVELS), self._words)
        elif self._kind == "item":
            marker = self._marker.replace(")", ".")
            self._outline.item(self._words, marker=marker)
        else:
            self._outline.paragraph(self._words)
        self._words, self._kind = "", ""


def _gaps(lines: Sequence[Line]) -> Iterator[float]:
    for before, line in pairwise(lines):
        yield before.y - line.y


def _joined(words: str, more: str, goes_on: bool) -> str:
    """Two lines as one; a word that was cut is put together, a short line stays a line."""
    if words.endswith("\u00ad") or (_SPACED.search(words) and more[:1].islower()):
        return words[:-1] + more
    if not goes_on:
        return f"{words}\n{more}"
    no_blank = words[-1:] > "\u2e80" and more[:1] > "\u2e80"  # Chinese and Japanese have none
    return words + more if no_blank else f"{words} {more}"

"""Text becomes passages along its own structure: headings, paragraphs, list items, sentences.

Every passage is one contiguous piece of the text; `meta` holds its offsets, so that a citation can
point at the very words. Headings are not repeated in the body: they are the passage's title.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tenants.drafts import MAX_TOKENS, TARGET_TOKENS, Draft, breadcrumb, count_tokens

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*")
_RULE = re.compile(r"(=+|-{2,})[ \t]*")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+\S")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]»”]*\s+|(?<=[。！？；])|\n+")
_MAX_HEADING_CHARS = 160


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading (level 1–6) or a piece of running text (level 0), `start:end` of the source."""

    start: int
    end: int
    level: int = 0
    heading: str = ""


def text_passages(text: str, title: str, *, kind: str = "text", path: str = "") -> list[Draft]:
    """The passages of a text in order; together they hold every word of it."""
    drafts: list[Draft] = []
    headings: list[tuple[int, str]] = []
    section: list[_Block] = []

    def flush() -> None:
        names = [name for _, name in headings]
        drafts.extend(_pack(text, section, breadcrumb(title, *names), names, kind, path))
        section.clear()

    pending: _Block | None = None  # a heading that nothing has followed yet
    for block in _blocks(text):
        if not block.level:
            section.append(block)
            pending = None
            continue
        if pending and block.level <= pending.level:
            section.append(pending)  # a heading alone still says something
        flush()
        while headings and headings[-1][0] >= block.level:
            headings.pop()
        headings.append((block.level, block.heading))
        pending = block
    if pending:
        section.append(pending)
    flush()
    return drafts


def split_text(text: str, *, max_tokens: int = MAX_TOKENS) -> list[str]:
    """Pieces of at most `max_tokens` each, cut between sentences, else words, else anywhere."""
    return [text[start:end] for start, end in _pieces(text, 0, len(text), max_tokens)]


def _blocks(text: str) -> Iterator[_Block]:
    """Headings, paragraphs and list items of a text, in order."""
    lines = _lines(text)
    start: int | None = None
    end = 0
    fenced = False
    for index, (line_start, line_end) in enumerate(lines):
        line = text[line_start:line_end]
        following = text[slice(*lines[index + 1])] if index + 1 < len(lines) else ""
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _heading(line, following, in_paragraph=start is not None)
        breaks = heading or (not fenced and (not line.strip() or _ITEM.match(line)))
        if breaks and start is not None:
            yield _Block(start, end)
            start = None
        if heading:
            yield _Block(line_start, line_end, *heading)
        elif line.strip() and not (start is None and _RULE.fullmatch(line)):
            start = line_start if start is None else start
            end = line_end
    if start is not None:
        yield _Block(start, end)


def _lines(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    position = 0
    for line in text.splitlines(keepends=True):
        spans.append(
            (position, position + len(line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")))
        )
        position += len(line)
    return spans


def _heading(line: str, following: str, *, in_paragraph: bool) -> tuple[int, str] | None:
    """Level and words of a heading: `# words`, or a line underlined by the next."""
    marked = _HEADING.fullmatch(line)
    if marked and len(line) <= _MAX_HEADING_CHARS:
        return len(marked.group(1)), marked.group(2)
    words = line.strip()
    if not in_paragraph and any(c.isalnum() for c in words) and len(words) <= _MAX_HEADING_CHARS:
        rule = _RULE.fullmatch(following)
        if rule:
            return (1 if following[0] == "=" else 2), words
    return None


def _pack(
    text: str, blocks: list[_Block], title: str, headings: list[str], kind: str, path: str
) -> Iterator[Draft]:
    """Neighbouring blocks of one section together up to the target, larger ones cut."""
    asked = headings[-1] if headings and headings[-1].rstrip().endswith(("?", "？")) else None
    start: int | None = None
    end = 0
    for block in blocks:
        if start is not None and count_tokens(text[start : block.end]) > TARGET_TOKENS:
            yield _draft(text, start, end, title, asked, kind, path)
            start = None
        if count_tokens(text[block.start : block.end]) > MAX_TOKENS:
            for piece in _pieces(text, block.start, block.end, MAX_TOKENS):
                yield _draft(text, *piece, title, asked, kind, path)
            continue
        start = block.start if start is None else start
        end = block.end
    if start is not None:
        yield _draft(text, start, end, title, asked, kind, path)


def _draft(
    text: str, start: int, end: int, title: str, question: str | None, kind: str, path: str
) -> Draft:
    body = text[start:end]
    start += len(body) - len(body.lstrip())
    body = body.strip()
    meta = {"start": start, "end": start + len(body)}
    return Draft(kind, title, body, question=question, path=path, meta=meta)


def _pieces(text: str, start: int, end: int, max_tokens: int) -> Iterator[tuple[int, int]]:
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

"""Text becomes passages along its own structure: headings, paragraphs, list items, sentences.

Every passage is one contiguous piece of the text; `meta` holds its offsets, so that a citation can
point at the very words. Headings are not repeated in the body: they are the passage's title.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tenants.cutting.drafts import MAX_TOKENS, TARGET_TOKENS, Draft, breadcrumb, count_tokens
from tenants.cutting.sentences import pieces
from tenants.cutting.table_passages import Table, begins_table, table_passages

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*")
_RULE = re.compile(r"(=+|-{2,})[ \t]*")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+\S")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_MAX_HEADING_CHARS = 160


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading (level 1–6) or a piece of running text (level 0), `start:end` of the source."""

    start: int
    end: int
    level: int = 0
    heading: str = ""
    table: Table | None = None


def text_passages(text: str, title: str, *, kind: str = "text", path: str = "") -> list[Draft]:
    """The passages of a text in order; together they hold every word of it."""
    cut = _Cut(text, kind, path)
    drafts: list[Draft] = []
    headings: list[tuple[int, str]] = []
    section: list[_Block] = []

    def flush() -> None:
        names = [name for _, name in headings]
        drafts.extend(cut.pack(section, breadcrumb(title, *names), names))
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


def _blocks(text: str) -> Iterator[_Block]:
    """Headings, paragraphs, list items and tables of a text, in order."""
    lines = _lines(text)
    start: int | None = None
    end = 0
    fenced = False
    index = -1
    while (index := index + 1) < len(lines):
        line_start, line_end = lines[index]
        line = text[line_start:line_end]
        following = text[slice(*lines[index + 1])] if index + 1 < len(lines) else ""
        if _FENCE.match(line):
            fenced = not fenced
        table = None if fenced else _table(text, lines, index, line, following)
        heading = None
        if not fenced and not table:
            heading = _heading(line, following, in_paragraph=start is not None)
        breaks = heading or table or (not fenced and (not line.strip() or _ITEM.match(line)))
        if breaks and start is not None:
            yield _Block(start, end)
            start = None
        if table:
            yield _Block(line_start, table.rows[-1][1], table=table)
            index += 1 + len(table.rows)
        elif heading:
            yield _Block(line_start, line_end, *heading)
        elif line.strip() and not (start is None and _RULE.fullmatch(line)):
            start = line_start if start is None else start
            end = line_end
    if start is not None:
        yield _Block(start, end)


def _table(
    text: str, lines: list[tuple[int, int]], index: int, line: str, following: str
) -> Table | None:
    """The table whose header is this line, as far as its rows go; None where it has no rows."""
    if not begins_table(line, following):
        return None
    after = index + 2
    while after < len(lines) and "|" in text[slice(*lines[after])]:
        after += 1
    rows = tuple(lines[index + 2 : after])
    return Table(lines[index], rows) if rows else None


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


@dataclass(frozen=True, slots=True)
class _Cut:
    """How the blocks of one text become passages."""

    text: str
    kind: str
    path: str

    def pack(self, blocks: list[_Block], title: str, headings: list[str]) -> Iterator[Draft]:
        """Neighbouring blocks of one section together up to the target, larger ones cut."""
        asked = headings[-1] if headings and headings[-1].rstrip().endswith(("?", "？")) else None
        start: int | None = None
        end = 0
        for block in blocks:
            size = count_tokens(self.text[block.start : block.end])
            apart = block.table is not None or size > MAX_TOKENS
            if start is not None and (
                apart or count_tokens(self.text[start : block.end]) > TARGET_TOKENS
            ):
                yield self._draft(start, end, title, asked)
                start = None
            if block.table:
                yield from table_passages(
                    self.text, block.table, title, kind=self.kind, path=self.path
                )
            elif apart:
                for piece in pieces(self.text, block.start, block.end, MAX_TOKENS):
                    yield self._draft(*piece, title, asked)
            else:
                start = block.start if start is None else start
                end = block.end
        if start is not None:
            yield self._draft(start, end, title, asked)

    def _draft(self, start: int, end: int, title: str, question: str | None) -> Draft:
        body = self.text[start:end]
        start += len(body) - len(body.lstrip())
        body = body.strip()
        meta = {"start": start, "end": start + len(body)}
        return Draft(self.kind, title, body, question=question, path=self.path, meta=meta)

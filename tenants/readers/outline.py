"""Structure found in a file, written down as the Markdown-like text that is stored."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
MAX_HEADING_CHARS = 150


def flowing(words: str) -> str:
    """Words with single blanks; line breaks stay, one at a time."""
    return _LINES.sub("\n", _SPACES.sub(" ", words)).strip()


def in_line(words: str) -> str:
    return " ".join(words.split())


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the outline; `level` is 1–6 for headings, `tight` items follow without a blank."""

    text: str
    level: int = 0
    is_item: bool = False


def written(blocks: Iterable[Block]) -> str:
    """The blocks one under the other."""
    parts: list[str] = []
    in_list = False
    for block in blocks:
        parts.append("\n" if in_list and block.is_item else "\n\n")
        parts.append(block.text)
        in_list = block.is_item
    return "".join(parts).strip("\n") + "\n" if parts else ""


class Outline:
    """Blocks in the order in which they are told."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.first_heading = ""

    @property
    def text(self) -> str:
        return written(self.blocks)

    def heading(self, level: int, words: str) -> None:
        """A heading; one that is too long to be one is a paragraph."""
        words = in_line(words)
        if len(words) > MAX_HEADING_CHARS:
            self.paragraph(words)
        elif words:
            self.first_heading = self.first_heading or words
            level = min(max(level, 1), 6)
            self.blocks.append(Block(f"{'#' * level} {words}", level))

    def paragraph(self, words: str) -> None:
        if words := flowing(words):
            self.blocks.append(Block(words))

    def item(self, words: str, *, depth: int = 0, marker: str = "-") -> None:
        """An item of a list; `depth` counts the lists around it."""
        if words := flowing(words):
            indent = "  " * min(depth, 8)
            inner = words.replace("\n", "\n" + indent + "  ")
            self.blocks.append(Block(f"{indent}{marker} {inner}", is_item=True))

    def code(self, words: str) -> None:
        if words.strip():
            fenced = words.strip("\n").replace("```", "'''")
            self.blocks.append(Block(f"```\n{fenced}\n```"))

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """A pipe table whose first row is its header; one column is a list of paragraphs."""
        rows = [[in_line(cell).replace("|", "\\|") for cell in row] for row in rows]
        rows = [row for row in rows if any(row)]
        width = max((len(row) for row in rows), default=0)
        if width < 2 or len(rows) < 2:
            for row in rows:
                self.paragraph(" · ".join(cell for cell in row if cell))
            return
        lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
        lines.insert(1, "|" + " --- |" * width)
        self.blocks.append(Block("\n".join(lines)))

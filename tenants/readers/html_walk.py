"""One pass over the elements of a page, without recursion: pages may be nested deeply."""

import re

from selectolax.lexbor import LexborNode

from tenants.readers.html_tables import as_rows
from tenants.readers.outline import Outline, flowing

_UNSEEN = frozenset(
    "script style template noscript svg math head nav iframe object embed canvas audio video map "
    "select datalist button input textarea".split()
)
_BLOCKS = frozenset(
    "p div section article main header footer aside address blockquote figure figcaption form "
    "fieldset legend details dl dd center hr table thead tbody tfoot tr td th caption".split()
)
_ASKING = frozenset(("dt", "summary"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SPACES = re.compile(r"\s+")
_QUESTION_LEVEL = 6


class Walk:
    """Writes what it sees into an outline."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._words: list[str] = []
        self._lists: list[int | None] = []  # the number of each open list's last item, None for ul
        self._marker = ""  # of the item whose words are being gathered
        self._level = 0  # of the heading whose words are being gathered

    def walk(self, body: LexborNode) -> None:
        """Write the whole body down."""
        waiting: list[tuple[LexborNode | None, LexborNode | None]] = [(body.child, None)]
        while waiting:
            node, around = waiting.pop()
            if node is None:
                if around is not None:
                    self._leave(around.tag or "")
                continue
            waiting.append((node.next, around))
            if node.is_text_node:
                self._words.append(_SPACES.sub(" ", node.text_content or ""))
            elif node.is_element_node and self._enter(node):
                waiting.append((node.child, node))
        self._flush()

    def _enter(self, node: LexborNode) -> bool:
        """Whether to go on to what is inside of the element."""
        tag = node.tag or ""
        if tag in _UNSEEN or _is_hidden(node):
            return False
        if tag == "br":
            self._words.append("\n")
        elif tag in _HEADINGS:
            self._flush()
            self._level = _HEADINGS[tag]
        elif tag in ("ul", "ol"):
            self._flush()
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._flush()
            self._marker = self._next_marker()
        elif tag in _ASKING:
            self._flush()
        elif tag == "pre":
            self._flush()
            self._outline.code(node.text())
            return False
        elif tag == "table" and (rows := as_rows(node)) is not None:
            self._flush()
            self._outline.table(rows)
            return False
        elif tag in _BLOCKS:
            self._break()
        return True

    def _leave(self, tag: str) -> None:
        if tag in _HEADINGS or tag == "li":
            self._flush()
        elif tag in _ASKING:
            words = flowing("".join(self._words))
            if words.endswith(("?", "？")):
                self._level = _QUESTION_LEVEL
            self._flush()
        elif tag in ("ul", "ol"):
            self._flush()
            if self._lists:
                self._lists.pop()
        elif tag in _BLOCKS:
            self._break()

    def _next_marker(self) -> str:
        if not self._lists:
            return "-"
        number = self._lists[-1]
        if number is None:
            return "-"
        self._lists[-1] = number + 1
        return f"{number + 1}."

    def _break(self) -> None:
        """A block ends; inside of an item or a heading that is a line break only."""
        if self._marker or self._level:
            self._words.append("\n")
        else:
            self._flush()

    def _flush(self) -> None:
        words = "".join(self._words)
        self._words.clear()
        if self._level:
            self._outline.heading(self._level, words)
        elif self._marker:
            self._outline.item(words, depth=len(self._lists) - 1, marker=self._marker)
        else:
            self._outline.paragraph(words)
        self._level = 0
        if words.strip():
            self._marker = ""


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(_HIDDEN_STYLE.search((attributes.get("style") or "")[:500]))
    )

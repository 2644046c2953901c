"""Drafts of passages: pieces of a document before they have a number and a vector."""

from dataclasses import dataclass, field
from typing import Any

# Tokens of the local embedding model, which reads 256 with title and question. Two to four
# sentences rank best: target/most 80/120 against 120/170, hit@1 of mtrag 67.3 to 64.0, xquad 98.0
# to 96.4 (`python -m evals retrieval`).
TARGET_TOKENS = 80
MAX_TOKENS = 120
TITLE_SEPARATOR = " › "
MAX_TITLE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """One passage to be: `title` is where it stands (document › section), `path` its place."""

    kind: str
    title: str
    body: str
    question: str | None = None
    path: str = ""
    meta: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        """What the thing is called that a passage of JSON or of a table's row is about."""
        if self.kind == "json" or "row" in self.meta:
            return self.title.rpartition(TITLE_SEPARATOR)[2]
        return ""

    @property
    def embedded(self) -> str:
        """The text whose vector stands for the passage: where it stands, then what it says."""
        head = self.title
        if self.question:
            # a qa document is usually titled by its own question: say it once
            head = self.question if _same(self.title, self.question) else f"{head}\n{self.question}"
        return f"{head}\n{self.body}" if head else self.body


def count_tokens(text: str) -> int:
    """About how many tokens a text has: four characters each in Latin, one or two elsewhere."""
    ascii_chars = len(text.encode("ascii", "ignore"))
    return (ascii_chars + 3) // 4 + (len(text) - ascii_chars) * 2 // 3


def breadcrumb(*names: str) -> str:
    """The names in order, each once in a row, the middle left out where it grows too long."""
    kept: list[str] = []
    for name in names:
        short = " ".join(name.split())
        if short and (not kept or kept[-1] != short):
            kept.append(short)
    if len(kept) > 1 and len(TITLE_SEPARATOR.join(kept)) > MAX_TITLE_CHARS:
        kept[0] = _shortened(kept[0], MAX_TITLE_CHARS // 4)
    joined = TITLE_SEPARATOR.join(kept)
    while len(joined) > MAX_TITLE_CHARS and len(kept) > 2:
        kept.pop(1)
        joined = TITLE_SEPARATOR.join([kept[0], "…", *kept[1:]])
    return _shortened(joined, MAX_TITLE_CHARS + MAX_TITLE_CHARS // 4)


def _shortened(name: str, chars: int) -> str:
    return name if len(name) <= chars else name[: chars - 1] + "…"


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip()[:MAX_TITLE_CHARS].casefold()

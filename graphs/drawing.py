"""The machine as the graph itself draws it, for `docs/architecture.md`.

`python -m graphs.drawing` writes it between the marks of that page (`make drawing`).
"""

from pathlib import Path
from typing import Any, cast

from graphs.asking.models import Models
from graphs.ports import Desk, Knowledge
from graphs.support import build_graph

PAGE = Path(__file__).parent.parent / "docs" / "architecture.md"
_BEGIN, _END = "<!-- drawing:begin -->", "<!-- drawing:end -->"


def drawing() -> str:
    """Two Mermaid blocks: the conversation, and the subgraph that resolves one intent."""
    nothing: Any = None  # a drawing runs no node
    graph = build_graph(
        knowledge=cast(Knowledge, nothing), desk=cast(Desk, nothing), models=Models()
    )
    resolve = cast(Any, graph.nodes["resolve"].bound)
    parts = ("The conversation:", graph), ("`resolve`, once for every intent:", resolve)
    return "\n\n".join(
        f"{title}\n\n```mermaid\n{one.get_graph().draw_mermaid(with_styles=False).strip()}\n```"
        for title, one in parts
    )


def drawn_page(page: str) -> str:
    """The page with today's drawing between its marks."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{drawing()}\n{_END}{after}"


if __name__ == "__main__":
    PAGE.write_text(drawn_page(PAGE.read_text()))

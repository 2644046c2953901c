"""The page that shows the machine shows today's machine."""

from graphs.drawing import PAGE, drawn_page


def test_the_drawing_in_the_docs_is_the_graphs_own() -> None:
    page = PAGE.read_text()
    assert "mermaid" in page
    assert drawn_page(page) == page, "run `make drawing`"

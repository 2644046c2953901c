"""Rows of tables say what each cell is; files' passages know their places."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.cutting.chunking import chunk_file, chunk_rows, chunk_text
from tenants.cutting.drafts import MAX_TOKENS, count_tokens
from tenants.parsing.tables import pipe_table

_CELL = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=60)
_TABLES = st.integers(1, 5).flatmap(
    lambda width: st.tuples(
        st.lists(st.from_regex(r"[A-Z][a-z]{2,8}", fullmatch=True), min_size=width, max_size=width, unique=True),
        st.lists(st.lists(_CELL, min_size=width, max_size=width), min_size=1, max_size=30),
    )
)  # fmt: skip


def _table(rows: int) -> str:
    return pipe_table(["Name", "Price"], [[f"Tarn {n}", f"{n} EUR"] for n in range(rows)])


def test_the_rows_of_a_table_are_passages_between_those_of_the_text() -> None:
    text = f"# Prices\n\nOur prices:\n\n{_table(60)}\n\nAll with tax."
    intro, *rows, outro = chunk_text(text, "Shop")
    assert (intro.body, outro.body) == ("Our prices:", "All with tax.")
    assert [draft.body for draft in rows] == [f"Name: Tarn {n}\nPrice: {n} EUR" for n in range(60)]
    assert rows[7].title == "Shop › Prices › Tarn 7"
    lines = _table(60).split("\n")
    for number, draft in enumerate(rows, 1):
        assert draft.meta["row"] == number
        assert text[draft.meta["start"] : draft.meta["end"]] == lines[number + 1]
        assert text[slice(*draft.meta["header"])] == "| Name | Price |"


def test_no_cell_is_lost_where_the_header_is_poor() -> None:
    text = "| | Fee | Fee |\n| --- | --- | --- |\n| Norway | 9 EUR | 7 EUR | by ship |"
    [draft] = chunk_text(text, "Shop")
    assert draft.body == "Norway\nFee: 9 EUR\ncolumn 3: 7 EUR\ncolumn 4: by ship"


def test_a_table_without_rows_is_text() -> None:
    text = "Our prices:\n\n| Name | Price |\n| --- | --- |\n\nAll with tax."
    assert [draft.body for draft in chunk_text(text, "Shop")] == [text]


def test_a_row_has_its_name() -> None:
    text = pipe_table(
        ["SKU", "Name", "Care | note"], [["A-1", "Tarn", "wipe | dry"], ["A-2", "Fell", ""]]
    )
    tarn, fell = chunk_file(text, "Catalogue")
    assert tarn.title == "Catalogue › Tarn"
    assert tarn.body == "SKU: A-1\nName: Tarn\nCare | note: wipe | dry"
    assert (tarn.meta["row"], tarn.name) == (1, "Tarn")
    assert fell.body == "SKU: A-2\nName: Fell"
    assert text[fell.meta["start"] : fell.meta["end"]] == "| A-2 | Fell |  |"


def test_a_row_that_asks_is_a_question_with_its_answer() -> None:
    rows = [{"Question": "Can I exchange?", "Answer": "Yes.", "Team": "returns"}]
    [draft] = chunk_rows(rows, "FAQ")
    assert (draft.question, draft.body) == ("Can I exchange?", "Yes.\nTeam: returns")
    [same] = chunk_file(pipe_table(list(rows[0]), [list(rows[0].values())]), "FAQ")
    assert (same.question, same.body) == (draft.question, draft.body)


def test_a_large_cell_is_cut_and_keeps_its_column() -> None:
    rows = [{"Name": "Tarn", "Description": "It holds a lot, and it is dry inside. " * 40}]
    drafts = chunk_rows(rows, "Catalogue")
    assert len(drafts) > 2 and {draft.title for draft in drafts} == {"Catalogue › Tarn"}
    assert all("Description: It holds" in draft.body for draft in drafts)
    assert all(count_tokens(draft.body) <= MAX_TOKENS for draft in drafts)


@settings(max_examples=60, deadline=None)
@given(_TABLES)
def test_no_cell_is_lost(table: tuple[list[str], list[list[str]]]) -> None:
    columns, rows = table
    rows = [row for row in rows if any(cell.strip() for cell in row)] or [["x"] * len(columns)]
    text = pipe_table(columns, rows)
    drafts = chunk_file(text, "T")
    told = " ".join(draft.body + (draft.question or "") for draft in drafts)
    for cell in (cell for row in rows for cell in row):
        assert all(word in told for word in " ".join(cell.split()).split(" "))
    assert all(count_tokens(draft.body) <= MAX_TOKENS for draft in drafts)


def test_passages_of_a_pdf_know_their_page() -> None:
    text = "One.\n\n# Two\n\nOn the second page.\n\nThree."
    pages = [0, text.index("# Two"), text.index("Three")]
    drafts = chunk_file(text, "Guide", pages=pages)
    assert [draft.meta["page"] for draft in drafts] == [1, 2]
    assert {draft.kind for draft in drafts} == {"file"}


def test_a_page_of_the_web_is_of_its_own_kind() -> None:
    [draft] = chunk_file("Thirty days.", "Help", kind="url")
    assert draft.kind == "url" and "page" not in draft.meta

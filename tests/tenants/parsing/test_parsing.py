"""Every format becomes text with its structure, or rows, or data."""

import pytest

from tenants.cutting.chunking import chunk_file
from tenants.errors import Unreadable
from tenants.parsing import Broken, Link, parse
from tests.tenants import nasty_texts, office_files
from tests.tenants.nasty_pdfs import pdf

_PAGE = b"""<!doctype html><html lang="de-CH"><head><meta charset=utf-8><title>Help &amp; more</title>
<link rel=canonical href="/help"><meta name=robots content="noindex, nofollow"></head><body>
<header><a href="/">Home</a></header><nav><ul><li>Shoes</li></ul></nav>
<div class=cookies>We use cookies.</div><main><h1>Returns</h1>
<p>Send <b>worn</b> shoes<br>back within thirty days of their delivery to you.</p>
<ul><li>clean<ul><li>and dry</li></ul></li><li>in their box</li></ul>
<ol><li>print</li><li>drop</li></ol>
<table><tr><th>Land</th><th>Fee</th></tr><tr><td>Norway | Sweden</td><td>9 EUR</td></tr></table>
<dl><dt>Can I exchange them?</dt><dd>Yes, choose exchange when you print the label at home.</dd></dl>
<a href="/terms" rel="nofollow">Terms</a></main><aside>You may like our boots.</aside>
<footer>Imprint</footer><script>track()</script></body></html>"""

_TOLD = """# Returns

Send worn shoes
back within thirty days of their delivery to you.

- clean
  - and dry
- in their box
1. print
2. drop

| Land | Fee |
| --- | --- |
| Norway \\| Sweden | 9 EUR |

###### Can I exchange them?

Yes, choose exchange when you print the label at home.
"""


async def test_a_page_keeps_its_structure_and_says_what_it_is() -> None:
    page = await parse(_PAGE, "help.html")
    assert page.text is not None and _TOLD in page.text
    assert "cookies" in page.text and "track" not in page.text and "Shoes" not in page.text
    assert (page.format, page.title, page.language) == ("html", "Help & more", "de-CH")
    assert (page.canonical_url, page.robots) == ("/help", ["noindex", "nofollow"])
    assert page.links == [Link("/", "Home"), Link("/terms", "Terms", nofollow=True)]


async def test_the_main_text_leaves_out_what_stands_around_it() -> None:
    page = await parse(
        _PAGE, "https://shop.example/help", "text/html; charset=utf-8", main_text=True
    )
    assert page.text is not None and _TOLD.strip() in page.text
    for around in ("Home", "cookies", "boots", "Imprint"):
        assert around not in page.text
    assert page.canonical_url == "/help" and len(page.links) == 2


async def test_a_pdf_has_headings_paragraphs_items_and_pages() -> None:
    head = (9, "The Shoe House, page 7.")
    first = [
        head, (20, "Returns"), (11, "Worn shoes go back within thirty days, if they are in"),
        (11, "their box. We pay for the ex-"), (11, "press label."), (11, "• clean"), (11, "• dry"),
    ]  # fmt: skip
    others = [[head, (14, "Refunds"), (11, f"Part {n} takes five days.")] for n in "abc"]
    read = await parse(pdf(first, *others), "my_guide.pdf")
    assert read.text is not None
    pages = [read.text[start:] for start in read.pages]
    assert pages[0].startswith(
        "# Returns\n\nWorn shoes go back within thirty days, if they are in their box. "
        "We pay for the express label.\n\n- clean\n- dry\n\n## Refunds\n\nPart a takes five days.\n"
    )
    assert pages[2].startswith("## Refunds\n\nPart b") and "Shoe House" not in read.text
    assert read.title == "Returns"
    drafts = chunk_file(read.text, read.title, pages=read.pages)
    assert [(draft.title, draft.meta["page"]) for draft in drafts] == [
        ("Returns", 1), ("Returns › Refunds", 2), ("Returns › Refunds", 3), ("Returns › Refunds", 4),
    ]  # fmt: skip


async def test_a_word_document_keeps_headings_lists_and_tables() -> None:
    body = (
        '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>Returns</w:t></w:r></w:p>'
        + office_files.paragraph("Within thirty days.")
        + '<w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        "<w:r><w:t>clean</w:t></w:r></w:p>"
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>"
        + "".join(
            f"<w:tr><w:tc>{office_files.paragraph(a)}</w:tc><w:tc>{office_files.paragraph(b)}</w:tc></w:tr>"
            for a, b in (("Land", "Fee"), ("Norway", "9 EUR"))
        )
        + "</w:tbl>"
    )
    read = await parse(office_files.zipped(office_files.docx_parts(body)), "guide.docx")
    assert read.text == (
        "# Returns\n\nWithin thirty days.\n\n  - clean\n\n"
        "| Land | Fee |\n| --- | --- |\n| Norway | 9 EUR |\n"
    )
    assert (read.format, read.title) == ("docx", "Returns")


async def test_a_workbook_has_rows_under_their_header() -> None:
    data = office_files.row("Prices of 2026") + office_files.row("Name", "Price")
    data += '<row><c t="inlineStr"><is><t>Tarn</t></is></c><c><v>129.50</v></c></row>'
    read = await parse(office_files.zipped(office_files.xlsx_parts(data)), "prices.xlsx")
    assert read.rows == [{"Name": "Tarn", "Price": "129.5"}]
    assert read.text == "| Name | Price |\n| --- | --- |\n| Tarn | 129.5 |\n"
    assert read.lines == [3]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("name;price\nTarn;1,5\n\nFell;2\n", [{"name": "Tarn", "price": "1,5"}, {"name": "Fell", "price": "2"}]),
        ("sep=|\nname|price\nTarn|2\n", [{"name": "Tarn", "price": "2"}]),
        ("1,2\n3,4\n", [{"column 1": "1", "column 2": "2"}, {"column 1": "3", "column 2": "4"}]),
        ('q\t"a"\nx\t"two\nlines, ""so"""\n', [{"q": "x", "a": 'two\nlines, "so"'}]),
        ("id,name,name,\n1,Tarn,Fell,\n", [{"id": "1", "name": "Tarn", "name (2)": "Fell"}]),
    ],
)  # fmt: skip
async def test_tables_are_read_whatever_their_dialect(
    content: str, rows: list[dict[str, str]]
) -> None:
    assert (await parse(content.encode(), "table.csv")).rows == rows


async def test_rows_that_do_not_fit_are_told_with_their_line() -> None:
    read = await parse(nasty_texts.ragged(), "ragged.csv")
    assert read.rows == [
        {"name": "Tarn", "price": "129"},
        {"name": "Fell", "price": ""},
        {"name": "Gill", "price": "7"},
    ]
    assert read.lines == [2, 3, 5]
    assert read.broken == [Broken(4, "4 cells where the header has 2 columns")]


async def test_json_lines_keep_their_numbers() -> None:
    read = await parse(nasty_texts.broken_lines(), "faq.jsonl")
    assert read.lines == [1, 4, 6] and len(read.data or []) == 3
    assert [broken.line for broken in read.broken] == [2, 5]


async def test_json_lines_are_known_by_what_they_are() -> None:
    read = await parse(b'{"a": 1}\n{"a": 2}\n', "export.json")
    assert (read.format, read.data) == ("jsonl", [{"a": 1}, {"a": 2}])


async def test_markdown_is_named_by_its_first_heading() -> None:
    read = await parse(b"---\ntitle: 'Our terms'\n---\n# Terms\n\nBe kind.\n", "a.md")
    assert (read.title, read.text) == ("Our terms", "# Terms\n\nBe kind.\n")
    assert (await parse(b"# Terms\n\nBe kind.\n", "a.md")).title == "Terms"
    assert (await parse(b"Be kind.\n", "/srv/our_terms.txt")).title == "our terms"


@pytest.mark.parametrize(
    ("content", "name", "media_type", "format"),
    [
        (nasty_texts.GOOD_HTML, "https://x.example/a.json", "text/html", "html"),
        (nasty_texts.GOOD_HTML, "upload", None, "html"),
        (b'{"a": [1]}', "upload", "application/octet-stream", "json"),
        (b'{"a": [1]}', "a.json", "text/plain", "json"),
        (b"Just words.", "README", None, "text"),
        (b"a,b\n1,2\n", "a.txt", "text/csv", "text"),
    ],
)
async def test_name_media_type_and_content_decide_together(
    content: bytes, name: str, media_type: str | None, format: str
) -> None:
    assert (await parse(content, name, media_type)).format == format


async def test_the_child_inherits_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # a Python that sees this does not start
    assert (await parse(b"Just words.", "a.txt")).text == "Just words."


async def test_what_is_cut_off_is_told_with_its_place() -> None:
    with pytest.raises(Unreadable, match="line 2, column 1"):
        await parse(b'{"a":\n', "a.json")

"""The corpus of nasty files: each with what becomes of it, and the word that says why.

`code` is None where the file is merely odd and is read; `word` is then in its text or warnings.
Everything is made when it is asked for: nothing of it lies in the repository.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.tenants import nasty_archives as archives
from tests.tenants import nasty_pdfs as pdfs
from tests.tenants import nasty_texts as texts
from tests.tenants import office_files

_BAD, _BIG = "unreadable_file", "too_large"


@dataclass(frozen=True, slots=True)
class Nasty:
    """One file: its name, how it is made, and what is expected."""

    name: str
    make: Callable[[], bytes]
    code: str | None
    word: str
    slow: bool = False  # takes seconds until a bound is reached


def _given(content: bytes) -> Callable[[], bytes]:
    return lambda: content


NASTY_FILES = (
    # PDF
    Nasty("flate-bomb.pdf", pdfs.flate_bomb, _BIG, "unpacks"),
    Nasty("nested-filters.pdf", pdfs.nested_filters, _BIG, "unpacks"),
    Nasty("many-filters.pdf", pdfs.many_filters, _BIG, "unpacks"),
    Nasty("page-tree-loop.pdf", pdfs.page_tree_loop, _BAD, "damaged"),
    Nasty("deep-page-tree.pdf", pdfs.deep_page_tree, _BIG, "levels"),
    Nasty("many-pages.pdf", pdfs.many_pages, _BIG, "pages"),
    Nasty("claimed-pages.pdf", pdfs.claimed_pages, None, "Only one."),
    Nasty("cross-reference-loop.pdf", pdfs.cross_reference_loop, None, "thirty days"),
    Nasty("object-stream-loop.pdf", pdfs.object_stream_loop, _BAD, "damaged"),
    Nasty("form-loop.pdf", pdfs.form_loop, _BAD, "no text"),
    Nasty("many-operators.pdf", pdfs.many_operators, _BIG, "page 1", slow=True),
    Nasty("deep-arrays.pdf", pdfs.deep_arrays, _BAD, "nested too deeply"),
    Nasty("encrypted.pdf", pdfs.encrypted, _BAD, "encrypted"),
    Nasty("strange-encryption.pdf", pdfs.strange_encryption, _BAD, "encrypted"),
    Nasty("scanned.pdf", pdfs.without_text, _BAD, "no text (scanned pages?)"),
    Nasty("truncated.pdf", pdfs.truncated, _BAD, "damaged"),
    Nasty("header.pdf", pdfs.only_a_header, _BAD, "damaged"),
    # archives
    Nasty("300-mb.docx", archives.docx_of_300_mb, _BIG, "declares 300 MB inside"),
    Nasty("paragraphs.docx", archives.docx_of_many_paragraphs, _BIG, "paragraphs", slow=True),
    Nasty("bomb.xlsx", archives.xlsx_bomb, _BIG, "declares"),
    Nasty("many-cells.xlsx", archives.xlsx_of_many_cells, _BIG, "cells", slow=True),
    Nasty("zip-bomb.zip", archives.zip_bomb, _BAD, "ZIP archive"),
    Nasty("zip-bomb.docx", archives.zip_bomb, _BAD, "ZIP archive"),
    Nasty("nested-bomb.docx", archives.nested_bomb, None, "Hi."),
    Nasty("many-members.docx", archives.many_members, _BIG, "parts"),
    Nasty("lying-size.docx", archives.lying_size, _BAD, "damaged"),
    Nasty("zip64-lie.docx", archives.zip64_lie, _BIG, "declares"),
    Nasty("wrong-checksum.docx", archives.wrong_checksum, _BAD, "damaged"),
    Nasty("overlap.docx", archives.overlapping_members, _BAD, "damaged"),
    Nasty("doubled-member.docx", archives.doubled_member, _BAD, "twice"),
    Nasty("outside-member.docx", archives.outside_member, _BAD, "outside"),
    Nasty("symbolic-link.docx", archives.symbolic_link, _BAD, "link"),
    Nasty("laughs.docx", archives.docx_laughs, _BAD, "entities"),
    Nasty("outside-entity.docx", archives.docx_outside, _BAD, "entities"),
    Nasty("laughs.xlsx", archives.xlsx_laughs, _BAD, "entities"),
    Nasty("outside-utf-16.xlsx", archives.xlsx_outside_in_utf_16, _BAD, "entities"),
    Nasty("deep.docx", archives.deep_docx, _BAD, "damaged"),
    Nasty("broken-xml.docx", archives.broken_xml, _BAD, "damaged"),
    Nasty("without-document.docx", archives.without_document, _BAD, "document.xml"),
    Nasty("relationship-loop.docx", archives.relationship_loop, None, "Round and round."),
    Nasty("relationship-outside.docx", archives.relationship_outside, _BAD, "damaged"),
    Nasty("lying-dimension.xlsx", archives.lying_dimension, None, "129 EUR"),
    Nasty("empty-rows.xlsx", archives.million_empty_rows, None, "129 EUR"),
    Nasty("far-cells.xlsx", archives.far_cells, _BIG, "columns"),
    Nasty("formulas.xlsx", archives.formulas, None, "42 EUR"),
    Nasty("shared-string.xlsx", archives.wrong_shared_string, _BAD, "damaged"),
    Nasty("encrypted.docx", archives.encrypted_office, _BAD, "encrypted"),
    Nasty("truncated.docx", archives.truncated_docx, _BAD, "damaged"),
    Nasty("truncated.xlsx", archives.truncated_xlsx, _BAD, "damaged"),
    # pages
    Nasty("deep.html", texts.deep_html, _BAD, "nested deeper"),
    Nasty("deep-svg.html", texts.deep_svg, _BAD, "nested deeper"),
    Nasty("deep-formatting.html", texts.deep_formatting, _BAD, "nested deeper"),
    Nasty("huge-attribute.html", texts.huge_attribute, None, "Thirty days."),
    Nasty("many-attributes.html", texts.million_attributes, _BAD, "attributes"),
    Nasty("laughs.html", texts.html_laughs, _BAD, "entities"),
    Nasty("outside-entity.xhtml", texts.xhtml_outside, _BAD, "entities"),
    Nasty("script-only.html", texts.script_only, _BAD, "script"),
    Nasty("hidden-words.html", texts.hidden_words, None, "Thirty days."),
    Nasty("wide-table.html", texts.wide_table, None, "x"),
    Nasty("many-links.html", texts.million_links, None, "y"),
    Nasty("unclosed-comment.html", texts.unclosed_comment, None, "Thirty days."),
    Nasty("unclosed-scripts.html", texts.unclosed_scripts, _BAD, "nested deeper"),
    # tables
    Nasty("columns.csv", texts.million_columns, _BIG, "1000000 columns"),
    Nasty("quoted-columns.csv", texts.million_quoted_columns, _BIG, "columns"),
    Nasty("unclosed-quote.csv", texts.unclosed_quote, _BAD, "never closed"),
    Nasty("cells.csv", texts.million_cells, _BIG, "cells"),
    Nasty("formulas.csv", texts.formula_cells, None, "99 EUR"),
    Nasty("ragged.csv", texts.ragged, None, "Gill"),
    Nasty("stray-quotes.csv", texts.stray_quotes, None, "Fell"),
    Nasty("sniffer.csv", texts.sniffers_bait, None, "a"),
    # JSON
    Nasty("deep.json", texts.deep_json, _BIG, "nested deeper"),
    Nasty("deepish.json", texts.deepish_json, _BIG, "nested deeper"),
    Nasty("values.json", texts.many_values, _BIG, "values"),
    Nasty("numbers.json", texts.huge_numbers, None, "kept as text"),
    Nasty("doubled.json", texts.doubled_keys, None, "same key"),
    Nasty("nan.json", texts.not_numbers, None, "NaN"),
    Nasty("surrogates.json", texts.lone_surrogates, None, "Thirty"),
    Nasty("broken.jsonl", texts.broken_lines, None, "2 lines"),
    Nasty("all-broken.jsonl", texts.only_broken_lines, _BAD, "line 1"),
    Nasty("truncated.json", texts.truncated_json, _BAD, "not JSON"),
    # texts
    Nasty("long-line.txt", texts.long_line, None, "Thirty days"),
    Nasty("long-word.md", texts.long_word, None, "xxx"),
    Nasty("regex-bait.md", texts.regex_bait, None, "#"),
    Nasty("nul.txt", texts.nul_bytes, None, "Thirty days, and"),
    Nasty("controls.txt", texts.mostly_controls, _BAD, "no text"),
    Nasty("hidden.txt", texts.hidden_characters, None, "Thirty days only x and no more"),
    Nasty("right-to-left.txt", texts.right_to_left, None, "ثلاثون"),
    Nasty("utf-16.txt", texts.utf_16_without_mark, None, "Worn shoes go back"),
    Nasty("utf-32.txt", texts.utf_32, None, "élan"),
    Nasty("half-a-character.txt", texts.half_a_character, None, "cut off"),
    Nasty("mixed.txt", texts.mixed_encodings, None, "Thirty days."),
    Nasty("gb18030.txt", _given(texts.CHINESE.encode("gb18030")), None, "三十天"),
    Nasty("shift-jis.txt", _given(texts.JAPANESE.encode("shift_jis")), None, "三十日"),
    Nasty("cp1252.txt", _given(texts.GERMAN.encode("cp1252")), None, "dreißig"),
    Nasty("cp1251.txt", _given(texts.RUSSIAN.encode("cp1251")), None, "тридцати"),
    # two things at once, or not what they say
    Nasty("pdf-and-html.pdf", pdfs.pdf_with_html, None, "thirty days"),
    Nasty("pdf-and-html.html", pdfs.pdf_with_html, _BAD, "it is a PDF"),
    Nasty("html-and-pdf.pdf", pdfs.html_with_pdf, _BAD, "declared to be a PDF"),
    Nasty("docx-and-pdf.docx", lambda: archives.zip_with_pdf(pdfs.plain_pdf()), None, "I am a doc"),
    Nasty("docx-and-pdf.pdf", lambda: archives.zip_with_pdf(pdfs.plain_pdf()), _BAD, "a Word"),
    Nasty("program.pdf", _given(b"MZ\x90\x00" + b"\x00" * 500), _BAD, "a Windows program"),
    Nasty("gif-and-script.html", _given(b"GIF89a=1;alert(1)//"), _BAD, "a picture"),
    Nasty("gzip.csv", _given(b"\x1f\x8b\x08\x00" + b"\x00" * 50), _BAD, "gzip"),
    Nasty("old.doc", _given(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99), _BAD, "save it"),
    Nasty("xlsx.docx", lambda: office_files.xlsx(("a", "b"), ("c", "d")), _BAD, "an Excel"),
    # nothing
    *(
        Nasty(f"empty.{ending}", _given(b""), _BAD, "empty")
        for ending in ("pdf", "docx", "html", "csv", "json", "txt")
    ),
    Nasty("blank.csv", _given(b"\n\n  \n"), _BAD, "no rows"),
    Nasty("blank.txt", _given(b"\xef\xbb\xbf \n"), _BAD, "no text"),
    Nasty("no-paragraphs.docx", office_files.docx, _BAD, "no text"),
    Nasty("no-rows.xlsx", office_files.xlsx, _BAD, "no rows"),
    Nasty("half-a-picture.jpg", _given(b"\xff\xd8\xff\xe0"), _BAD, "a picture"),
)

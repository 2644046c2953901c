"""Web pages: their main text, without navigation, banners and footers.

trafilatura says which words are the main text; how they are written down, with headings, lists and
tables, is our own reading of the page, since its own drops headings on many pages.
"""

import re
from collections.abc import Sequence

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from tenants.readers.asked import Asked
from tenants.readers.html import described, html_text
from tenants.readers.html_walk import Walk
from tenants.readers.outline import Block, Outline, written
from tenants.readers.reading import Reading
from tenants.readers.refusals import Refused
from tenants.readers.texts import tidied

_FEW_CHARS = 200  # below this, the whole page says more than what was found of it
_TELLING_CHARS = 25  # letters of a line that is not found elsewhere by chance
_MARKER = re.compile(r"^[ ]*\d{1,3}\.[ ]+")
_SILENT = re.compile(r"[\W_]+")


def read(asked: Asked) -> Reading:
    """The main text, the whole page where next to none is found."""
    html, warnings = html_text(asked)
    tree = LexborHTMLParser(html)
    reading = described(tree, asked.limits)
    outline = Outline()
    if tree.body is not None:
        Walk(outline).walk(tree.body)
    found = trafilatura.extract(
        html, output_format="markdown", include_comments=False, include_tables=True,
        include_links=False, include_images=False, favor_recall=True,
    )  # fmt: skip
    text = _main_text(outline, tidied(found or "").strip())
    if not text.strip():
        raise Refused("the page has no text (is it filled by a script?)")
    reading.text, reading.warnings = text, warnings
    reading.title = reading.title or outline.first_heading
    return reading


def _main_text(outline: Outline, found: str) -> str:
    whole = outline.text
    if len(found) < _FEW_CHARS and len(whole) > 2 * len(found):
        return whole
    text = written(_kept(outline.blocks, _plain(found)))
    return text if len(text) * 2 > len(found) else found + "\n"


def _kept(blocks: Sequence[Block], main: str) -> list[Block]:
    """The blocks whose words are in the main text, each with the headings above it."""
    telling = [not block.level and _is_in(block, main) for block in blocks]
    if True not in telling:
        return []
    first, last = telling.index(True), len(blocks) - telling[::-1].index(True)
    while last < len(blocks) and (plain := _plain(blocks[last].text)) and plain in main:
        last += 1  # short items at the end
    kept: list[Block] = []
    above: list[Block] = []  # headings that nothing has followed yet
    for place, block in enumerate(blocks[:last]):
        if block.level:
            above = [heading for heading in above if heading.level < block.level]
            above.append(block)
        elif telling[place] or (place > first and _plain(block.text) in main):
            kept += [*above, block]
            above = []
    return kept


def _is_in(block: Block, main: str) -> bool:
    """Whether most of what the block says stands in the main text."""
    lines = [plain for line in block.text.split("\n") if (plain := _plain(line))]
    told = sum(len(plain) for plain in lines)
    return told >= _TELLING_CHARS and sum(len(p) for p in lines if p in main) * 2 > told


def _plain(text: str) -> str:
    """Its letters and digits alone, without the number of a list's item."""
    return _SILENT.sub("", _MARKER.sub("", text)).casefold()

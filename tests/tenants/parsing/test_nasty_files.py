"""Hostile and odd files: each ends soon, with a reason, and costs nobody else anything."""

import asyncio
import time
from dataclasses import replace

import pytest

from tenants.errors import DeskError, TooLarge, Unreadable
from tenants.parsing import ParseLimits, parse
from tests.tenants import nasty_archives, nasty_pdfs, nasty_texts, office_files
from tests.tenants.memory import growth_mb
from tests.tenants.nasty_files import NASTY_FILES, Nasty

_LONGEST_SECONDS = 30
_MOST_MB = 150


_CASES = [
    pytest.param(nasty, id=nasty.name, marks=[pytest.mark.slow] if nasty.slow else [])
    for nasty in NASTY_FILES
]


@pytest.mark.parametrize("nasty", _CASES)
async def test_a_nasty_file_ends_with_a_reason(nasty: Nasty) -> None:
    content = nasty.make()
    began = time.monotonic()
    async with growth_mb() as grown:
        code, told = await _outcome(content, nasty.name)
    assert code == nasty.code, told[:500]
    assert nasty.word in told
    assert time.monotonic() - began < _LONGEST_SECONDS
    assert grown() < _MOST_MB


async def _outcome(content: bytes, name: str) -> tuple[str | None, str]:
    """The code and the reason, or None and what was read."""
    try:
        parsed = await parse(content, name)
    except DeskError as error:
        return error.code, error.detail
    told = parsed.text if parsed.text is not None else str(parsed.data)
    return None, "\n".join([told, *parsed.warnings])


def test_there_are_enough_of_them() -> None:
    assert len({nasty.name for nasty in NASTY_FILES}) == len(NASTY_FILES) >= 100


async def test_what_is_hidden_on_a_page_is_not_told() -> None:
    parsed = await parse(nasty_texts.hidden_words(), "page.html")
    assert parsed.text == "# Returns\n\nThirty days.\n"


@pytest.mark.slow
async def test_good_files_are_read_while_bad_ones_burn() -> None:
    slow = replace(ParseLimits(), cpu_seconds=4, pages=10**9, rows=10**9, values=10**9)
    burning = [
        asyncio.create_task(parse(nasty_archives.xlsx_that_burns(), "a.xlsx", limits=slow))
        for _ in range(2)
    ]
    good = await asyncio.gather(
        parse(nasty_pdfs.plain_pdf(), "good.pdf"),
        parse(office_files.docx("Thirty days."), "good.docx"),
        parse(nasty_texts.GOOD_HTML, "good.html"),
    )
    assert not any(task.done() for task in burning)
    ended = await asyncio.gather(*burning, return_exceptions=True)
    assert ["thirty days" in (parsed.text or "").casefold() for parsed in good] == [True] * 3
    assert [type(error) for error in ended] == [Unreadable] * 2
    assert all("4 s of computing" in str(error) for error in ended)


async def test_what_needs_too_much_memory_is_stopped() -> None:
    little = replace(ParseLimits(), memory_bytes=20_000_000)
    with pytest.raises(TooLarge, match="more than 20 MB"):
        await parse(nasty_texts.long_line(), "a.txt", limits=little)


async def test_what_takes_too_long_is_stopped() -> None:
    hasty = replace(ParseLimits(), wall_seconds=0.05)
    with pytest.raises(Unreadable, match=r"takes longer than 0\.05 s"):
        await parse(nasty_pdfs.plain_pdf(), "a.pdf", limits=hasty)


async def test_what_answers_too_much_is_stopped() -> None:
    brief = replace(ParseLimits(), output_bytes=1_000_000)
    with pytest.raises(TooLarge, match=r"more than 1\.0 MB of text"):
        await parse(nasty_texts.long_line(), "a.txt", limits=brief)


async def test_a_file_that_is_too_large_starts_no_child() -> None:
    with pytest.raises(TooLarge, match=r"at most 0\.0 MB"):
        await parse(b"12345", "a.txt", limits=replace(ParseLimits(), max_bytes=4))

"""Every route of the console, furnished and opened up, for everybody to read: axe finds nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, expect

import hatch_build
from tests.e2e.browsing import WIDE, PageTenant
from tests.e2e.console_visit import link, operator
from tests.e2e.console_walk import STOPS, furnished
from tests.e2e.test_console_settings import LOOKS, PAGES
from tests.e2e.widget_site import axe_violations

_SOURCES = hatch_build.WEB / "console" / "src"
_ELSEWHERE = {"sign-in": "test_who_is_not_signed_in_is_told_how"}  # without being signed in
# Where the first tab of a route is shown by its bare address, too.
_TABBED = {"knowledge": "knowledge", "assistants/{}": "assistants", "settings": "settings"}


def routes() -> Iterator[str]:
    """Every address that the router and the tabs of its pages know, `{}` for an id."""
    router = (_SOURCES / "main.tsx").read_text()
    for path in re.findall(r'path: "([^"*]+)"', router):
        bare = re.sub(r"/:\w+Id\??", "/{}", path.strip("/")).removesuffix("/:tab?")
        if not bare:
            continue
        if bare not in _TABBED:
            yield bare
            continue
        page = _SOURCES / _TABBED[bare] / f"{_TABBED[bare]}.tsx"
        listed = re.search(
            r"const TABS\b[^{=]*(?:\{[^}]*\})?[^{=]*= \{(.*?)\n\};", page.read_text(), re.S
        )
        assert listed is not None, page
        for tab in re.findall(r"^  (\w+):", listed[1], re.MULTILINE):
            yield f"{bare}/{tab}"


def test_every_route_and_tab_is_among_the_pages_that_axe_reads() -> None:
    known = set(routes())
    assert {"inbox/{}", "approvals", "settings/audit", "knowledge/learnt"} <= known
    assert len(known) > 25, known
    walked = {re.sub(r"\{\w*\}", "{}", stop.path.partition("?")[0]) for stop in STOPS}
    walked |= {"knowledge/entries", "assistants/{}/persona"}  # where a route says no tab
    assert {"knowledge", "assistants/{}"} <= walked
    assert known - walked - set(_ELSEWHERE) == set()
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    for name in _ELSEWHERE.values():
        assert "axe_violations" in tests.partition(f"def {name}")[2].partition("\ndef ")[0]
    assert {"inbox", "conversations"} <= set(PAGES)  # their lists, with nothing chosen


def test_every_page_with_something_on_it_can_be_read_by_all(
    browser: Browser, page_tenant: PageTenant
) -> None:
    ids = furnished(page_tenant)
    wrong: dict[str, list[str]] = {}
    with operator(browser, link(page_tenant)) as page:
        for stop in STOPS:
            page.set_viewport_size(WIDE)
            page.goto(f"{page_tenant.url}/console/{stop.path.format(**ids)}")
            expect(page.locator("#root")).to_contain_text(stop.words)
            for name in stop.presses:
                page.get_by_role("button", name=name, exact=True).last.click()
            for viewport, scheme in LOOKS:
                page.set_viewport_size(viewport)
                page.emulate_media(color_scheme=scheme)
                found = axe_violations(page)
                shown = page.evaluate("document.documentElement.scrollWidth")
                if shown > viewport["width"]:
                    found.append(f"{shown} px wide")
                if found:
                    wrong[f"{stop.path} {scheme}"] = found
    assert wrong == {}

"""The widget on pages that would break it, or that it could break; one server and browser for all."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browsing import WIDE, PageTenant, fresh_tenant
from tests.e2e.hostile_pages import PAGES, HostilePage, hostile_site
from tests.e2e.server_process import ServerProcess, within
from tests.e2e.widget_site import allow, visit

KNOWN = "How much is the evening course?"
PRICE = "The evening course costs 145 pounds."
INSET_PX = 20
THEIRS_PX = 60  # as high at least as what others keep there
# What a page has of its own: each element with its place and all its computed styles.
_LOOKS = """(() => {
  const looks = [];
  for (const one of document.querySelectorAll("html, body, body *")) {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    let told = `${one.tagName} ${one.id} ${box.x} ${box.y} ${box.width} ${box.height}`;
    for (let at = 0; at < style.length; at++) told += `|${style.getPropertyValue(style[at])}`;
    looks[looks.length] = told;
  }
  return looks;
})()"""
_GLOBALS = "Object.getOwnPropertyNames(window)"
# Whose the point is: the widget's where its frame is what lies there.
_AT = "(() => {{ const one = document.elementFromPoint({x}, {y});"
_OURS = _AT + " return one?.shadowRoot?.elementFromPoint({x}, {y})?.tagName ?? one?.id }})()"


@pytest.fixture(scope="module")
def tenant(page_server: ServerProcess) -> PageTenant:
    """A tenant whose assistant knows one price."""
    made = fresh_tenant(page_server)
    assistant = made.call("GET", f"/v1/assistants/{made.assistant_id}")
    path = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}/documents"
    made.call("POST", path, {"question": KNOWN, "answer": PRICE})
    return made


@pytest.fixture(scope="module")
def address(tenant: PageTenant) -> Iterator[str]:
    with hostile_site(tenant.url, tenant.assistant_id) as where:
        allow(tenant, where)
        yield where


def _run(page: Page, expression: str) -> Any:
    """What a page's own world says, without anything of its own being called on the way."""
    session = page.context.new_cdp_session(page)
    told = session.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
    session.detach()
    assert "exceptionDetails" not in told, told
    return told["result"].get("value")


@pytest.fixture(scope="module")
def bare(browser: Browser) -> Iterator[Page]:
    """A browser's page in which nothing is embedded."""
    context = browser.new_context(viewport=WIDE)
    yield context.new_page()
    context.close()


def _as_it_is(bare: Page, address: str, page: HostilePage) -> tuple[list[str], set[str]]:
    """How the page looks, and which globals it has, where nobody embeds anything."""
    bare.goto(f"{address}?bare")
    if page.has_theirs:
        expect(bare.locator("#theirs")).to_be_attached()
    return _settled_looks(bare), set(_run(bare, _GLOBALS))


def _settled_looks(page: Page) -> list[str]:
    """The looks as soon as two of them a while apart are the same: the page has done what it does."""
    seen: list[list[str]] = []

    def is_still() -> bool:
        page.wait_for_timeout(100)
        seen.append(_run(page, _LOOKS))
        return len(seen) > 2 and seen[-1] == seen[-2] == seen[-3]

    assert within(20, is_still)
    return seen[-1]


@pytest.mark.parametrize("name", PAGES)
def test_the_widget_works_on_it_and_leaves_it_as_it_was(
    browser: Browser, bare: Page, tenant: PageTenant, address: str, name: str
) -> None:
    page = PAGES[name]
    looks, globals_before = _as_it_is(bare, f"{address}/{name}", page)
    with visit(browser, tenant.url, f"{address}/{name}", WIDE) as here:
        launcher = here.chat.locator(".launcher")
        expect(launcher).to_be_visible()
        if page.has_theirs:
            expect(here.page.locator("#theirs")).to_be_attached()
        assert _settled_looks(here.page) == looks
        assert within(20, lambda: _is_in_its_corner(launcher, page))
        _press_what_is_theirs(here.page, page)
        box = launcher.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        assert _run(here.page, _OURS.format(x=x, y=y)) == "IFRAME"
        here.page.mouse.click(x, y)
        expect(here.chat.get_by_role("textbox")).to_be_focused()
        here.say(KNOWN)
        expect(here.chat.locator(".log [data-author=assistant] .bubble")).to_contain_text("145")
        here.chat.get_by_role("textbox").press("Escape")
        expect(launcher).to_be_focused()
        here.page.mouse.move(
            WIDE["width"] / 2, WIDE["height"] / 2
        )  # under a hand it rises a little
        assert within(20, lambda: _is_in_its_corner(launcher, page))
        _press_what_is_theirs(here.page, page)
        added = set(_run(here.page, _GLOBALS)) - globals_before
        assert {one for one in added if not one.isdigit()} == {"Frontdesk"}


def _is_in_its_corner(launcher: Locator, page: HostilePage) -> bool:
    """Whether it stands as far from both edges as it is to: higher where somebody else is there."""
    box = launcher.bounding_box()
    assert box
    beside = box["x"] if page.side == "left" else WIDE["width"] - box["x"] - box["width"]
    below = WIDE["height"] - box["y"] - box["height"]
    is_low = below == INSET_PX
    return beside == INSET_PX and (below > THEIRS_PX if page.has_theirs else is_low)


def _press_what_is_theirs(page: Page, hostile: HostilePage) -> None:
    told = page.locator("#told")
    before = (
        int((told.inner_text() or "own 0").removeprefix("own ")) if not hostile.has_theirs else 0
    )
    _press(page, "own")
    if not hostile.has_theirs:
        expect(told).to_have_text(f"own {before + 1}")
        return
    _press(page, "theirs")
    expect(told).to_have_text("theirs")


def _press(page: Page, element_id: str) -> None:
    """As a hand does: on the place where it is seen, whatever lies there."""
    where = json.loads(
        _run(
            page,
            f"(() => {{ const one = document.getElementById('{element_id}');"
            " const seen = (one.shadowRoot?.querySelector('button') ?? one).getBoundingClientRect();"
            " return `[${seen.x + seen.width / 2}, ${seen.y + seen.height / 2}]` })()",
        )
    )
    page.mouse.click(*where)

"""Whole stories by the keyboard alone: every press is a key, and the focus is never nowhere."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.e2e.browsing import WIDE, PageTenant
from tests.e2e.console_visit import link, operator
from tests.e2e.server_process import within
from tests.e2e.widget_site import Visit, allow, site, visit

KNOWN = "How much is the evening course?"
PRICE = "The evening course costs 145 pounds."
UNKNOWN = "Do you fire pots that I made elsewhere?"
MOST_TABS = 120
# The name of what has the focus; "" where that is nowhere.
_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return "";
  const label = one.getAttribute("aria-label") || one.labels?.[0]?.textContent;
  return (label || one.textContent || one.tagName).trim();
}"""


@pytest.fixture
def address(page_tenant: PageTenant) -> Iterator[str]:
    """A site with the widget, whose assistant knows one price."""
    assistant = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")
    path = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}/documents"
    page_tenant.call("POST", path, {"question": KNOWN, "answer": PRICE})
    with site(page_tenant.url, page_tenant.assistant_id) as where:
        allow(page_tenant, where)
        yield where


def _focused(where: Frame | Page) -> str:
    return where.evaluate(_FOCUSED)


def _is_somewhere(where: Frame | Page) -> None:
    assert within(20, lambda: _focused(where) != ""), "the focus is lost"


def _go_to(page: Page, where: Frame | Page, name: str, key: str = "Tab") -> None:
    """Press the key until what is called so has the focus."""
    for _ in range(MOST_TABS):
        if _focused(where).startswith(name):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{name!r} is out of the keyboard's reach")


def _press(page: Page, where: Frame | Page, name: str, key: str = "Enter", to: str = "Tab") -> None:
    _go_to(page, where, name, to)
    page.keyboard.press(key)
    _is_somewhere(where)


def _said(tenant: PageTenant, author: str) -> list[str]:
    [conversation] = tenant.call("GET", "/v1/conversations")["data"]
    path = f"/v1/conversations/{conversation['conversation_id']}/messages"
    return [m["text"] for m in tenant.call("GET", path)["data"] if m["author"] == author]


def test_a_visitor_needs_no_mouse(browser: Browser, page_tenant: PageTenant, address: str) -> None:
    with visit(browser, page_tenant.url, address, WIDE) as here:
        expect(here.chat.locator(".launcher")).to_be_visible()
        page, frame = here.page, here.frame
        page.keyboard.press("Tab")
        assert _focused(frame) == "Open chat"
        page.keyboard.press("Enter")
        expect(here.chat.get_by_role("textbox")).to_be_focused()
        _type(here, KNOWN)
        here.expect_lines("assistant", 1)
        assert _focused(frame) == "Write a message"
        _press(page, frame, "Source", to="Shift+Tab")
        expect(here.chat.locator(".sources blockquote")).to_contain_text("145 pounds")
        with page.expect_response(lambda r: r.url.endswith("/feedback")) as judged:
            _press(page, frame, "Not helpful")
        assert judged.value.status == 201
        _go_to(page, frame, "I asked something else")
        with page.expect_response(lambda r: r.url.endswith("/feedback")) as reasoned:
            page.keyboard.press("Enter")
        assert reasoned.value.status == 201
        expect(here.chat.locator(".why")).to_have_count(0)
        assert _focused(frame) == "Not helpful"  # where it came from, though the reasons are gone
        _press(page, frame, "Talk to a person")
        expect(here.chat.locator(".person")).to_contain_text("A person is joining")
        expect(here.chat.get_by_role("button", name="Talk to a person")).to_have_count(0)
        _is_somewhere(frame)
        _press(page, frame, "Your conversations", to="Shift+Tab")
        expect(here.chat.locator(".conversations li")).to_have_count(1)
        _press(page, frame, KNOWN)
        expect(here.chat.get_by_role("textbox")).to_be_focused()
        _press(page, frame, "New conversation", to="Shift+Tab")
        expect(here.chat.locator(".log li")).to_have_count(0)
        _is_somewhere(frame)
        page.keyboard.press("Escape")
        expect(here.chat.locator(".launcher")).to_be_focused()
    assert _said(page_tenant, "contact")[0] == KNOWN and len(_said(page_tenant, "contact")) == 2
    [waiting] = page_tenant.call("GET", "/v1/handoffs?status=waiting")["data"]
    assert waiting["status"] == "waiting"


def _type(here: Visit, text: str) -> None:
    here.page.keyboard.type(text)
    here.page.keyboard.press("Enter")


def test_what_is_tapped_away_leaves_the_focus_where_one_goes_on(
    browser: Browser, page_tenant: PageTenant, address: str
) -> None:
    allow(page_tenant, address, widget={"suggestions": [KNOWN]})
    with visit(browser, page_tenant.url, address, WIDE) as here:
        here.open()
        page, frame = here.page, here.frame
        _press(page, frame, KNOWN, to="Shift+Tab")
        here.expect_lines("assistant", 1)
        expect(here.chat.get_by_role("textbox")).to_be_focused()
    assert _said(page_tenant, "contact") == [KNOWN]


def test_an_operator_needs_no_mouse(browser: Browser, page_tenant: PageTenant) -> None:
    body = {"assistant_id": page_tenant.assistant_id}
    talk = page_tenant.call("POST", "/v1/conversations", body)["conversation_id"]
    page_tenant.call("POST", f"/v1/conversations/{talk}/messages", {"text": UNKNOWN})
    with operator(browser, link(page_tenant)) as page:
        expect(page.get_by_label("Waiting", exact=True).get_by_role("link")).to_have_count(1)
        _press(page, page, UNKNOWN)
        expect(page.get_by_role("heading", name=UNKNOWN)).to_be_visible()
        _press(page, page, "Claim")
        expect(page.get_by_text("yours", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Claim")).to_have_count(0)
        _is_somewhere(page)
        reply = page.get_by_label("Reply to the contact")
        drafts = page.get_by_role("group", name="Drafts to begin with").get_by_role("button")
        _press(page, page, drafts.first.inner_text().strip())
        _go_to(page, page, "Reply to the contact")
        draft = reply.input_value()
        assert draft
        page.keyboard.press("Control+End")
        page.keyboard.type(" One moment, please.")
        page.keyboard.press("Control+Enter")
        expect(reply).to_have_value("")
        _is_somewhere(page)
        _go_to(page, page, "Reply to the contact")
        page.keyboard.type("Yes, for 12 pounds a kilo.")
        _press(page, page, "Add to knowledge", key="Space")
        expect(page.get_by_role("textbox", name="Answer", exact=True)).to_be_visible()
        _go_to(page, page, "Hand back to the assistant", "Shift+Tab")
        expect(page.get_by_label("Hand back to the assistant")).to_be_checked()
        _press(page, page, "Send and resolve")
        expect(page.get_by_text("the assistant's again")).to_be_visible()
        _is_somewhere(page)
        page.keyboard.press("Control+k")
        expect(page.get_by_role("combobox", name="Go to")).to_be_focused()
        page.keyboard.type("retention")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Save retention")).to_be_visible()
        _is_somewhere(page)
    [handoff] = page_tenant.call("GET", "/v1/handoffs")["data"]
    assert handoff["status"] == "resolved"
    said = _said(page_tenant, "operator")
    assert said[0].startswith(draft) and said[0].endswith("One moment, please.")
    assert said[1] == "Yes, for 12 pounds a kilo."
    conversation = page_tenant.call("GET", f"/v1/conversations/{talk}")
    assert conversation["status"] == "open"  # handed back
    fresh = page_tenant.call("POST", "/v1/conversations", body)["conversation_id"]
    path = f"/v1/conversations/{fresh}/messages"
    answered = page_tenant.call("POST", path, {"text": UNKNOWN})
    assert "12 pounds" in answered["message"]["text"]

"""What a visitor sees of people, and people of a visitor: who is there, who types, who is known."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import PHONE, WIDE, PageTenant
from tests.e2e.console_visit import link, operator
from tests.e2e.server_process import within
from tests.e2e.widget_site import Visit, allow, site, visit

UNKNOWN = "Do you fire pots that I made elsewhere?"


@pytest.fixture
def address(page_tenant: PageTenant) -> Iterator[str]:
    with site(page_tenant.url, page_tenant.assistant_id) as where:
        allow(page_tenant, where)
        yield where


def _handoff(tenant: PageTenant) -> str:
    [handoff] = tenant.call("GET", "/v1/handoffs")["data"]
    return f"/v1/handoffs/{handoff['handoff_id']}"


def test_a_visitor_sees_whose_answer_is_being_typed(
    browser: Browser, page_tenant: PageTenant, address: str
) -> None:
    with (
        operator(browser, link(page_tenant)) as page,
        operator(browser, link(page_tenant, "Kim", "admin")) as other,
        visit(browser, page_tenant.url, address, WIDE) as here,
    ):
        here.open()
        here.say(UNKNOWN)
        expect(here.chat.locator(".person")).to_contain_text("A person is joining")
        assert here.violations() == []
        page.get_by_label("Waiting", exact=True).get_by_role("link").click()
        page.get_by_role("button", name="Claim").click()
        expect(here.chat.locator(".person")).to_contain_text("Robin is with you")
        working = here.chat.locator(".working")
        other.get_by_label("Being answered").get_by_role("link").click()
        other.get_by_label("Reply to the contact").press_sequentially("It is not mine")
        expect(page.get_by_text("Kim is writing an answer now")).to_be_visible()
        expect(working).to_have_count(0)  # whoever answers is the one who is seen
        page.get_by_label("Reply to the contact").press_sequentially("Yes, for 12")
        expect(working).to_have_text("Robin is typing")
        assert here.violations() == []
        page.get_by_label("Reply to the contact").press("Control+Enter")
        here.expect_lines("operator", 1)
        expect(working).to_have_count(0)
        expect(here.chat.locator(".log [data-author=operator] .byline")).to_contain_text("Robin")
        expect(page.locator("main [data-author=operator]")).to_contain_text("Robin")
    [conversation] = page_tenant.call("GET", "/v1/conversations")["data"]
    path = f"/v1/conversations/{conversation['conversation_id']}/messages"
    [said] = [m for m in page_tenant.call("GET", path)["data"] if m["author"] == "operator"]
    assert (said["text"], said["operator_name"]) == ("Yes, for 12", "Robin")


def test_what_came_while_it_was_closed_is_counted_on_the_launcher(
    browser: Browser, page_tenant: PageTenant, address: str
) -> None:
    with visit(browser, page_tenant.url, address, WIDE) as here:
        counts: list[int] = []
        here.page.expose_function("counted", lambda count: counts.append(count))
        here.page.evaluate("() => { Frontdesk.on('unread', (told) => counted(told.count)) }")
        here.open()
        here.say(UNKNOWN)
        expect(here.chat.locator(".person")).to_be_visible()
        here.chat.get_by_role("button", name="Close chat").click()
        badge = here.chat.locator(".launcher .badge")
        expect(badge).to_have_count(0)
        for count in (1, 2):
            page_tenant.call("POST", f"{_handoff(page_tenant)}/messages", {"text": f"Pot {count}"})
            expect(badge).to_have_text(str(count))
        expect(here.chat.get_by_role("button", name="Open chat, 2 unread")).to_be_visible()
        assert here.violations() == []
        here.page.reload()
        expect(badge).to_have_text("2")  # it was not read yet
        here.page.evaluate("() => { Frontdesk.on('unread', (told) => counted(told.count)) }")
        here.open()
        here.expect_lines("operator", 2)
        _closes(here)
        expect(badge).to_have_count(0)
        here.page.reload()
        expect(here.chat.locator(".launcher")).to_be_visible()
        page_tenant.call("POST", f"{_handoff(page_tenant)}/messages", {"text": "Pot 3"})
        expect(badge).to_have_text("1")
        assert counts == [0, 1, 2, 0]


def _closes(here: Visit) -> None:
    here.chat.get_by_role("textbox").press("Escape")
    expect(here.chat.locator(".launcher")).to_be_focused()


def test_a_site_says_who_its_visitor_is(
    browser: Browser, page_tenant: PageTenant, address: str
) -> None:
    with visit(browser, page_tenant.url, address, WIDE) as here:
        here.open()
        here.say("Hello")
        here.expect_lines("assistant", 1)
        here.page.evaluate("(token) => Frontdesk.identify(token)", _token(page_tenant))
        here.expect_lines("contact", 0)  # what was said before is the anonymous visitor's
        here.say("Hello again")
        here.expect_lines("assistant", 1)
        here.chat.get_by_role("button", name="Your conversations").click()
        expect(here.chat.locator(".conversations li")).to_have_count(1)
    found = page_tenant.call("GET", "/v1/conversations")["data"]
    assert [one["title"] for one in found] == ["Hello again", "Hello"]
    known, unknown = (_contact(page_tenant, one["contact_id"]) for one in found)
    assert (known["identity_level"], unknown["identity_level"]) == ("verified", "anonymous")
    assert [one["address"] for one in known["identities"]] == ["customer-7"]
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/conversations/{found[0]['conversation_id']}")
        page.get_by_role("button", name="Contact", exact=True).click()
        expect(page.get_by_label("The contact").get_by_text("verified")).to_be_visible()


def _token(tenant: PageTenant) -> str:
    secret = tenant.call("GET", "/v1/widget/identity-secret")["identity_secret"]
    ends = datetime.now(UTC) + timedelta(minutes=5)
    claims = {"sub": "customer-7", "aud": "frontdesk.identity", "exp": ends}
    return jwt.encode(claims, secret, algorithm="HS256")


def _contact(tenant: PageTenant, contact_id: str) -> Any:
    return tenant.call("GET", f"/v1/contacts/{contact_id}")


def test_on_a_phone_it_does_not_cover_what_is_come_to_in_a_new_tab(
    browser: Browser, page_tenant: PageTenant, address: str
) -> None:
    with visit(browser, page_tenant.url, address, PHONE) as here:
        here.open()
        here.say("Good morning")
        here.expect_lines("assistant", 1)
        tab = here.page.context.new_page()
        tab.goto(address)  # as a source's link leads there
        chat = tab.frame_locator("iframe")
        expect(chat.locator(".launcher")).to_be_visible()
        chat.locator(".launcher").click()
        expect(chat.locator(".log [data-author=assistant]")).to_have_count(1)
        here.page.reload()
        here.expect_lines("assistant", 1)  # this one was open


def test_on_a_phone_it_fills_the_screen_and_goes_back_to_its_corner(
    browser: Browser, page_tenant: PageTenant, address: str
) -> None:
    with visit(browser, page_tenant.url, address, PHONE) as here:
        frame = here.page.locator("iframe")
        here.open()
        expect(frame).to_have_css("width", f"{PHONE['width']}px")
        whole = {"x": 0, "y": 0, "width": PHONE["width"], "height": PHONE["height"]}
        assert frame.bounding_box() == whole
        assert within(5, lambda: here.chat.locator(".panel").bounding_box() == whole)  # it rises
        assert here.violations() == []
        _closes(here)
        expect(frame).to_have_css("height", "96px")
        box = frame.bounding_box()
        assert box and box["width"] == 96
        assert box["x"] + box["width"] == PHONE["width"]

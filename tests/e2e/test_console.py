"""The console in a real browser: signing in, the handoff story with two browsers, knowledge, turns."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import PHONE, PageTenant, Watched
from tests.e2e.console_visit import ask, link, operator
from tests.e2e.widget_site import allow, axe_violations, site, visit

UNKNOWN = "Do you fire pots that I made elsewhere?"
TAUGHT = "Yes, we fire them for 12 pounds a kilo."


def _texts(tenant: PageTenant, conversation_id: str, author: str) -> list[str]:
    path = f"/v1/conversations/{conversation_id}/messages"
    return [m["text"] for m in tenant.call("GET", path)["data"] if m["author"] == author]


@pytest.fixture
def address(page_tenant: PageTenant) -> Iterator[str]:
    with site(page_tenant.url, page_tenant.assistant_id) as where:
        allow(page_tenant, where)
        yield where


def test_contact_and_operator_meet_live_in_two_browsers(
    browser: Browser, page_tenant: PageTenant, address: str
) -> None:
    with (
        operator(browser, link(page_tenant)) as page,
        visit(browser, page_tenant.url, address, PHONE) as here,
    ):
        assert "#" not in page.url
        here.open()
        here.say(UNKNOWN)
        expect(here.chat.locator(".person")).to_contain_text("A person is joining")
        page.get_by_label("Waiting", exact=True).get_by_role("link").click()  # it came by itself
        expect(page.get_by_role("heading", name=UNKNOWN)).to_be_visible()
        page.get_by_role("button", name="Claim").click()
        expect(here.chat.locator(".person")).to_contain_text("Robin is with you")
        reply = page.get_by_label("Reply to the contact")
        reply.fill("One moment, please.")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(here.chat.locator(".log [data-author=operator]")).to_contain_text("One moment")
        here.say("No hurry")
        expect(page.locator("[data-author=contact]").last).to_contain_text("No hurry")
        reply.fill(TAUGHT)
        page.get_by_label("Add to knowledge").check()
        answer = page.get_by_role("textbox", name="Answer", exact=True)
        expect(answer).to_have_value(TAUGHT)
        assert axe_violations(page) == []
        page.get_by_role("button", name="Send and resolve").click()
        expect(page.get_by_text("the assistant's again")).to_be_visible()
        here.expect_lines("operator", 2)
        expect(here.chat.locator(".person")).to_contain_text("the assistant again")
    [handoff] = page_tenant.call("GET", "/v1/handoffs")["data"]
    assert handoff["status"] == "resolved" and handoff["claimed_by"]["kind"] == "operator"
    conversation_id = handoff["conversation_id"]
    assert _texts(page_tenant, conversation_id, "operator") == ["One moment, please.", TAUGHT]
    assert _texts(page_tenant, conversation_id, "contact") == [UNKNOWN, "No hurry"]
    again = ask(page_tenant, UNKNOWN)
    assert "12 pounds" in _texts(page_tenant, again, "assistant")[0]


def test_knowledge_is_added_tried_staged_and_published(
    watched: Watched, page_tenant: PageTenant
) -> None:
    page = watched.page
    watched.go(link(page_tenant))
    page.get_by_role("link", name="Knowledge").click()
    page.get_by_label("Question").fill("Is there parking?")
    page.get_by_label("Answer").fill("Yes, behind the house.")
    page.get_by_role("button", name="Add entry").click()
    expect(page.get_by_role("status")).to_contain_text("searchable now")
    expect(page.get_by_role("listitem").filter(has_text="Is there parking?")).to_be_visible()
    page.get_by_label("Question").fill("Do you sell vouchers?")
    page.get_by_label("Answer").fill("Yes, from 20 euro on.")
    page.get_by_label("Stage only").check()
    page.get_by_role("button", name="Add entry").click()
    expect(page.get_by_role("status")).to_contain_text("Staged")
    assert axe_violations(page) == []
    page.get_by_role("tab", name="Search").click()
    page.get_by_label("Question to try").fill("parking")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("behind the house")
    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    assistant = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")
    base = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}"
    assert page_tenant.call("GET", base)["staged_version"] is None
    found = page_tenant.call("POST", f"{base}/search", {"query": "vouchers"})["data"]
    assert "20 euro" in found[0]["text"]
    width = page.evaluate("document.documentElement.scrollWidth")
    assert page.viewport_size and width <= page.viewport_size["width"]


def test_a_turn_is_stepped_through_and_a_deep_link_opens_it(
    watched: Watched, page_tenant: PageTenant
) -> None:
    conversation_id = ask(page_tenant, "Hello there")
    page = watched.page
    watched.go(link(page_tenant))
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.goto(f"{page_tenant.url}/console/conversations/{conversation_id}")
    page.get_by_role("button", name="Why?").click()
    steps = page.get_by_label("Why it answered so").locator("summary")
    expect(steps.filter(has_text="screen")).to_be_visible()
    steps.first.click()
    expect(page.get_by_label("Why it answered so").locator("pre").first).to_be_visible()
    assert axe_violations(page) == []


def test_a_turn_shows_its_knowledge_then_and_now(watched: Watched, page_tenant: PageTenant) -> None:
    assistant = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")
    base = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}"
    parking = {"question": "Is there parking?", "answer": "Yes, behind the house."}
    made = page_tenant.call("POST", f"{base}/documents", parking)
    page_tenant.call("PATCH", base, {"publishing": "manual"})  # a version of its own for the change
    conversation_id = ask(page_tenant, parking["question"])
    entry = f"{base}/documents/{made['document_id']}"
    page_tenant.call("PUT", entry, parking | {"answer": "Yes, two streets away."})
    page_tenant.call("POST", f"{base}/versions", {})
    page = watched.page
    watched.go(link(page_tenant))
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.goto(f"{page_tenant.url}/console/conversations/{conversation_id}")
    page.get_by_role("button", name="Why?").click()
    shown = page.get_by_label("Then and now")
    expect(shown).to_contain_text("Answered otherwise today")
    expect(shown).to_contain_text("edited since")
    expect(shown.locator("dd").first).to_have_text("Yes, behind the house.")
    expect(shown.locator("dd").nth(1)).to_have_text("Yes, two streets away.")
    assert axe_violations(page) == []


def test_who_is_not_signed_in_is_told_how(watched: Watched, page_tenant: PageTenant) -> None:
    page = watched.page
    watched.go(f"{page_tenant.url}/console/sign-in#not-a-link")
    expect(page.get_by_role("alert")).to_contain_text("link is not valid")
    expect(page.get_by_text("frontdesk sign-in")).to_be_visible()
    assert axe_violations(page) == []
    watched.complaints.clear()  # the browser notes every answer of 401 on its console


def test_who_is_invited_joins_and_signs_in_by_password(
    watched: Watched, page_tenant: PageTenant
) -> None:
    page, password = watched.page, "correct horse 42 battery"
    body = {"email": "sam@b.example", "name": "Sam", "role": "operator"}
    invited = page_tenant.call("POST", "/v1/invitations", body)
    watched.go(page_tenant.url + invited["path"])
    page.get_by_label("New password").fill(password)
    assert axe_violations(page) == []
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.get_by_role("button", name="Sam").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_label("E-mail").fill("sam@b.example")  # the tenant is known from before
    page.get_by_label("Password").fill(password)
    assert axe_violations(page) == []
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    watched.complaints.clear()  # the browser notes the 401 of who is signed out


def test_on_a_phone_everything_is_within_reach(browser: Browser, page_tenant: PageTenant) -> None:
    with operator(browser, link(page_tenant), PHONE) as page:
        page.get_by_role("link", name="Approvals").click()
        expect(page.get_by_role("heading", name="Approvals")).to_be_visible()
        assert axe_violations(page) == []
        page.get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name="Assistants").click()
        page.get_by_label("Name for contacts").fill("Juno")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved as revision")).to_be_visible()
        page.get_by_role("combobox", name="Parts of the assistant").select_option("Tools")
        expect(page.get_by_role("heading", name="Looks up")).to_be_visible()
        page.get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name="Settings").click()
        page.get_by_role("combobox", name="Settings").select_option("API keys")
        expect(page.get_by_role("heading", name="New key")).to_be_visible()
        page.get_by_role("combobox", name="Settings").select_option("People")
        page.get_by_label("Robin is there").click()
        expect(page.get_by_label("Robin is there")).to_be_checked()
        for place in page.get_by_role("navigation", name="Main").locator("a:visible").all():
            box = place.bounding_box()
            assert box and box["height"] >= 44 and box["x"] + box["width"] <= PHONE["width"]
    path = f"/v1/assistants/{page_tenant.assistant_id}"
    assert page_tenant.call("GET", path)["persona"]["name"] == "Juno"
    [robin] = page_tenant.call("GET", "/v1/operators")["data"]
    assert robin["available_until"]

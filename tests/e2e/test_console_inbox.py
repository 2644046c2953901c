"""Answering in the inbox: where the keyboard goes on, and what is shown of a long conversation."""

from playwright.sync_api import Browser, expect

from tests.e2e.browsing import PageTenant
from tests.e2e.console_visit import ask, link, operator

UNKNOWN = "Do you fire pots made elsewhere?"
PAGE_OF_MESSAGES = 200  # what the API gives at once


def _waiting(tenant: PageTenant) -> str:
    [handoff] = tenant.call("GET", "/v1/handoffs?status=waiting")["data"]
    return handoff["handoff_id"]


def test_one_goes_on_writing_after_claiming_a_draft_a_canned_answer_and_a_message(
    browser: Browser, page_tenant: PageTenant
) -> None:
    ask(page_tenant, UNKNOWN)
    page_tenant.call("POST", "/v1/canned-answers", {"shortcut": "kiln", "text": "Our kiln is hot."})
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/inbox/{_waiting(page_tenant)}")
        reply = page.get_by_label("Reply to the contact")
        page.get_by_role("button", name="Claim").click()
        expect(reply).to_be_focused()
        page.get_by_role("group", name="Drafts to begin with").get_by_role("button").first.click()
        expect(reply).to_be_focused()
        reply.fill("One moment.")
        page.get_by_role("button", name="Canned answers").click()
        page.get_by_role("button", name="kiln").click()
        expect(reply).to_be_focused()
        expect(reply).to_have_value("One moment.\nOur kiln is hot.")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(reply).to_have_value("")
        page.wait_for_timeout(1_500)  # the focus went to the button that resolves after a second
        expect(reply).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("yours", exact=True)).to_be_visible()
    [handoff] = page_tenant.call("GET", "/v1/handoffs")["data"]
    assert handoff["status"] == "active"


def test_the_last_words_of_a_long_conversation_are_shown_with_who_said_them(
    browser: Browser, page_tenant: PageTenant
) -> None:
    conversation_id = ask(page_tenant, UNKNOWN)
    handoff_id = _waiting(page_tenant)
    path = f"/v1/handoffs/{handoff_id}/messages"
    for n in range(PAGE_OF_MESSAGES):
        page_tenant.call("POST", path, {"text": f"line {n}"})
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/inbox/{handoff_id}")
        lines = page.get_by_role("region", name="Conversation").get_by_role("listitem")
        expect(lines.last).to_contain_text(f"line {PAGE_OF_MESSAGES - 1}")
        page.goto(f"{page_tenant.url}/console/conversations/{conversation_id}")
        expect(lines.last).to_contain_text(f"line {PAGE_OF_MESSAGES - 1}")


def test_a_colleagues_words_carry_their_name(browser: Browser, page_tenant: PageTenant) -> None:
    ask(page_tenant, UNKNOWN)
    handoff_id = _waiting(page_tenant)
    with operator(browser, link(page_tenant, "Kim")) as page:
        page.goto(f"{page_tenant.url}/console/inbox/{handoff_id}")
        page.get_by_label("Reply to the contact").fill("I will ask.")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("[data-author=operator]")).to_contain_text("Kim")
    with operator(browser, link(page_tenant, "Robin")) as page:
        page.goto(f"{page_tenant.url}/console/inbox/{handoff_id}")
        expect(page.locator("[data-author=operator]")).to_contain_text("Kim")

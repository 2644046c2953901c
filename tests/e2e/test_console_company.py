"""The console where people work together: notes, canned answers, turns tried again."""

import re

from playwright.sync_api import Browser, expect

from server.demo_shop.connector import demo_connector
from server.demo_shop.service import ShopServer
from tests.e2e.browsing import PageTenant
from tests.e2e.console_visit import ask, link, operator
from tests.e2e.widget_site import axe_violations
from tests.server.acting import Counter
from tests.server.conftest import Program
from tests.tools.demo_shop import TOKEN


def test_a_turn_is_tried_with_other_words_beside_what_was_said(
    browser: Browser, page_tenant: PageTenant
) -> None:
    base = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")
    path = f"/v1/knowledge-bases/{base['knowledge_base_ids'][0]}/documents"
    for question, answer in (("Is there parking?", "Behind the house."), ("Prices?", "Ten euro.")):
        page_tenant.call("POST", path, {"question": question, "answer": answer})
    written = {"curated": {"enabled": False}}
    page_tenant.call("PATCH", f"/v1/assistants/{page_tenant.assistant_id}", written)
    conversation_id = ask(page_tenant, "Hello there")
    talk = f"/v1/conversations/{conversation_id}/messages"
    page_tenant.call("POST", talk, {"text": "Is there parking?"})
    before = page_tenant.call("GET", talk)
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/conversations/{conversation_id}")
        page.get_by_role("button", name="Why?").last.click()
        expect(page.get_by_label("Other words")).to_have_value("Is there parking?")
        page.get_by_role("button", name="Replay the steps").click()
        expect(page.get_by_text("Every step came to the same")).to_be_visible()
        page.get_by_label("Other words").fill("Prices?")
        page.get_by_role("button", name="Answer anew").click()
        expect(page.get_by_role("region", name="Then", exact=True)).to_contain_text(
            "Behind the house."
        )
        expect(page.get_by_role("region", name="Now", exact=True)).to_contain_text("Ten euro.")
        expect(page.get_by_role("list", name="What differs")).to_contain_text("Other words")
        page.get_by_role("link", name="Open the fork").click()
        expect(page.locator("[data-author=contact]").last).to_contain_text("Prices?")
        fork_id = page.url.rpartition("/")[2]
        page.get_by_role("button", name="Why?").first.click()  # nothing is before the first turn
        page.get_by_label("Other words").fill("Prices?")
        page.get_by_role("button", name="Answer anew").click()
        expect(page.get_by_role("region", name="Now", exact=True)).to_contain_text("Ten euro.")
    assert page_tenant.call("GET", talk) == before
    fork = page_tenant.call("GET", f"/v1/conversations/{fork_id}")
    assert fork["origin"] == "fork"


def test_notes_canned_answers_and_who_else_writes(
    browser: Browser, page_tenant: PageTenant
) -> None:
    conversation_id = ask(page_tenant, "Do you fire pots that I made elsewhere?")
    with (
        operator(browser, link(page_tenant)) as page,
        operator(browser, link(page_tenant, name="Kim")) as other,
    ):
        page.goto(f"{page_tenant.url}/console/settings/canned")
        page.get_by_label("Shortcut").fill("firing")
        page.get_by_label("Text", exact=True).fill("We fire on Fridays.")
        page.get_by_role("button", name="Add canned answer").click()
        page.get_by_label("firing", exact=True).fill("We fire on Mondays.")
        page.get_by_role("button", name="Save firing").click()
        expect(page.get_by_role("button", name="Save firing")).to_be_disabled()
        page.get_by_role("link", name="Inbox").click()
        for one in (page, other):
            one.get_by_label("Waiting", exact=True).get_by_role("link").click()
        expect(page.get_by_text("Kim is looking, too")).to_be_visible()
        other.get_by_label("Reply to the contact").press_sequentially("Hel")
        expect(page.get_by_text("Kim is writing an answer now")).to_be_visible()
        page.get_by_role("button", name="Canned answers").click()
        page.get_by_label("Search canned answers").fill("monday")
        page.get_by_role("button", name="firing").click()
        expect(page.get_by_label("Reply to the contact")).to_have_value("We fire on Mondays.")
        page.get_by_role("button", name="Note", exact=True).click()
        page.get_by_label("Note for colleagues").fill("Ask the kiln first")
        page.get_by_role("button", name="Add note").click()
        noted = "[data-author=note]"
        expect(page.locator(noted)).to_contain_text("Ask the kiln first")
        expect(other.locator(noted)).to_contain_text("Robin, for colleagues")
        assert axe_violations(page) == []
    path = f"/v1/conversations/{conversation_id}"
    [note] = page_tenant.call("GET", f"{path}/notes")["data"]
    assert note["text"] == "Ask the kiln first" and note["author"]["name"] == "Robin"
    assert "kiln first" not in str(page_tenant.call("GET", f"{path}/messages"))


def test_teams_targets_and_whose_a_handoff_is(browser: Browser, page_tenant: PageTenant) -> None:
    kim = page_tenant.call("POST", "/v1/operators", {"name": "Kim", "email": "kim@a.example"})
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/settings/teams")
        page.get_by_label("Name of the new team").fill("Repairs")
        page.get_by_role("button", name="Add team").click()
        page.get_by_label("Kim is in Repairs").click()
        expect(page.get_by_label("Kim is in Repairs")).to_be_checked()
        page.get_by_label("Minutes to the first reply").fill("15")
        page.get_by_role("button", name="Save targets").click()
        expect(page.get_by_role("button", name="Save targets")).to_be_disabled()
        expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
        for question in ("Do you fire pots that I made elsewhere?", "Do you repair old wheels?"):
            ask(page_tenant, question)
        page.get_by_role("link", name="Inbox").click()
        waiting = page.get_by_label("Waiting", exact=True).get_by_role("link")
        expect(waiting).to_have_count(2)
        page.get_by_label("Order").select_option("due")
        expect(waiting.first).to_contain_text("Reply due in")
        waiting.filter(has_text="wheels").click()
        page.get_by_label("Assigned to").select_option(label="Kim")
        expect(page.get_by_label("Assigned to")).to_have_value(kim["operator_id"])
        page.get_by_label("Team").select_option(label="Repairs")
        expect(page.get_by_label("Team")).to_have_value(re.compile("-"))
        assert axe_violations(page) == []
        page.get_by_label("Whose").select_option("nobody")
        expect(waiting).to_have_count(1)
        expect(waiting).to_contain_text("pots")
        page.get_by_label("Whose").select_option(label="Repairs")
        expect(waiting).to_contain_text("wheels")
    [team] = page_tenant.call("GET", "/v1/teams")["data"]
    assert team["name"] == "Repairs" and team["member_ids"] == [kim["operator_id"]]
    assert page_tenant.call("GET", "/v1/service-targets")["first_reply_seconds"] == 900
    mine = page_tenant.call("GET", f"/v1/handoffs?assignee_id={kim['operator_id']}")["data"]
    assert [one["team_id"] for one in mine] == [team["team_id"]]


def test_a_browser_that_was_asked_tells_of_who_waits(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with operator(browser, link(page_tenant)) as page:
        page.context.grant_permissions(["notifications"])
        page.evaluate(_HIDDEN_PAGE_THAT_COUNTS)
        page.get_by_label("Notify me in this browser").check()
        expect(page.get_by_label("Notify me in this browser")).to_be_checked()
        assert page.evaluate("localStorage.getItem('frontdesk.notifies')") == "yes"
        ask(page_tenant, "Do you fire pots that I made elsewhere?")
        expect(page.get_by_label("Waiting", exact=True).get_by_role("link")).to_have_count(1)
        page.wait_for_function("window.told.length === 1")
        assert "pots" in page.evaluate("window.told[0]")
        page.get_by_label("Notify me in this browser").uncheck()
        ask(page_tenant, "Do you repair old wheels?")
        expect(page.get_by_label("Waiting", exact=True).get_by_role("link")).to_have_count(2)
        assert page.evaluate("window.told.length") == 1


# Nobody looks at the page, and what it would show outside of it is noted.
_HIDDEN_PAGE_THAT_COUNTS = """() => {
  window.told = [];
  Object.defineProperty(document, "hidden", { value: true });
  window.Notification = class {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor(title, { body }) { window.told.push(body); }
  };
}"""


def test_what_an_assistant_would_do_is_approved_or_denied(
    browser: Browser, page_tenant: PageTenant, shop_service: ShopServer
) -> None:
    connector = {
        "kind": "http",
        "name": "Shop",
        "settings": demo_connector(shop_service.url),
        "secret": TOKEN,
    }
    page_tenant.call("POST", "/v1/connectors", connector)
    tools = {"tools": [{"name": "refund_order", "approval": {"up_to": "50.00", "currency": "EUR"}}]}
    page_tenant.call("PATCH", f"/v1/assistants/{page_tenant.assistant_id}", tools)
    shop = Program(page_tenant.url, "", "", page_tenant.key, "", page_tenant.assistant_id)
    at = Counter(shop, shop_service)
    talk = at.converse(at.contact())
    at.say(talk, "I want a refund for order 1037")
    before = len(at.effects())
    with operator(browser, link(page_tenant)) as page:
        page.get_by_role("link", name="Approvals").click()
        expect(page.locator("main")).to_contain_text("89.00 EUR")
        page.get_by_text("The exact call").first.click()
        expect(page.get_by_label("The exact call")).to_contain_text("1037")
        assert axe_violations(page) == []
        assert len(at.effects()) == before
        page.get_by_label("Note to the contact").fill("Sorry for the wait.")
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("region", name="Decided")).to_contain_text("Sorry for the wait.")
        at.told(talk, "have been refunded")
    assert len(at.effects()) == before + 1
    assert at.approval(talk, "done")["decision"] == "approved"

"""Controls of the console that no other test presses: what each stores is asked of the API."""

import re
from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect

from server.demo_shop.connector import demo_connector
from server.demo_shop.service import ShopServer
from server.demo_shop.store import Asked, Row, Store
from tests.e2e.browsing import SETTLED_MS, PageTenant
from tests.e2e.console_visit import ask, link, operator
from tests.openid_loopback import Provider
from tests.receiver import Received, Receiver, Reply
from tests.server.acting import Counter
from tests.server.conftest import Program
from tests.tools.demo_shop import TOKEN

POTS = "Do you fire pots that I made elsewhere?"
WHEELS = "Do you repair old wheels?"


class _Silent(Store):
    """Books of a shop that hangs up instead of answering whether it did what it was asked."""

    def __init__(self) -> None:
        super().__init__(None)

    def do(self, asked: Asked) -> Row:
        """Never say."""
        raise ConnectionAbortedError(asked.kind)


@contextmanager
def _silent(service: ShopServer) -> Generator[None]:
    kept, service.store = service.store, _Silent()
    try:
        yield
    finally:
        service.store.close()
        service.store = kept


def test_what_people_teams_targets_and_keys_were_given_is_taken_back(
    browser: Browser, page_tenant: PageTenant
) -> None:
    ola = page_tenant.call("POST", "/v1/operators", {"name": "Ola", "email": "ola@a.example"})
    team = page_tenant.call("POST", "/v1/teams", {"name": "Repairs"})
    canned = {"shortcut": "firing", "text": "We fire on Fridays."}
    page_tenant.call("POST", "/v1/canned-answers", canned)
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/settings/people")
        page.get_by_label("Name", exact=True).fill("Kim")
        page.get_by_label("E-mail").fill("kim@a.example")
        page.get_by_label("May write knowledge", exact=True).check()
        page.get_by_role("button", name="Invite", exact=True).click()
        expect(page.get_by_text("The invitation for kim@a.example")).to_be_visible()
        [invited] = page_tenant.call("GET", "/v1/invitations")["data"]
        page.get_by_role("button", name="Take back the invitation of Kim").click()
        expect(page.get_by_text("invited as operator")).to_have_count(0)
        page.get_by_role("button", name="Sign-in link for Ola").click()
        path = page.get_by_role("status").locator("code").last.inner_text()
        page.get_by_role("button", name="Sign out Ola").click()
        page.get_by_role("button", name="Sign out everywhere Ola").click()
        expect(page.get_by_text("Signed out everywhere.")).to_be_visible()
        page.get_by_role("button", name="Disable Ola").click()
        page.get_by_role("button", name="Enable Ola").click()
        expect(page.get_by_role("button", name="Disable Ola")).to_be_visible()
        page.get_by_role("link", name="Teams and targets").click()
        page.get_by_label("Minutes to the end").fill("90")
        page.get_by_role("button", name="Save targets").click()
        expect(page.get_by_role("button", name="Save targets")).to_be_disabled()
        page.get_by_role("button", name="Dissolve Repairs").click()
        page.get_by_role("button", name="Dissolve for good Repairs").click()
        expect(page.get_by_text("No teams yet")).to_be_visible()
        page.get_by_role("link", name="Canned answers").click()
        page.get_by_role("button", name="Remove firing").click()
        expect(page.get_by_text("None yet")).to_be_visible()
        assert page_tenant.call("GET", "/v1/canned-answers")["data"] == []
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_label("firing", exact=True)).to_have_value("We fire on Fridays.")
        [back] = page_tenant.call("GET", "/v1/canned-answers")["data"]
        assert (back["shortcut"], back["text"]) == ("firing", "We fire on Fridays.")
        page.get_by_role("button", name="Remove firing").click()
        page.get_by_role("button", name="Close the notice").click()
        expect(page.get_by_text("firing is removed.")).to_have_count(0)
        page.get_by_role("link", name="Models").click()
        page.get_by_text("Use a key of your own").first.click()
        page.get_by_label("Key for").first.fill("sk-never-shown-again")
        page.get_by_role("button", name="Store").first.click()
        page.get_by_role("button", name=re.compile("^Forget ")).click()
        page.get_by_role("button", name=re.compile("^Forget the key")).click()
        expect(page.get_by_text("your key sk-")).to_have_count(0)
        page.get_by_role("link", name="Usage").click()
        page.get_by_label("Shown").select_option("7")
        page.get_by_label("Limit in US dollars").fill("25")
        page.get_by_role("button", name="Set the limit").click()
        page.get_by_role("button", name="Remove the limit").click()
        expect(page.get_by_text("Your limit of $25.00 is removed.")).to_be_visible()
        assert page_tenant.call("GET", "/v1/budget")["limits"] == []
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Your limit: $25.00 a month")).to_be_visible()
    assert invited["rights"] == ["knowledge"] and "/console/sign-in#" in path
    assert page_tenant.call("GET", "/v1/invitations")["data"] == []
    people = {one["operator_id"]: one for one in page_tenant.call("GET", "/v1/operators")["data"]}
    assert people[ola["operator_id"]]["disabled_at"] is None
    assert page_tenant.call("GET", "/v1/service-targets")["resolution_seconds"] == 5_400
    assert team not in page_tenant.call("GET", "/v1/teams")["data"]
    assert page_tenant.call("GET", "/v1/canned-answers")["data"] == []
    keys = page_tenant.call("GET", "/v1/provider-keys")["data"]
    assert all(one["own_key_prefix"] is None for one in keys)
    [limit] = page_tenant.call("GET", "/v1/budget")["limits"]
    assert (limit["set_by"], float(limit["limit_usd"])) == ("tenant", 25)  # undone


def test_what_was_given_up_is_sent_again_one_by_one_or_all(
    browser: Browser, page_tenant: PageTenant, hooks: Receiver
) -> None:
    path = f"/{page_tenant.assistant_id}"
    gone = True

    def answer(request: Received, _before: int) -> Reply:
        return Reply(410 if gone and request.path == path else 200)

    hooks.answer = answer
    given = {"url": hooks.url + path, "events": ["handoff_resolved"]}
    endpoint = page_tenant.call("POST", "/v1/webhook-endpoints", given)
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/settings/deliveries")
        switch = page.get_by_label("Enabled")
        for count in (1, 2):
            page.get_by_role("button", name="Send a ping").click()
            hooks.wait_for(count, path)
            page.reload()
            page.get_by_label("Shown").select_option("dead")
            expect(page.get_by_role("button", name="Send again")).to_have_count(count)
            switch.click()
            expect(switch).to_be_checked()
        gone = False
        page.get_by_role("button", name="Send again").first.click()
        expect(page.get_by_role("button", name="Send again")).to_have_count(1)
        page.get_by_role("button", name="Send the dead again").click()
        expect(page.get_by_text("1 are sent again.")).to_be_visible()
        hooks.wait_for(4, path)
        page.get_by_role("button", name=f"Remove {given['url']}").click()
        page.get_by_role("button", name=f"Remove for good {given['url']}").click()
        expect(page.get_by_text(hooks.url + path)).to_have_count(0)
    assert endpoint not in page_tenant.call("GET", "/v1/webhook-endpoints")["data"]
    assert page_tenant.call("GET", "/v1/deliveries?state=dead")["data"] == []


def test_what_is_denied_or_unknown_is_settled_by_a_person(
    browser: Browser, page_tenant: PageTenant, shop_service: ShopServer
) -> None:
    settings = demo_connector(shop_service.url, knows_keys=False)
    body = {"kind": "http", "name": "Shop", "settings": settings, "secret": TOKEN}
    page_tenant.call("POST", "/v1/connectors", body)
    tools = {"tools": [{"name": "refund_order", "approval": "always"}]}
    page_tenant.call("PATCH", f"/v1/assistants/{page_tenant.assistant_id}", tools)
    shop = Program(page_tenant.url, "", "", page_tenant.key, "", page_tenant.assistant_id)
    at = Counter(shop, shop_service)
    before = len(at.effects())
    denied = at.converse(at.contact())
    at.say(denied, "I want a refund for order 1018")  # 1037 is refunded in another file
    with operator(browser, link(page_tenant)) as page:
        page.get_by_role("link", name="Approvals").click()
        page.get_by_label("Note to the contact").fill("Not after a year.")
        page.get_by_role("button", name="Deny").click()
        expect(page.get_by_role("region", name="Decided")).to_contain_text("Not after a year.")
        assert at.approval(denied, "denied")["note"] == "Not after a year."
        for press, state in (("It was done", "done"), ("It was not", "failed")):
            talk = at.converse(at.contact())
            with _silent(shop_service):
                at.say(talk, "I want a refund for order 1018")
                page.get_by_role("button", name="Approve", exact=True).click()
                at.approval(talk, "unknown_outcome")
            page.reload()
            page.get_by_role("button", name=press).click()
            expect(page.get_by_role("button", name=press)).to_have_count(0)
            assert at.approval(talk, state)["status"] == state
    assert len(at.effects()) == before


def test_a_handoff_ends_without_handing_back_and_a_talk_is_found_by_its_words(
    browser: Browser, page_tenant: PageTenant
) -> None:
    ended = ask(page_tenant, POTS)
    ask(page_tenant, WHEELS)
    with operator(browser, link(page_tenant)) as page:
        waiting = page.get_by_label("Waiting", exact=True).get_by_role("link")
        waiting.filter(has_text="pots").click()
        page.get_by_label("Hand back to the assistant").uncheck()
        page.get_by_role("button", name="Resolve", exact=True).click()
        expect(page.get_by_text("Resolved. The conversation has ended")).to_be_visible()
        page.get_by_role("link", name="Conversations", exact=True).click()
        rows = page.get_by_role("list", name="Conversations").get_by_role("link")
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text(WHEELS)
        page.get_by_label("Words that were said").fill("pots")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(POTS)
        rows.click()
        expect(page.get_by_role("heading", name=POTS)).to_be_visible()
        assert page.url.endswith(f"/{ended}?q=pots")  # a link to it keeps what was looked for
        page.get_by_label("Status").select_option("waiting_for_operator")
        expect(rows).to_have_count(0)
    assert page_tenant.call("GET", f"/v1/conversations/{ended}")["status"] == "resolved"


def test_rules_notices_languages_and_the_products_own_reading_are_stored(
    browser: Browser, page_tenant: PageTenant
) -> None:
    path = f"/v1/assistants/{page_tenant.assistant_id}"
    tabs = f"{page_tenant.url}/console/assistants/{page_tenant.assistant_id}"
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{tabs}/handoff")
        parts = page.get_by_role("navigation", name="Parts of the assistant")
        page.get_by_label("People can be asked").uncheck()
        page.get_by_role("button", name="Add rule").click()
        page.get_by_label("Name", exact=True).fill("legal")
        page.get_by_label("Then", exact=True).select_option("deliver_with_notice")
        page.get_by_label("Notice").fill("This is no legal advice.")
        page.get_by_label("When any of these words is said").fill("lawyer")
        page.get_by_role("button", name="Add rule").click()
        page.get_by_role("button", name="Remove rule 2").click()
        parts.get_by_role("link", name="Answers").click()
        page.get_by_role("button", name="Add disclaimer").click()
        page.get_by_label("Name", exact=True).fill("prices")
        page.get_by_label("Text: languages").fill("en, de")
        page.get_by_label("Text (en)").fill("Prices may change.")
        page.get_by_label("Text (de)").fill("Preise können sich ändern.")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved as revision")).to_be_visible()
        parts.get_by_role("link", name="Confidence").click()
        page.get_by_role("button", name="Back to the product's own reading").click()
        expect(page.get_by_label("Learn from outcomes by itself")).not_to_be_checked()
        parts.get_by_role("link", name="Test chat").click()
        page.get_by_label("Question to the assistant").fill("Hello")
        page.get_by_role("button", name="Ask", exact=True).click()
        said = page.get_by_role("list", name="Test chat").get_by_role("listitem")
        expect(said).to_have_count(1)
        page.get_by_role("button", name="Start over").click()
        expect(said).to_have_count(0)
    stored = page_tenant.call("GET", path)
    [rule] = stored["handoff"]["rules"]
    assert not stored["handoff"]["enabled"]
    assert (rule["action"], rule["notice"]) == ("deliver_with_notice", "This is no legal advice.")
    texts = {"en": "Prices may change.", "de": "Preise können sich ändern."}
    assert stored["answering"]["disclaimers"][0]["text"] == texts
    learning = page_tenant.call("GET", f"{path}/calibration")
    assert (learning["automatic"], learning["revision"]) == (False, 0)


def test_any_page_is_reached_by_a_few_letters_of_its_name(
    browser: Browser, page_tenant: PageTenant
) -> None:
    ask(page_tenant, POTS)
    with operator(browser, link(page_tenant)) as page:
        expect(page.get_by_label("Waiting", exact=True).get_by_role("link")).to_have_count(1)
        page.keyboard.press("Control+k")
        field = page.get_by_role("combobox", name="Go to")
        expect(field).to_be_focused()
        field.fill("retention")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Save retention")).to_be_visible()
        page.get_by_role("button", name="Go to").click()
        field.fill("pots")
        expect(page.get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=POTS)).to_be_visible()
        page.keyboard.press("Control+k")
        page.keyboard.press("Escape")
        expect(field).to_have_count(0)


def test_the_rest_of_what_is_set_and_taken_out_is_stored_too(
    browser: Browser, page_tenant: PageTenant, staff_provider: Provider
) -> None:
    other = page_tenant.call("POST", "/v1/assistants", {"name": "Night desk"})["assistant_id"]
    console = f"{page_tenant.url}/console"
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{console}/settings/retention")
        page.get_by_label("Events and steps, days").fill("90")
        page.get_by_label("Checkpoints, days").fill("60")
        page.get_by_role("button", name="Save retention").click()
        expect(page.get_by_role("button", name="Save retention")).to_be_disabled()
        page.goto(f"{console}/settings/deliveries")
        page.get_by_label("Channel name").fill("Pager")
        page.get_by_label("Where replies are posted").fill("https://shop.example/out")
        page.get_by_label("Assistant of the channel").select_option(label="Night desk")
        page.get_by_role("button", name="Add channel").click()
        expect(page.get_by_label("Pager is open")).to_be_checked()
        page.goto(f"{console}/assistants/{page_tenant.assistant_id}/answers")
        for noun in ("guidance", "topic", "disclaimer", "brand word"):
            page.get_by_role("button", name=f"Add {noun}").click()
            page.get_by_role("button", name=f"Remove {noun} 1").click()
        page.get_by_role("button", name="Add topic").click()
        page.get_by_label("Name", exact=True).fill("politics")
        page.get_by_label("Then", exact=True).select_option("hand_off")
        page.get_by_label("When", exact=True).fill("the customer asks about politics")
        page.get_by_label("What is said: languages").fill("en")
        page.get_by_label("What is said (en)").fill("Somebody else knows.")
        parts = page.get_by_role("navigation", name="Parts of the assistant")
        parts.get_by_role("link", name="Persona").click()
        page.get_by_role("button", name=re.compile("^Take out ")).click()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved as revision")).to_be_visible()
        page.goto(f"{console}/settings/signin")
        page.get_by_label("Words on the button").fill("Sign in with Contoso")
        page.get_by_label("Issuer").fill(staff_provider.url)
        page.get_by_label("Client id").fill("desk")
        page.get_by_label("Client secret").fill("never shown again")
        page.get_by_label("Domains of e-mail addresses").fill("staff.example")
        page.get_by_label("Take addresses that").check()
        page.get_by_text("Roles by groups").click()
        page.get_by_label("Claim that lists somebody's groups").fill("teams")
        page.get_by_label("Groups of admins").fill("leads")
        page.get_by_label("Groups of operators").fill("desk, night")
        page.get_by_label("Groups of viewers").fill("board")
        page.get_by_role("button", name="Save provider").click()
        expect(page.get_by_text("Kept. Leave it empty to keep it.")).to_be_visible()
        provider = page_tenant.call("GET", "/v1/sign-in-provider")["provider"]
        page.get_by_role("button", name="Remove the provider").click()
        page.get_by_role("button", name="Remove for good the provider").click()
        expect(page.get_by_text("As the provider shows it.")).to_be_visible()
    rules = page_tenant.call("GET", "/v1/retention")
    assert (rules["log_days"], rules["checkpoint_days"]) == (90, 60)
    [channel] = page_tenant.call("GET", "/v1/channels")["data"]
    assert channel["assistant_id"] == other
    stored = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")
    [topic] = stored["answering"]["forbidden_topics"]
    assert (topic["action"], topic["say"]) == ("hand_off", {"en": "Somebody else knows."})
    assert stored["answering"]["guidance"] == stored["answering"]["disclaimers"] == []
    assert stored["knowledge_base_ids"] == []
    assert provider["trusts_addresses"] and provider["group_claim"] == "teams"
    roles = {"leads": "admin", "desk": "operator", "night": "operator", "board": "viewer"}
    assert provider["group_roles"] == roles
    assert page_tenant.call("GET", "/v1/sign-in-provider")["provider"] is None


def test_who_asks_everybody_for_a_second_factor_is_asked_for_it_at_once(
    browser: Browser, page_tenant: PageTenant
) -> None:
    context = browser.new_context()  # the browser notes each 403 that comes from then on
    page = context.new_page()
    page.set_default_timeout(SETTLED_MS)
    expect.set_options(timeout=SETTLED_MS)
    page.goto(link(page_tenant))
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.goto(f"{page_tenant.url}/console/settings/signin")
    page.get_by_label("Everybody needs a second factor").click()
    expect(page.get_by_role("heading", name="One more thing")).to_be_visible()
    context.close()
    assert page_tenant.call("GET", "/v1/sign-in-rules")["second_factor_required"]

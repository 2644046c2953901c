"""The console's assistants and settings in a real browser: every control stores what it says."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import PHONE, WIDE, PageTenant, Watched
from tests.e2e.console_visit import ask, link, operator
from tests.e2e.widget_site import axe_violations

PAGES = {  # what stands there once its data has come
    "inbox": "Do you fire",
    "conversations": "waiting",
    "knowledge": "Nothing to answer from",
    "assistants": "Take out",
    "assistants/{a}/answers": "Forbidden topics",
    "assistants/{a}/confidence": "The product's own reading",
    "assistants/{a}/handoff": "Offer a person first",
    "assistants/{a}/widget": "What a page adds",
    "assistants/{a}/test": "Ask what your customers ask",
    "assistants/{a}/revisions": "in force",
    "settings": "Sign-in link",
    "settings/canned": "None yet",
    "settings/keys": "used",
    "settings/models": "OpenAI",
    "settings/usage": "this month",
    "settings/deliveries": "Nothing here",
    "settings/identity": "Show the secret",
}


@contextmanager
def _assistant_page(browser: Browser, tenant: PageTenant, tab: str) -> Generator[Page]:
    with operator(browser, link(tenant)) as page:
        page.goto(f"{tenant.url}/console/assistants/{tenant.assistant_id}/{tab}")
        expect(page.get_by_role("navigation", name="Parts of the assistant")).to_be_visible()
        yield page


def _saved(tenant: PageTenant, page: Page) -> Any:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as revision")).to_be_visible()
    return tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}")


def _tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Parts of the assistant").get_by_role(
        "link", name=name
    ).click()


def test_who_an_assistant_is_and_what_it_says_is_stored(
    browser: Browser, page_tenant: PageTenant
) -> None:
    second = page_tenant.call("POST", "/v1/knowledge-bases", {"name": "Second"})
    with _assistant_page(browser, page_tenant, "persona") as page:
        page.get_by_label("Name for contacts").fill("Juno")
        page.get_by_label("Traits").fill("patient, precise")
        page.get_by_label("Instructions").fill("Say you.")
        page.get_by_label("Model", exact=True).fill("extractive")
        page.get_by_label("Fallback models").fill("extractive")
        page.get_by_label("Texts in traces").check()
        page.get_by_label("Minutes until").fill("45")
        page.get_by_label("Add a knowledge base").select_option(label="Second")
        page.get_by_role("button", name="Move Second up").click()
        _tab(page, "Answers")
        page.get_by_role("button", name="Add guidance").click()
        page.get_by_label("Name", exact=True).fill("returns")
        page.get_by_label("When", exact=True).fill("the customer asks about returns")
        page.get_by_label("Instructions").fill("Name the 30 days.")
        page.get_by_role("button", name="Add topic").click()
        page.get_by_label("Name", exact=True).last.fill("politics")
        page.get_by_label("When", exact=True).last.fill("the customer asks about politics")
        page.get_by_role("button", name="Add disclaimer").click()
        page.get_by_label("Name", exact=True).last.fill("prices")
        page.get_by_label("Text (en)").fill("Prices may change.")
        page.get_by_label("Restrictions").fill("Never promise a date.\nNever guess.")
        page.get_by_label("Answers appear").select_option("whole")
        stored = _saved(page_tenant, page)
    assert stored["persona"]["name"] == "Juno"
    assert stored["persona"]["traits"] == ["patient", "precise"]
    assert stored["persona"]["instructions"] == "Say you."
    assert stored["model"] == "extractive" and stored["fallback_models"] == ["extractive"]
    assert stored["features"]["trace_text"] and stored["dialogue"]["pause_minutes"] == 45
    assert stored["knowledge_base_ids"][0] == second["knowledge_base_id"]
    answering = stored["answering"]
    assert answering["guidance"][0]["when"]["about"] == "the customer asks about returns"
    assert answering["guidance"][0]["instructions"] == "Name the 30 days."
    assert answering["forbidden_topics"][0]["name"] == "politics"
    assert answering["disclaimers"][0]["text"] == {"en": "Prices may change."}
    assert answering["restrictions"] == ["Never promise a date.", "Never guess."]
    assert answering["streaming"] == "whole"


def test_when_a_person_is_asked_is_stored_and_undone(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with _assistant_page(browser, page_tenant, "handoff") as page:
        page.get_by_label("Offer a person first").check()
        page.get_by_role("button", name="Add rule").click()
        page.get_by_label("Name", exact=True).fill("legal")
        page.get_by_label("When any of these words is said").fill("lawyer*, sue")
        page.get_by_label("Mood").select_option("negative")
        page.get_by_label("Order worth at least").fill("500")
        page.get_by_label("People are there at certain hours").check()
        page.get_by_label("Time zone").fill("Europe/Berlin")
        page.get_by_label("Fri").uncheck()
        page.get_by_label("To", exact=True).fill("18:00")
        page.get_by_label("Days off").fill("2027-01-01")
        _tab(page, "Confidence")
        page.get_by_label("Answer from").fill("0.6")
        page.get_by_label("Learn from outcomes by itself").click()
        expect(page.get_by_label("Learn from outcomes by itself")).not_to_be_checked()
        stored = _saved(page_tenant, page)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Saved as revision 3")).to_be_visible()
        _tab(page, "Revisions")
        page.get_by_role("button", name="What changed").first.click()
        expect(page.get_by_text("thresholds.answer")).to_be_visible()
        page.get_by_role("button", name="Restore revision 2").click()
        expect(page.get_by_text("Saved as revision 4")).to_be_visible()
    handoff = stored["handoff"]
    rule = handoff["rules"][0]
    assert handoff["offer_first"] and rule["name"] == "legal"
    assert rule["when"]["words"] == ["lawyer*", "sue"]
    assert (rule["when"]["sentiment"], rule["when"]["order_value_at_least"]) == ("negative", 500)
    hours = handoff["hours"]
    assert hours["time_zone"] == "Europe/Berlin" and hours["special_days"][0]["hours"] == []
    assert hours["weekly"] == [
        {"days": ["mon", "tue", "wed", "thu"], "opens": "09:00", "closes": "18:00"}
    ]
    path = f"/v1/assistants/{page_tenant.assistant_id}"
    assert page_tenant.call("GET", path)["thresholds"]["answer"] == 0.6  # restored in the end
    assert page_tenant.call("GET", f"{path}/revisions/3")["thresholds"]["answer"] is None
    assert page_tenant.call("GET", f"{path}/calibration")["automatic"] is False


def test_the_widget_beside_its_settings_changes_before_they_are_saved(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with _assistant_page(browser, page_tenant, "widget") as page:
        widget = page.frame_locator("iframe")
        page.get_by_label("Accent colour", exact=True).fill("#ffcc00")
        expect(page.get_by_text("Text on it is black")).to_be_visible()
        page.get_by_label("Greeting").fill("Welcome to the kiln")
        expect(widget.get_by_text("Welcome to the kiln")).to_be_visible()
        page.get_by_label("Questions to begin with").fill("Opening hours?\nPrices?")
        expect(widget.get_by_role("button", name="Prices?")).to_be_visible()
        page.get_by_label("Theme").select_option("dark")
        expect(widget.locator("html")).to_have_attribute("data-theme", "dark")
        page.get_by_label("Words on the launcher").fill("Ask us")
        page.get_by_label("Corner").select_option("start")
        page.get_by_label("Origins").fill("https://kiln.example")
        picture = page.screenshot(clip={"x": 0, "y": 0, "width": 60, "height": 60})
        page.get_by_label("Choose a picture").set_input_files(
            {"name": "logo.png", "mimeType": "image/png", "buffer": picture}
        )
        expect(widget.locator("img.logo")).to_be_visible()
        expect(page.locator("code")).to_contain_text(page_tenant.assistant_id)
        stored = _saved(page_tenant, page)
    look = stored["widget"]
    assert (look["accent"], look["theme"], look["position"]) == ("#ffcc00", "dark", "start")
    assert (look["greeting"], look["launcher"]) == ("Welcome to the kiln", "Ask us")
    assert look["suggestions"] == ["Opening hours?", "Prices?"]
    assert look["logo"].startswith("data:image/png;base64,")
    assert stored["allowed_origins"] == ["https://kiln.example"]


def test_the_test_chat_answers_and_leaves_no_conversation(
    browser: Browser, page_tenant: PageTenant
) -> None:
    base = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")
    path = f"/v1/knowledge-bases/{base['knowledge_base_ids'][0]}/documents"
    page_tenant.call("POST", path, {"question": "Is there parking?", "answer": "Behind the house."})
    with _assistant_page(browser, page_tenant, "test") as page:
        page.get_by_label("Question to the assistant").fill("Is there parking?")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.get_by_role("list", name="Test chat")).to_contain_text("Behind the house.")
        page.get_by_role("button", name="New assistant").click()
        expect(page.get_by_label("Assistant", exact=True)).to_contain_text("New assistant")
        page.wait_for_url(lambda url: page_tenant.assistant_id not in url)
        page.get_by_role("button", name="Archive this assistant").click()
        page.get_by_role("button", name="Take it out of use for good").click()
        expect(page.get_by_label("Assistant", exact=True)).not_to_contain_text("New assistant")
    assert page_tenant.call("GET", "/v1/conversations")["data"] == []
    assert len(page_tenant.call("GET", "/v1/assistants")["data"]) == 1


def test_people_keys_models_and_budget_are_stored(
    browser: Browser, page_tenant: PageTenant
) -> None:
    ola = {"name": "Ola", "email": "ola@a.example"}
    page_tenant.call("POST", "/v1/operators", ola)
    with operator(browser, link(page_tenant)) as page:
        page.get_by_role("link", name="Settings").click()
        page.get_by_label("Name", exact=True).fill("Kim")
        page.get_by_label("E-mail").fill("kim@a.example")
        page.get_by_label("Role", exact=True).select_option("viewer")
        page.get_by_role("button", name="Invite", exact=True).click()
        expect(page.get_by_text("The invitation for kim@a.example")).to_be_visible()
        page.get_by_label("Robin is there").click()
        expect(page.get_by_label("Robin is there")).to_be_checked()
        page.get_by_label("Ola may write knowledge").click()
        expect(page.get_by_label("Ola may write knowledge")).to_be_checked()
        page.get_by_role("button", name="Disable Ola").click()
        expect(page.get_by_text("disabled", exact=True)).to_be_visible()
        page.get_by_label("Role of Ola").select_option("viewer")
        expect(page.get_by_label("Ola may write knowledge")).to_have_count(0)
        page.get_by_role("link", name="API keys").click()
        page.get_by_label("Name", exact=True).fill("Shop")
        page.get_by_label("knowledge").check()
        page.get_by_role("button", name="Make key").click()
        key = page.get_by_role("status").locator("code").inner_text()
        other = PageTenant(page_tenant.url, key, page_tenant.assistant_id)
        assert other.call("GET", "/v1/knowledge-bases")["data"]
        page.get_by_role("button", name="Revoke Shop").click()
        page.get_by_role("button", name="Revoke for good Shop").click()
        expect(page.get_by_text("revoked", exact=True)).to_be_visible()
        page.get_by_role("link", name="Models").click()
        page.get_by_text("Use a key of your own").first.click()
        page.get_by_label("Key for").first.fill("sk-never-shown-again")
        page.get_by_role("button", name="Store").first.click()
        expect(page.get_by_text("your key sk-")).to_be_visible()
        page.get_by_role("link", name="Usage").click()
        page.get_by_label("Limit in US dollars").fill("25")
        page.get_by_role("button", name="Set the limit").click()
        expect(page.get_by_text("Your limit: $25.00")).to_be_visible()
    people = {one["name"]: one for one in page_tenant.call("GET", "/v1/operators")["data"]}
    assert people["Robin"]["available_until"]
    assert people["Ola"]["disabled_at"] and people["Ola"]["role"] == "viewer"
    assert people["Ola"]["rights"] == ["knowledge"]
    [invited] = page_tenant.call("GET", "/v1/invitations")["data"]
    assert (invited["name"], invited["role"]) == ("Kim", "viewer")
    [shop] = [k for k in page_tenant.call("GET", "/v1/api-keys")["data"] if k["name"] == "Shop"]
    assert shop["revoked_at"] and set(shop["scopes"]) == {"conversations", "knowledge"}
    keys = page_tenant.call("GET", "/v1/provider-keys")["data"]
    assert sum(one["own_key_prefix"] is not None for one in keys) == 1
    [limit] = [
        b for b in page_tenant.call("GET", "/v1/budget")["limits"] if b["set_by"] == "tenant"
    ]
    assert float(limit["limit_usd"]) == 25


def test_a_turn_is_tried_with_other_words_beside_what_was_said(
    browser: Browser, page_tenant: PageTenant
) -> None:
    base = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")
    path = f"/v1/knowledge-bases/{base['knowledge_base_ids'][0]}/documents"
    for question, answer in (("Is there parking?", "Behind the house."), ("Prices?", "Ten euro.")):
        page_tenant.call("POST", path, {"question": question, "answer": answer})
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
        expect(page.get_by_role("region", name="Then")).to_contain_text("Behind the house.")
        expect(page.get_by_role("region", name="Now")).to_contain_text("Ten euro.")
        assert axe_violations(page) == []
        page.get_by_role("link", name="Open the fork").click()
        expect(page.locator("[data-author=contact]").last).to_contain_text("Prices?")
        fork_id = page.url.rpartition("/")[2]
        page.get_by_role("button", name="Why?").first.click()  # nothing is before the first turn
        page.get_by_label("Other words").fill("Prices?")
        page.get_by_role("button", name="Answer anew").click()
        expect(page.get_by_role("region", name="Now")).to_contain_text("Ten euro.")
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


def test_webhooks_and_channels_are_made_disabled_and_removed(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/settings/deliveries")
        page.get_by_label("Address").fill("https://shop.example/hook")
        page.get_by_label("Events").fill("message, turn_ended")
        page.get_by_role("button", name="Add endpoint").click()
        expect(page.get_by_text("The endpoint's secret")).to_be_visible()
        page.get_by_role("button", name="Send a ping").click()
        expect(page.get_by_text("Ping · webhook")).to_be_visible()
        page.get_by_label("Enabled").click()
        expect(page.get_by_label("Enabled")).not_to_be_checked()
        page.get_by_label("Channel name").fill("Pager")
        page.get_by_label("Where replies are posted").fill("https://shop.example/out")
        page.get_by_role("button", name="Add channel").click()
        expect(page.get_by_label("Pager is open")).to_be_checked()
        [endpoint] = page_tenant.call("GET", "/v1/webhook-endpoints")["data"]
        assert endpoint["events"] == ["message", "turn_ended"] and not endpoint["enabled"]
        page.get_by_role("button", name="Remove Pager").click()
        page.get_by_role("button", name="Remove for good Pager").click()
        expect(page.get_by_label("Pager is open")).to_have_count(0)
        page.get_by_role("link", name="Identity").click()
        page.get_by_role("button", name="Show the secret").click()
        shown = page.get_by_label("Identity secret").inner_text()
    assert shown == page_tenant.call("GET", "/v1/widget/identity-secret")["identity_secret"]
    assert page_tenant.call("GET", "/v1/channels")["data"] == []


def test_every_page_can_be_read_by_all_in_both_themes_and_on_a_phone(
    browser: Browser, page_tenant: PageTenant
) -> None:
    ask(page_tenant, "Do you fire pots that I made elsewhere?")
    for viewport, scheme in ((WIDE, "light"), (PHONE, "dark")):
        context = browser.new_context(viewport=viewport, color_scheme=scheme)
        watched = Watched(context.new_page())
        watched.go(link(page_tenant, name=f"Eve{scheme}"))
        expect(watched.page.get_by_role("heading", name="Inbox")).to_be_visible()
        for where, words in PAGES.items():
            path = where.format(a=page_tenant.assistant_id)
            watched.page.goto(f"{page_tenant.url}/console/{path}")
            expect(watched.page.locator("#root")).to_contain_text(words)
            assert axe_violations(watched.page) == [], (where, scheme)
            width = watched.page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], where
        context.close()
        assert watched.complaints == [] and watched.foreign == []

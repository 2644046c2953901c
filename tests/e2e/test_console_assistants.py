"""The console's assistants in a real browser: every control stores what it says."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import PageTenant
from tests.e2e.console_visit import link, operator
from tests.e2e.widget_site import axe_violations


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
        page.get_by_label("Name in the console").fill("Front")
        page.get_by_label("Tone").fill("dry")
        page.get_by_label("Language", exact=True).fill("de")
        page.get_by_label("Small model").fill("extractive")
        page.get_by_label("Remember what contacts tell").uncheck()
        page.get_by_label("Tokens of memory in a prompt").fill("700")
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
        page.get_by_text("More conditions").click()
        page.get_by_label("What contacts would write").fill("Can I return it?")
        page.get_by_label("Words", exact=True).fill("return*")
        page.get_by_label("Languages", exact=True).fill("de, en")
        page.get_by_label("Channels").fill("widget")
        page.get_by_role("button", name="Add topic").click()
        page.get_by_label("Name", exact=True).last.fill("politics")
        page.get_by_label("When", exact=True).last.fill("the customer asks about politics")
        page.get_by_role("button", name="Add disclaimer").click()
        page.get_by_label("Name", exact=True).last.fill("prices")
        page.get_by_label("Text (en)").fill("Prices may change.")
        page.get_by_label("Only under a condition").check()
        page.get_by_label("When", exact=True).last.fill("the customer asks about prices")
        page.get_by_label("Hosts that answers may link to").fill("kiln.example")
        page.get_by_role("button", name="Add brand word").click()
        page.get_by_label("Write", exact=True).fill("Kiln & Co")
        page.get_by_label("Instead of").fill("kiln and co")
        page.get_by_label("Restrictions").fill("Never promise a date.\nNever guess.")
        page.get_by_label("Answers appear").select_option("whole")
        stored = _saved(page_tenant, page)
    assert stored["persona"]["name"] == "Juno"
    assert stored["persona"]["traits"] == ["patient", "precise"]
    assert stored["persona"]["instructions"] == "Say you."
    assert stored["model"] == "extractive" and stored["fallback_models"] == ["extractive"]
    assert stored["features"]["trace_text"] and stored["dialogue"]["pause_minutes"] == 45
    assert stored["knowledge_base_ids"][0] == second["knowledge_base_id"]
    assert stored["name"] == "Front" and stored["persona"]["tone"] == "dry"
    assert (stored["language"], stored["small_model"]) == ("de", "extractive")
    assert stored["memory"] == {"keeps_facts": False, "budget_tokens": 700}
    assert stored["links"]["allowed_hosts"] == ["kiln.example"]
    answering = stored["answering"]
    returns = answering["guidance"][0]["when"]
    assert (returns["examples"], returns["words"]) == (["Can I return it?"], ["return*"])
    assert (returns["languages"], returns["channels"]) == (["de", "en"], ["widget"])
    assert answering["disclaimers"][0]["when"]["about"] == "the customer asks about prices"
    assert answering["brand_words"] == [{"write": "Kiln & Co", "instead_of": ["kiln and co"]}]
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
        page.get_by_label("Contact", exact=True).select_option("vip")
        page.get_by_label("Unsure turns at least").fill("2")
        page.get_by_label("Languages", exact=True).fill("de")
        page.get_by_label("Channels").fill("email")
        page.get_by_label("Order worth at least").fill("500")
        page.get_by_label("People are there at certain hours").check()
        page.get_by_label("Time zone").fill("Europe/Berlin")
        page.get_by_label("Fri").uncheck()
        page.get_by_label("From", exact=True).fill("08:30")
        page.get_by_label("To", exact=True).fill("18:00")
        page.get_by_label("Days off").fill("2027-01-01")
        _tab(page, "Confidence")
        page.get_by_label("Offer a person from").fill("0.4")
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
    assert rule["when"]["vip"] and rule["when"]["unsure_turns_at_least"] == 2
    assert (rule["when"]["languages"], rule["when"]["channels"]) == (["de"], ["email"])
    assert stored["thresholds"]["offer"] == 0.4
    hours = handoff["hours"]
    assert hours["time_zone"] == "Europe/Berlin" and hours["special_days"][0]["hours"] == []
    assert hours["weekly"] == [
        {"days": ["mon", "tue", "wed", "thu"], "opens": "08:30", "closes": "18:00"}
    ]
    path = f"/v1/assistants/{page_tenant.assistant_id}"
    assert page_tenant.call("GET", path)["thresholds"]["answer"] == 0.6  # restored in the end
    assert page_tenant.call("GET", f"{path}/revisions/3")["thresholds"]["answer"] is None
    assert page_tenant.call("GET", f"{path}/calibration")["automatic"] is False


def test_what_an_assistant_may_do_and_when_a_person_agrees_is_stored(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with _assistant_page(browser, page_tenant, "tools") as page:
        page.get_by_label("Stock", exact=True).check()
        page.get_by_label("Refund", exact=True).check()
        page.get_by_label("A person agrees: Refund").select_option("up_to")
        page.get_by_label("Without asking up to: Refund").fill("75")
        page.get_by_label("Currency: Refund").fill("gbp")
        page.get_by_label("Hours until it is denied: Refund").fill("24")
        assert axe_violations(page) == []
        stored = _saved(page_tenant, page)
        page.get_by_label("Stock", exact=True).uncheck()
        page.get_by_label("A person agrees: Refund").select_option("always")
        changed = _saved(page_tenant, page)
    stock, refund = stored["tools"]
    assert stock["name"] == "stock_level" and refund["approval_hours"] == 24
    assert refund["approval"] == {"up_to": "75.00", "currency": "GBP"}
    assert [one["approval"] for one in changed["tools"]] == ["always"]


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
        page.get_by_label("Visitors may add files").uncheck()
        page.get_by_label("Origins").fill("https://kiln.example")
        picture = page.screenshot(clip={"x": 0, "y": 0, "width": 60, "height": 60})
        page.get_by_label("Choose a picture").set_input_files(
            {"name": "logo.png", "mimeType": "image/png", "buffer": picture}
        )
        expect(widget.locator("img.logo")).to_be_visible()
        expect(page.locator("code")).to_contain_text(page_tenant.assistant_id)
        stored = _saved(page_tenant, page)
        page.get_by_role("button", name="Remove the logo").click()
        page.get_by_label("Pick the accent colour").fill("#112233")
        page.get_by_label("Greeting").fill("Welcome back")
        changed = _saved(page_tenant, page)
        page.get_by_label("Greeting").fill("discarded")
        page.get_by_role("button", name="Discard").click()
        expect(page.get_by_label("Greeting")).to_have_value("Welcome back")
    look = stored["widget"]
    assert (changed["widget"]["logo"], changed["widget"]["accent"]) == ("", "#112233")
    assert look["files"] is False
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
        [made] = [
            one
            for one in page_tenant.call("GET", "/v1/assistants")["data"]
            if one["assistant_id"] != page_tenant.assistant_id
        ]
        assert made["knowledge_base_ids"] == base["knowledge_base_ids"]
        expect(page.get_by_text("It reads no knowledge")).to_have_count(0)
        page.get_by_role("button", name="Take out", exact=False).first.click()
        expect(page.get_by_text("It reads no knowledge")).to_be_visible()
        page.get_by_role("button", name="Discard").click()
        page.get_by_role("button", name="Archive this assistant").click()
        page.get_by_role("button", name="Take it out of use for good").click()
        expect(page.get_by_label("Assistant", exact=True)).not_to_contain_text("New assistant")
    assert page_tenant.call("GET", "/v1/conversations")["data"] == []
    assert len(page_tenant.call("GET", "/v1/assistants")["data"]) == 1

"""The console before something counts: entries and settings are tried, consent is set and shown."""

from playwright.sync_api import Browser, expect

from tests.e2e.browsing import SETTLED_MS, PageTenant
from tests.e2e.console_visit import ask, link, operator
from tests.e2e.widget_site import axe_violations

POTS = "Do you fire pots that I made elsewhere?"
WHEELS = "Do you repair old wheels?"


def test_an_entry_is_compared_and_tried_before_a_reply_is_sent_with_it(
    browser: Browser, page_tenant: PageTenant
) -> None:
    assistant = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")
    base = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}"
    known = {"question": "Do you fire pots of other makers?", "answer": "Up to 30 cm, on Fridays."}
    entry = page_tenant.call("POST", f"{base}/documents", known)
    ask(page_tenant, WHEELS)
    with operator(browser, link(page_tenant)) as page:
        page.get_by_label("Waiting", exact=True).get_by_role("link").click()
        page.get_by_label("Reply to the contact").fill("Yes, we repair wheels of any age.")
        page.get_by_label("Add to knowledge").check()
        before = page.get_by_role("region", name="Before it is kept")
        expect(before.get_by_text("1 newly answered")).to_be_visible()
        expect(before).to_contain_text(WHEELS)
        assert axe_violations(page) == []
        question = page.get_by_role("textbox", name="Question", exact=True)
        question.fill(known["question"])
        near = before.get_by_role("list", name="Near entries").get_by_role("listitem")
        expect(near).to_have_count(1)
        expect(near).to_contain_text("the same question")
        expect(near).to_contain_text(known["answer"])
        with page.expect_popup() as opened:
            near.get_by_role("link", name="Open the entry").click()
        shown = opened.value
        expect(shown.get_by_label("Answer of the entry")).to_have_value(known["answer"])
        shown.close()
        assert [one["title"] for one in page_tenant.call("GET", f"{base}/documents")["data"]] == [
            known["question"]
        ]  # nothing was kept by looking
        question.fill(WHEELS)
        page.get_by_role("textbox", name="Answer", exact=True).fill("Yes, wheels of any age.")
        page.get_by_role("button", name="Send and resolve").click()
        expect(page.get_by_text("Resolved. The")).to_be_visible()
    listed = page_tenant.call("GET", f"{base}/documents")["data"]
    [kept] = [one for one in listed if one["document_id"] != entry["document_id"]]
    content = page_tenant.call("GET", f"{base}/documents/{kept['document_id']}")["content"]
    assert (content["question"], content["answer"]) == (WHEELS, "Yes, wheels of any age.")


def test_a_turn_is_tried_with_other_settings_that_the_assistant_never_gets(
    browser: Browser, page_tenant: PageTenant
) -> None:
    path = f"/v1/assistants/{page_tenant.assistant_id}"
    page_tenant.call("PATCH", path, {"curated": {"enabled": False}})
    own = page_tenant.call("GET", path)
    base = f"/v1/knowledge-bases/{own['knowledge_base_ids'][0]}/documents"
    page_tenant.call("POST", base, {"question": "Is there parking?", "answer": "Behind the house."})
    conversation_id = ask(page_tenant, "Is there parking?")
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/conversations/{conversation_id}")
        page.get_by_role("button", name="Why?").click()
        again = page.get_by_role("region", name="Try it again")
        again.get_by_text("Other settings").click()
        again.get_by_label("Answer from").fill("1")
        again.get_by_label("Offer a person from").fill("1")
        again.get_by_label("Model", exact=True).fill("extractive")
        again.get_by_label("Tone").fill("dry")
        again.get_by_label("Instructions").fill("Never use exclamation marks.")
        again.get_by_label("More guidance: when").fill("the customer asks about parking")
        again.get_by_label("More guidance: what").fill("Name the price first.")
        again.get_by_label("People can be asked").uncheck()
        again.get_by_label("People can be asked").check()
        again.get_by_role("button", name="Answer anew").click()
        compared = again.get_by_role("region", name="Compared")
        expect(compared.get_by_role("list", name="What differs")).to_contain_text("Deliver →")
        expect(compared).to_contain_text("Tried with other")
        now = compared.get_by_role("region", name="Now", exact=True)
        expect(now).to_contain_text("Is there parking?")  # the passage that it read
        assert axe_violations(page) == []
        again.get_by_role("link", name="Open the fork").click()
        expect(page.get_by_text("that tries other settings")).to_be_visible()
        fork_id = page.url.rpartition("/")[2]
    tried = page_tenant.call("GET", f"/v1/conversations/{fork_id}")["forked_settings"]
    assert tried["thresholds"] == {"answer": 1, "offer": 1} and tried["model"] == "extractive"
    assert (tried["persona"]["tone"], tried["persona"]["instructions"]) == (
        "dry",
        "Never use exclamation marks.",
    )
    [guidance] = tried["answering"]["guidance"]
    assert guidance["instructions"] == "Name the price first." and "handoff" not in tried
    assert page_tenant.call("GET", path) == own


def test_what_is_said_of_the_ai_and_asked_of_contacts_is_stored_and_their_word_shown(
    browser: Browser, page_tenant: PageTenant
) -> None:
    path = f"/v1/assistants/{page_tenant.assistant_id}"
    conversation = ask(page_tenant, POTS)
    contact = page_tenant.call("GET", f"/v1/conversations/{conversation}")["contact_id"]
    consents = f"/v1/contacts/{contact}/consents"
    page_tenant.call("POST", consents, {"purpose": "remember", "granted": True})
    page_tenant.call(
        "POST", consents, {"purpose": "remember", "granted": False, "channel": "email"}
    )
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/assistants/{page_tenant.assistant_id}/consent")
        page.get_by_label("The line: languages").fill("en, de")
        page.get_by_label("The line (en)").fill("An AI answers here.")
        page.get_by_label("The line (de)").fill("Hier antwortet eine KI.")
        page.get_by_label("Learning from their questions").select_option("asked")
        page.get_by_label("Remembering what they tell").select_option("asked")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved as revision")).to_be_visible()
        stored = page_tenant.call("GET", path)
        page.get_by_label("The line: languages").fill("en")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved as revision")).to_be_visible()
        assert axe_violations(page) == []
        page.goto(f"{page_tenant.url}/console/conversations/{conversation}")
        page.get_by_role("button", name="Contact", exact=True).click()
        shown = page.get_by_role("complementary", name="The contact")
        expect(shown).to_contain_text("withdrawn")
        expect(shown).to_contain_text("not given")
        shown.get_by_text("Every decision").click()
        listed = shown.get_by_role("list", name="Every decision").get_by_role("listitem")
        expect(listed).to_have_count(2)
        expect(listed.first).to_contain_text("withdrawn (E-mail, recorded for them)")
        assert axe_violations(page) == []
        shown.get_by_role("button", name="Close").click()
        expect(shown).to_have_count(0)
        page.get_by_role("link", name="Inbox").click()
        page.get_by_label("Waiting", exact=True).get_by_role("link").click()
        expect(page.get_by_role("region", name="Consent")).to_contain_text("withdrawn")
    assert stored["consent"] == {"remember": "asked", "learn": "asked"}
    assert stored["disclosure"] == {"en": "An AI answers here.", "de": "Hier antwortet eine KI."}
    assert page_tenant.call("GET", path)["disclosure"] == {"en": "An AI answers here."}


def test_a_page_that_does_not_come_is_told_of_and_loaded_again(
    browser: Browser, page_tenant: PageTenant
) -> None:
    context = browser.new_context()  # the browser notes each file that does not come
    page = context.new_page()
    page.set_default_timeout(SETTLED_MS)
    expect.set_options(timeout=SETTLED_MS)
    page.goto(link(page_tenant))
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.route("**/approvals-*.js", lambda route: route.abort())
    page.goto(f"{page_tenant.url}/console/approvals")  # loaded anew once by itself
    told = page.get_by_role("alert")
    expect(told).to_contain_text("This page could not be shown")
    expect(page.get_by_role("link", name="Conversations", exact=True)).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Go to the inbox").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.goto(f"{page_tenant.url}/console/approvals")
    expect(told).to_be_visible()
    page.unroute("**/approvals-*.js")
    page.get_by_role("button", name="Load it again").click()
    expect(page.get_by_role("heading", name="Approvals")).to_be_visible()
    context.close()

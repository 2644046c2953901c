"""The page at `/` in a real browser against a real server: the whole story, wide and on a phone."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests import plain_http
from tests.e2e.browsing import (
    WIDE,
    PageTenant,
    Watched,
    ask,
    assert_fits,
    create_assistant,
    open_panel,
)
from tests.e2e.server_process import ServerProcess

KNOWN = "How much is the evening course?"
UNKNOWN = "Do you fire pots that I made elsewhere?"
TAUGHT = "Yes, we fire them for £12 a kilo; it takes two weeks."


def test_the_whole_story_is_told_in_one_view(watched: Watched, page_tenant: PageTenant):
    page = watched.page
    watched.go(page_tenant.url + "/")
    page.get_by_label("Tenant API key").fill(page_tenant.key)
    page.get_by_role("button", name="Connect", exact=True).click()
    create_assistant(page)

    ask(page, KNOWN)
    answer = page.locator("#chat-log .message.from-assistant").last
    expect(answer.locator(".evidence")).to_be_visible()
    expect(answer.locator(".bubble")).to_contain_text("£145")
    answer.locator("summary").click()
    expect(answer.locator(".source-title").first).to_contain_text("Evening course")
    expect(answer.locator("blockquote").first).to_be_visible()
    expect(page.locator("#chat-connection-text")).to_have_text("Connected")
    assert_fits(page)

    ask(page, UNKNOWN)
    expect(page.locator("#chat-waiting")).to_contain_text("A colleague has been asked")
    open_panel(page, "operator")
    expect(page.locator(".handoff h3")).to_have_text(UNKNOWN)
    page.get_by_role("button", name="Claim").click()
    expect(page.locator(".handoff .tag").first).to_have_text("active")
    page.get_by_label("Reply to the contact").fill(TAUGHT)
    page.get_by_label("Add to knowledge").check()
    expect(page.get_by_role("textbox", name="Answer", exact=True)).to_have_value(TAUGHT)
    assert_fits(page)
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator(".handoff .notice")).to_contain_text("in the knowledge now")

    open_panel(page, "chat")
    expect(page.locator("#chat-log .message.from-operator .bubble")).to_have_text(TAUGHT)
    expect(page.locator("#chat-log .happening").last).to_contain_text("learnt")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#chat-log .message")).to_have_count(0)
    ask(page, UNKNOWN)
    again = page.locator("#chat-log .message.from-assistant").last
    expect(again.locator(".evidence")).to_be_visible()
    expect(again.locator(".bubble")).to_contain_text("£12 a kilo")
    assert_stored(page_tenant)


def assert_stored(page_tenant: PageTenant) -> None:
    [handoff] = page_tenant.call("GET", "/v1/handoffs")["data"]
    assert handoff["status"] == "resolved"
    first = handoff["conversation_id"]
    said = page_tenant.call("GET", f"/v1/conversations/{first}/messages")["data"]
    assert [m["text"] for m in said if m["author"] == "contact"] == [KNOWN, UNKNOWN]
    assert [m["text"] for m in said if m["author"] == "operator"] == [TAUGHT]
    [second] = [
        c["conversation_id"]
        for c in page_tenant.call("GET", "/v1/conversations")["data"]
        if c["conversation_id"] != first
    ]
    learnt = page_tenant.call("GET", f"/v1/conversations/{second}/messages")["data"]
    assert [m["author"] for m in learnt] == ["contact", "assistant"]
    assert TAUGHT in learnt[1]["citations"][0]["quote"]


def test_a_reload_brings_the_conversation_back(watched: Watched, page_tenant: PageTenant):
    page = watched.page
    watched.go(f"{page_tenant.url}/#key={page_tenant.key}")
    expect(page.locator("#assistant-heading")).to_be_visible()
    assert "fd_" not in page.url
    create_assistant(page)
    ask(page, KNOWN)
    expect(page.locator("#chat-log .evidence")).to_be_visible()
    before = page.locator("#chat-log .bubble").all_inner_texts()
    page.reload()
    expect(page.locator("#chat-log .evidence")).to_be_visible()
    assert page.locator("#chat-log .bubble").all_inner_texts() == before


def test_text_of_others_is_never_markup(watched: Watched, page_tenant: PageTenant):
    page = watched.page
    attack = '<img src="/nothing" onerror="document.title=1"><b>bold</b>'
    kept = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")[
        "knowledge_base_ids"
    ][0]
    entry = {"question": f"What is {attack}?", "answer": f"It is {attack}, of course."}
    page_tenant.call("POST", f"/v1/knowledge-bases/{kept}/documents", entry)
    watched.go(f"{page_tenant.url}/#key={page_tenant.key}")
    page.locator("#assistant-list button").click()
    ask(page, f"What is {attack}?")
    own = page.locator("#chat-log .message.from-contact .bubble")
    expect(own).to_contain_text("<b>bold</b>")  # as written, and no markup
    answer = page.locator("#chat-log .message.from-assistant .bubble")
    expect(answer).to_contain_text("It is bold, of course.")  # replies hold no HTML at all
    assert page.locator("#chat-log img, #chat-log b").count() == 0
    assert page.title() == "Frontdesk"


def test_a_stopped_server_is_told_and_a_started_one_found(browser: Browser, tmp_path: Path):
    process = ServerProcess(tmp_path / "data").start()
    try:
        port = process.url.rsplit(":", 1)[1]
        platform = {"Authorization": f"Bearer {process.platform_key}"}
        made = plain_http.post(
            f"{process.url}/v1/tenants", headers=platform, json={"name": "Once More"}, timeout=60
        )
        context = browser.new_context(viewport=WIDE)
        page = context.new_page()
        page.goto(f"{process.url}/#key={made.json()['api_key']}")
        page.locator("#assistant-list button").click()
        ask(page, "Hello")
        expect(page.locator("#chat-log .from-assistant .bubble")).to_be_visible()
        process.stop()
        expect(page.locator("#chat-connection-text")).to_have_text("Offline", timeout=30_000)
        ask(page, "Is anybody there?")
        expect(page.locator("#chat-log .unsent")).to_be_visible()
        expect(page.locator("#chat-notice")).to_contain_text("The server cannot be reached.")
        process.start(int(port))
        page.locator("#chat-retry").click()
        expect(page.locator("#chat-connection-text")).to_have_text("Connected")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#chat-log .from-contact")).to_have_count(2)
        expect(page.locator("#chat-log .unsent")).to_have_count(0)
        context.close()
    finally:
        process.stop()

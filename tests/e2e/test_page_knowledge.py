"""The page's knowledge: what is added there is answered from, what is broken is told."""

from playwright.sync_api import expect

from tests.e2e.browsing import PageTenant, Watched, ask, open_panel


def test_added_knowledge_is_found_and_answered_from(watched: Watched, page_tenant: PageTenant):
    page = watched.page
    watched.go(f"{page_tenant.url}/#key={page_tenant.key}")
    page.locator("#assistant-list button").click()
    open_panel(page, "knowledge")
    page.locator("#knowledge-question").fill("Do you sell gift vouchers?")
    page.locator("#knowledge-answer").fill("Yes, from 20 euro on, valid for three years.")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#knowledge-notice")).to_contain_text("Added.")
    page.locator("#search-query").fill("voucher as a gift")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#search-results li").first).to_contain_text("Do you sell gift vouchers?")
    ask(page, "Do you sell gift vouchers?")
    expect(page.locator("#chat-log .from-assistant .bubble")).to_contain_text("20 euro")


def test_a_suggestion_waits_until_it_is_approved(watched: Watched, page_tenant: PageTenant):
    scopes = ["conversations", "handoffs"]
    limited = page_tenant.call("POST", "/v1/api-keys", {"name": "no knowledge", "scopes": scopes})
    operator = PageTenant(page_tenant.url, limited["api_key"], page_tenant.assistant_id)
    begun = operator.call("POST", "/v1/conversations", {"assistant_id": page_tenant.assistant_id})
    path = f"/v1/conversations/{begun['conversation_id']}/messages"
    asked = operator.call("POST", path, {"text": "Do you glaze bathroom tiles?"})
    resolved = operator.call(
        "POST",
        f"/v1/handoffs/{asked['handoff']['handoff_id']}/resolve",
        {"reply": "Yes, from ten tiles on.", "add_to_knowledge": True},
    )
    assert resolved["learnt"]["kind"] == "suggestion"

    page = watched.page
    watched.go(f"{page_tenant.url}/#key={page_tenant.key}")
    page.locator("#assistant-list button").click()
    open_panel(page, "operator")
    expect(page.locator(".suggestion")).to_contain_text("Yes, from ten tiles on.")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#suggestions-notice")).to_contain_text("Approved.")
    expect(page.locator(".suggestion")).to_have_count(0)
    ask(page, "Do you glaze bathroom tiles?")
    expect(page.locator("#chat-log .from-assistant .bubble")).to_contain_text("from ten tiles on")


def test_a_question_nobody_could_answer_is_answered_in_the_page(
    watched: Watched, page_tenant: PageTenant
):
    for _ in range(2):
        begun = page_tenant.call(
            "POST", "/v1/conversations", {"assistant_id": page_tenant.assistant_id}
        )
        path = f"/v1/conversations/{begun['conversation_id']}/messages"
        page_tenant.call("POST", path, {"text": "Do you rent out tile cutters?"})

    page = watched.page
    watched.go(f"{page_tenant.url}/#key={page_tenant.key}")
    page.locator("#assistant-list button").click()
    open_panel(page, "operator")
    expect(page.locator(".suggestion")).to_contain_text("Asked 2 times by 2 people.")
    page.locator(".suggestion textarea").fill("Yes, for 15 euro a day.")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#suggestions-notice")).to_contain_text("Approved.")
    ask(page, "Do you rent out tile cutters?")
    expect(page.locator("#chat-log .from-assistant .bubble")).to_contain_text("15 euro a day")


def test_broken_json_is_told_with_its_place(watched: Watched, page_tenant: PageTenant):
    page = watched.page
    watched.go(f"{page_tenant.url}/#key={page_tenant.key}")
    page.get_by_label("Name", exact=True).fill("Broken")
    page.locator("#assistant-json").fill('{"price": 12,\n "colour" "red"}')
    page.get_by_role("button", name="Create assistant").click()
    expect(page.locator("#assistant-notice")).to_contain_text("line 2, column 11")
    assert len(page_tenant.call("GET", "/v1/assistants")["data"]) == 1

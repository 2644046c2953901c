"""From a tenant's sign-up to its first answered question, in the browser alone."""

from uuid import uuid4

from playwright.sync_api import Browser, Page, expect

from tests import plain_http
from tests.e2e.browsing import WIDE, PageTenant, Watched
from tests.e2e.server_process import ServerProcess
from tests.e2e.widget_site import axe_violations, site, visit

PASSWORD = "correct horse 42 battery"
QUESTION, ANSWER = "Is there parking?", "Yes, behind the house."


def test_a_new_tenant_s_first_question_is_answered(
    browser: Browser, page_server: ServerProcess
) -> None:
    """Whoever runs the server makes the tenant and hands its owner one link; the rest is theirs."""
    platform = {"Authorization": f"Bearer {page_server.platform_key}"}
    body = {"name": "Hotel Nord", "slug": f"nord-{uuid4().hex}"}
    tenants = f"{page_server.url}/v1/tenants"
    made = plain_http.post(tenants, headers=platform, json=body, timeout=60).json()
    tenant = PageTenant(page_server.url, made["api_key"], made["assistant_id"])
    owner = {"email": "ada@nord.example", "name": "Ada", "role": "owner"}
    invited = tenant.call("POST", "/v1/invitations", owner)
    context = browser.new_context(viewport=WIDE)
    watched = Watched(context.new_page())
    page = watched.page
    watched.go(tenant.url + invited["path"])
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    expect(page.get_by_text("Nobody waits.")).to_be_visible()
    _teaches(page)
    with site(tenant.url, tenant.assistant_id) as where:
        snippet = _allows(page, tenant, where)
        served = plain_http.get(where, timeout=20).text
        assert snippet in served  # the page holds what the console says to add
        with visit(browser, tenant.url, where, WIDE) as here:
            here.open()
            here.say(QUESTION)
            expect(here.chat.locator(".log [data-author=assistant]")).to_contain_text(ANSWER)
    page.get_by_role("link", name="Conversations").click()
    page.get_by_role("link", name=QUESTION).click()
    expect(page.locator("main [data-author=assistant]")).to_contain_text(ANSWER)
    context.close()
    assert watched.complaints == [] and watched.foreign == []
    [asked] = tenant.call("GET", "/v1/conversations")["data"]
    said = tenant.call("GET", f"/v1/conversations/{asked['conversation_id']}/messages")["data"]
    assert [(one["author"], one["text"]) for one in said] == [
        ("contact", QUESTION),
        ("assistant", ANSWER),
    ]
    [person] = tenant.call("GET", "/v1/operators")["data"]
    assert (person["name"], person["role"]) == ("Ada", "owner")


def _teaches(page: Page) -> None:
    page.get_by_role("link", name="Knowledge").click()
    expect(page.get_by_text("Nothing to answer from")).to_be_visible()
    page.get_by_label("Question").fill(QUESTION)
    page.get_by_label("Answer").fill(ANSWER)
    page.get_by_role("button", name="Add entry").click()
    expect(page.get_by_role("status")).to_contain_text("searchable now")
    assert axe_violations(page) == []


def _allows(page: Page, tenant: PageTenant, where: str) -> str:
    """What a site adds, once the assistant may stand on it."""
    page.get_by_role("link", name="Assistants").click()
    page.get_by_role("navigation", name="Parts of the assistant").get_by_role(
        "link", name="Widget"
    ).click()
    page.get_by_label("Origins").fill(where)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as revision")).to_be_visible()
    assistant = tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}")
    assert assistant["allowed_origins"] == [where]
    return page.locator("code").first.inner_text().strip()

"""The console's settings in a real browser, and every page for everybody to read."""

from typing import Literal

from playwright.sync_api import Browser, ViewportSize, expect

from tests.e2e.browsing import PHONE, SETTLED_MS, WIDE, PageTenant, Watched
from tests.e2e.console_visit import ask, link, operator
from tests.e2e.widget_site import axe_violations

PAGES = {  # what stands there once its data has come
    "inbox": "Do you fire",
    "conversations": "waiting",
    "knowledge": "Nothing to answer from",
    "approvals": "Nothing waits",
    "assistants": "Take out",
    "assistants/{a}/answers": "Forbidden topics",
    "assistants/{a}/confidence": "The product's own reading",
    "assistants/{a}/handoff": "Offer a person first",
    "assistants/{a}/tools": "Looks up",
    "assistants/{a}/widget": "What a page adds",
    "assistants/{a}/test": "Ask what your customers ask",
    "assistants/{a}/revisions": "in force",
    "settings": "Sign-in link",
    "settings/teams": "No teams yet",
    "settings/canned": "None yet",
    "settings/connectors": "Connect your shop",
    "settings/retention": "Files in conversations",
    "settings/audit": "Create operator",
    "settings/keys": "used",
    "settings/models": "OpenAI",
    "settings/usage": "this month",
    "settings/deliveries": "Nothing here",
    "settings/identity": "Show the secret",
}
LOOKS: tuple[tuple[ViewportSize, Literal["light", "dark"]], ...] = (
    (WIDE, "light"),
    (PHONE, "dark"),
)


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
        page.get_by_label("Cheaper models from").fill("60")
        page.get_by_label("Only quotes from").fill("90")
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


def test_webhooks_and_channels_are_made_disabled_and_removed(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/settings/deliveries")
        page.get_by_label("Address").fill("https://shop.example/hook")
        for event in page.get_by_role("group", name="Events").get_by_role("checkbox").all():
            event.check()
        expect(page.get_by_text("12 of 12 are sent.")).to_be_visible()
        for event in page.get_by_role("group", name="Events").get_by_role("checkbox").all():
            event.uncheck()
        page.get_by_label("The assistant has answered").check()
        page.get_by_label("A turn has ended").check()
        page.get_by_role("button", name="Add endpoint").click()
        expect(page.get_by_text("The endpoint's secret")).to_be_visible()
        page.get_by_role("button", name="New secret").click()
        expect(page.get_by_text("The new secret")).to_be_visible()
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


def test_retention_connectors_and_what_the_log_says_of_it(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/settings/retention")
        page.get_by_label("Conversations, days", exact=True).fill("400")
        page.get_by_label("Files in conversations, days").fill("30")
        page.get_by_role("button", name="Save retention").click()
        expect(page.get_by_role("button", name="Save retention")).to_be_disabled()
        expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
        page.get_by_role("link", name="Connectors").click()
        page.get_by_label("Connector name").fill("Kiln shop")
        page.get_by_label("Secret", exact=True).fill("never shown again")
        page.get_by_label("How the secret is shown").select_option("header")
        page.get_by_label("Name of the header").fill("x-shop-key")
        page.get_by_label("Where it is").fill("https://shop.example/v2")
        page.get_by_label("Query").fill("q={product}, limit={limit}")
        page.get_by_role("button", name="Add operation").click()
        page.get_by_label("What it does").last.fill("order")
        page.get_by_label("Path").last.fill("/orders/{number}")
        page.get_by_role("button", name="Add connector").click()
        page.get_by_label("Kiln shop may be asked").click()
        expect(page.get_by_label("Kiln shop may be asked")).not_to_be_checked()
        [connector] = page_tenant.call("GET", "/v1/connectors")["data"]
        page.get_by_text("Try it").click()
        page.get_by_label("Operation", exact=True).select_option("stock")
        page.get_by_label("Product", exact=True).fill("clay")
        page.get_by_role("button", name="Make one call").click()
        expect(
            page.get_by_role("group", name="Kiln shop").get_by_role("status")
        ).to_be_visible()  # of a service that does not exist
        page.get_by_role("button", name="Remove Kiln shop").click()
        page.get_by_role("button", name="Remove for good Kiln shop").click()
        expect(page.get_by_text("Connect your shop")).to_be_visible()
        page.get_by_role("link", name="Audit").click()
        page.get_by_label("Act", exact=True).fill("create_connector")
        acts = page.get_by_role("list", name="Acts").get_by_role("listitem")
        expect(acts.first).to_contain_text("Robin")
        expect(acts).to_have_count(1)
        acts.get_by_text("Details").click()
        expect(acts.locator("dt").first).to_be_visible()
        expect(acts.locator("pre")).not_to_be_visible()  # until it is asked for
    assert connector["name"] == "Kiln shop" and connector["has_secret"]
    assert set(connector["serves"]) == {"stock", "orders"} and not connector["enabled"]
    settings = connector["settings"]
    assert settings["base_url"] == "https://shop.example/v2"
    assert settings["auth"] == {"kind": "header", "header": "x-shop-key"} | settings["auth"]
    assert settings["operations"]["order"]["path"] == "/orders/{number}"
    assert settings["operations"]["stock"]["query"] == {"q": "{product}", "limit": "{limit}"}
    assert page_tenant.call("GET", "/v1/connectors")["data"] == []
    rules = page_tenant.call("GET", "/v1/retention")
    assert (rules["message_days"], rules["file_days"], rules["log_days"]) == (400, 30, None)


def test_every_page_can_be_read_by_all_in_both_themes_and_on_a_phone(
    browser: Browser, page_tenant: PageTenant
) -> None:
    ask(page_tenant, "Do you fire pots that I made elsewhere?")
    for viewport, scheme in LOOKS:
        context = browser.new_context(viewport=viewport, color_scheme=scheme)
        watched = Watched(context.new_page())
        expect.set_options(timeout=SETTLED_MS)
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

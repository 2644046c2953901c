"""What tests of the console share: a link to sign in with, a browser that is signed in."""

from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.browsing import SETTLED_MS, WIDE, PageTenant, Watched


def link(tenant: PageTenant, name: str = "Robin", role: str = "owner") -> str:
    body = {"email": f"{name.lower()}@a.example", "name": name, "role": role}
    made = tenant.call("POST", "/v1/operators", body)
    links = f"/v1/operators/{made['operator_id']}/sign-in-links"
    return tenant.url + tenant.call("POST", links)["path"]


def ask(tenant: PageTenant, text: str) -> str:
    body = {"assistant_id": tenant.assistant_id}
    made = tenant.call("POST", "/v1/conversations", body)
    conversation_id = made["conversation_id"]
    tenant.call("POST", f"/v1/conversations/{conversation_id}/messages", {"text": text})
    return conversation_id


@contextmanager
def operator(browser: Browser, address: str, viewport: ViewportSize = WIDE) -> Generator[Page]:
    context = browser.new_context(viewport=viewport)
    watched = Watched(context.new_page())
    watched.page.set_default_timeout(SETTLED_MS)
    expect.set_options(timeout=SETTLED_MS)
    watched.go(address)
    expect(watched.page.get_by_role("heading", name="Inbox")).to_be_visible()
    yield watched.page
    context.close()
    assert watched.complaints == [] and watched.foreign == []

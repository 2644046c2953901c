"""What tests of the page share: a browser that is found, a page that is watched, a tenant."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from playwright.sync_api import Page, ViewportSize, expect

from tests import plain_http
from tests.e2e.server_process import ServerProcess

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
).split()
WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 360, "height": 740}
SETTLED_MS = 20_000


@dataclass
class PageTenant:
    """A fresh tenant, and what its program sees of what the page did."""

    url: str
    key: str
    assistant_id: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"}
        answered = plain_http.request(
            method, self.url + path, headers=headers, json=body, timeout=60
        )
        assert answered.is_success, answered.text
        return answered.json()


def fresh_tenant(server: ServerProcess) -> PageTenant:
    """A tenant that nobody has used, with its first assistant."""
    platform = {"Authorization": f"Bearer {server.platform_key}"}
    body = {"name": "Fern & Kiln", "slug": f"fern-{uuid4().hex}"}
    made = plain_http.post(f"{server.url}/v1/tenants", headers=platform, json=body, timeout=60)
    assert made.status_code == 201, made.text
    return PageTenant(server.url, made.json()["api_key"], made.json()["assistant_id"])


@dataclass
class Watched:
    """A page with everything that must not happen on it."""

    page: Page
    complaints: list[str] = field(default_factory=list[str])
    foreign: list[str] = field(default_factory=list[str])

    def go(self, url: str) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        host = urlsplit(url).netloc
        self.page.on("request", lambda request: self._requested(request.url, host))
        self.page.goto(url)

    def _requested(self, url: str, host: str) -> None:
        if urlsplit(url).netloc != host:
            self.foreign.append(url)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def open_panel(page: Page, name: str) -> None:
    button = page.locator(f"#views [data-view={name}]")
    if button.is_visible():
        button.click()


def ask(page: Page, text: str) -> None:
    open_panel(page, "chat")
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def assert_fits(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"] if page.viewport_size else False


def create_assistant(page: Page) -> None:
    page.get_by_role("button", name="Fill in an example").click()
    page.get_by_role("button", name="Create assistant").click()
    expect(page.locator("#chat-with")).to_have_text("Fern & Kiln")

"""`python -m tests.e2e.pictures`: the README's pictures, made anew from the product as it runs.

A fresh server with one tenant is talked to, and its pages are written to docs/pictures/*.webp.
"""

import base64
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests import plain_http
from tests.e2e.browsing import CHROMIUM_ARGUMENTS, CHROMIUM_NAMES, PageTenant
from tests.e2e.console_visit import ask, link
from tests.e2e.server_process import ServerProcess

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 780}
QUALITY = 80
KNOWN = {
    "How much is the evening course?": "The evening course costs 145 pounds for six evenings, clay "
    "and firing included.",
    "When are you open?": "Tuesday to Saturday from 10 to 18 h, Thursdays until 21 h.",
    "Can I bring my children?": "Children from eight years on are welcome on Saturday mornings.",
    "How long does firing take?": "A firing takes a week: three days to dry, two in each kiln.",
    "Do you sell vouchers?": "Yes, for any amount from 20 pounds on, by post or by e-mail.",
}
ASKED = "How much is the evening course, and do you fire pots that I made elsewhere?"


def main() -> None:
    """Make every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        process = ServerProcess(Path(folder) / "data").start()
        try:
            tenant = _tenant(process)
            found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
            browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
            _console(browser, tenant)
            _widget(browser, tenant)
            browser.close()
        finally:
            process.stop()


def _tenant(process: ServerProcess) -> PageTenant:
    """A pottery with something to answer from, and people who answer."""
    platform = {"Authorization": f"Bearer {process.platform_key}"}
    body = {"name": "Fern & Kiln", "slug": "fern-and-kiln"}
    answer = plain_http.post(f"{process.url}/v1/tenants", headers=platform, json=body, timeout=60)
    made = answer.json()
    tenant = PageTenant(process.url, made["api_key"], made["assistant_id"])
    base = f"/v1/knowledge-bases/{made['knowledge_base_id']}"
    for question, reply in KNOWN.items():
        tenant.call("POST", f"{base}/documents", {"question": question, "answer": reply})
    settings = {
        "persona": {"name": "Juno", "tone": "warm and brief"},
        "widget": {"accent": "#8a3f1d", "suggestions": list(KNOWN)[:3]},
    }
    tenant.call("PATCH", f"/v1/assistants/{made['assistant_id']}", settings)
    targets = {"first_reply_seconds": 900, "resolution_seconds": 7_200}
    tenant.call("PUT", "/v1/service-targets", targets)
    return tenant


def _console(browser: Browser, tenant: PageTenant) -> None:
    for question in ("Where do I park?", "Can you glaze a sink for me?"):
        ask(tenant, question)
    talk = ask(tenant, "When are you open?")
    ask(tenant, ASKED)
    context = browser.new_context(viewport=WIDE, color_scheme="light")
    page = context.new_page()
    page.goto(link(tenant))
    waiting = page.get_by_label("Waiting", exact=True).get_by_role("link")
    waiting.filter(has_text="pots").click()
    expect(page.get_by_label("Reply to the contact")).to_be_visible()
    _picture(page, "inbox", lambda: expect(page.locator("[data-author=assistant]")).to_be_visible())
    page.goto(f"{tenant.url}/console/conversations/{talk}")
    page.get_by_role("button", name="Why?").first.click()
    steps = page.get_by_label("Why it answered so").locator("summary")
    _picture(page, "timeline", lambda: expect(steps.first).to_be_visible())
    page.goto(f"{tenant.url}/console/knowledge")
    entry = page.get_by_role("listitem").filter(has_text="vouchers")
    _picture(page, "knowledge", lambda: expect(entry).to_be_visible())
    page.goto(f"{tenant.url}/console/assistants/{tenant.assistant_id}/widget")
    beside = page.frame_locator("iframe").locator(".suggestion").first
    _picture(page, "assistant", lambda: expect(beside).to_be_visible())
    context.close()


def _widget(browser: Browser, tenant: PageTenant) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme="light", device_scale_factor=2)
    page = context.new_page()
    page.goto(f"{tenant.url}/sample/{tenant.assistant_id}")
    chat = page.frame_locator("iframe")
    chat.locator(".launcher").click()
    chat.get_by_role("textbox").fill(ASKED)
    chat.get_by_role("textbox").press("Enter")
    expect(chat.locator(".person")).to_be_visible()
    chat.get_by_role("button", name="Source").click()
    _picture(page, "phone", lambda: expect(chat.locator(".sources blockquote")).to_be_visible())
    context.close()


def _picture(page: Page, name: str, is_there: Callable[[], object]) -> None:
    """Write a page once what it is about is there and its letters are drawn."""
    is_there()
    page.evaluate("document.fonts.ready")
    session = page.context.new_cdp_session(page)
    given: dict[str, Any] = {"format": "webp", "quality": QUALITY}
    shot = session.send("Page.captureScreenshot", given)
    path = FOLDER / f"{name}.webp"
    path.write_bytes(base64.b64decode(shot["data"]))
    sys.stdout.write(f"{path.name}  {path.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()

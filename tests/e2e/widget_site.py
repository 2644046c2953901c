"""A site of somebody else's that embeds the widget, under a policy as strict as a site's can be."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Frame, FrameLocator, Page, ViewportSize, expect

import hatch_build
from tests.e2e.browsing import SETTLED_MS, PageTenant

AXE = hatch_build.WEB / "node_modules" / "axe-core" / "axe.min.js"
# A browser behind a proxy that lets no socket through, and one that counts the notes it plays.
NO_SOCKETS = """
window.WebSocket = class extends EventTarget {
  constructor() {
    super();
    setTimeout(() => this.dispatchEvent(Object.assign(new Event("close"), { code: 1006 })));
  }
  close() {}
};
"""
COUNTED_NOTES = """
window.notes = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) {
  window.notes += 1;
  return start.apply(this, given);
};
"""
# What never ends is not waited for.
_SETTLED = """() => Promise.race([
    new Promise((done) => setTimeout(done, 2_000)),
    Promise.allSettled(document.getAnimations()
        .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
        .map((one) => one.finished))])"""
# A page that would break a widget that leaned on it.
HOSTILE = "<style>* { all: revert !important } iframe { display: none !important }</style>"


class _Answers(BaseHTTPRequestHandler):
    def __init__(self, page: str, policy: str, *given: Any) -> None:
        self._page, self._policy = page, policy
        super().__init__(*given)

    def do_GET(self) -> None:
        """The one page, at every address."""
        body = self._page.encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-security-policy", self._policy)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def site(desk: str, assistant_id: str, *, head: str = "", language: str = "en") -> Generator[str]:
    """The address of a site that adds the one script tag."""
    styles = "'unsafe-inline'" if head else "'none'"
    policy = f"default-src 'none'; script-src {desk}; frame-src {desk}; style-src {styles}"
    page = (
        f'<!doctype html><html lang="{language}"><head><title>Site</title>'
        f'<link rel="icon" href="{desk}/page/icon.svg">{head}'
        f'<script src="{desk}/widget.js" data-assistant="{assistant_id}" async></script></head>'
        "<body><h1>A site</h1></body></html>"
    )
    policy += f"; img-src {desk}"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answers, page, policy))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Visit:
    """A visitor's browser on the site, with everything that must not happen there."""

    page: Page
    desk: str
    complaints: list[str] = field(default_factory=list[str])
    foreign: list[str] = field(default_factory=list[str])

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def open(self) -> None:
        self.chat.locator(".launcher").click()
        expect(self.chat.get_by_role("textbox")).to_be_focused()

    def say(self, text: str) -> None:
        self.chat.get_by_role("textbox").fill(text)
        self.chat.get_by_role("textbox").press("Enter")

    def lines(self, author: str) -> list[str]:
        bubbles = self.chat.locator(f".log [data-author={author}] .bubble")
        return bubbles.all_inner_texts()

    def expect_lines(self, author: str, count: int) -> None:
        expect(self.chat.locator(f".log [data-author={author}]")).to_have_count(count)

    def forgive(self, *statuses: str) -> None:
        """Let the browser have complained of answers of these statuses, which were wanted."""
        self.complaints[:] = [
            one for one in self.complaints if not any(f"status of {s}" in one for s in statuses)
        ]

    @property
    def frame(self) -> Frame:
        [frame] = [f for f in self.page.frames if "/widget/" in f.url]
        return frame

    def violations(self) -> list[str]:
        """What axe finds wrong in the frame."""
        return axe_violations(self.frame)


@contextmanager
def visit(
    browser: Browser,
    desk: str,
    address: str,
    viewport: ViewportSize,
    *,
    before: str = "",
    **how: Any,
) -> Generator[Visit]:
    """A fresh browser on the site; on leaving, nothing was complained of and nobody else asked.

    The script `before` runs in every frame before any of its own.
    """
    context = browser.new_context(viewport=viewport, **how)
    if before:
        context.add_init_script(before)
    here = Visit(context.new_page(), desk)
    here.page.set_default_timeout(SETTLED_MS)
    expect.set_options(timeout=SETTLED_MS)
    known = {urlsplit(desk).netloc, urlsplit(address).netloc}

    def requested(url: str) -> None:
        if urlsplit(url).netloc not in known and not url.startswith(("data:", "blob:")):
            here.foreign.append(url)

    def said(message: Any) -> None:
        if message.type in ("error", "warning") and "ERR_INTERNET_DISCONNECTED" not in message.text:
            here.complaints.append(message.text)

    here.page.on("request", lambda request: requested(request.url))
    here.page.on("console", said)
    here.page.on("pageerror", lambda error: here.complaints.append(str(error)))
    here.page.on("dialog", lambda dialog: here.complaints.append(f"dialog {dialog.message}"))
    here.page.goto(address)
    yield here
    context.close()
    assert here.complaints == []
    assert here.foreign == []


def axe_violations(frame: Any) -> list[str]:
    """axe's findings, a line each."""
    if not AXE.exists():
        hatch_build.npm("--version")  # installs what the lock names
    frame.evaluate(Path(AXE).read_text())
    frame.evaluate(_SETTLED)  # a colour on its way to another is neither
    found = frame.evaluate("axe.run().then((r) => r.violations)")
    return [f"{v['id']}: {n['html'][:200]}" for v in found for n in v["nodes"]]


def allow(tenant: PageTenant, *origins: str, **settings: Any) -> None:
    """Let these pages show the tenant's assistant."""
    body = {"allowed_origins": list(origins), **settings}
    tenant.call("PATCH", f"/v1/assistants/{tenant.assistant_id}", body)

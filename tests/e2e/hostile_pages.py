"""Pages that hurt what is embedded in them, or are easily hurt by it, on one server of their own.

Each has a button `#own` that counts its presses in `#told`, in words of the page alone; some keep a
launcher of somebody else's (`#theirs`) in the corner, which counts there too.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_COUNTS = """
let presses = 0;
document.addEventListener("click", (event) => {
  if (event.target.id === "own") document.getElementById("told").textContent = `own ${++presses}`;
});
"""
_OWN = '<button id="own">Press</button><output id="told"></output><p>What the page says.</p>'
_TOP = 2147483647


@dataclass(frozen=True)
class HostilePage:
    """What one page is made of; `policy` is its Content-Security-Policy, {desk} and {own} filled in."""

    script: str = ""
    style: str = ""
    body: str = ""
    head: str = ""
    opening: str = '<!doctype html><html lang="en">'
    policy: str = ""
    has_theirs: bool = False
    side: str = "right"


_FROZEN = """
for (const one of [Object, Array, Function, Element, HTMLElement, HTMLIFrameElement, Node, String,
                   EventTarget, CSSStyleDeclaration, MessageEvent, Promise, URL, ShadowRoot, Window]) {
  Object.freeze(one.prototype);
  Object.freeze(one);
}
"""
_PROTOTYPES = """
Object.prototype.extra = function () { return "not yours"; };
Array.prototype.each = function (told) { for (let at = 0; at < this.length; at++) told(this[at]); };
String.prototype.isEmpty = function () { return this.length === 0; };
"""
_OVERRIDDEN = """
const refuse = (name) => function () {
  document.getElementById("told").textContent = `${name} was called`;
  throw new Error(`${name} is the page's`);
};
for (const name of ["fetch", "WebSocket", "XMLHttpRequest", "EventSource", "Promise", "JSON",
                    "customElements", "localStorage", "crypto", "structuredClone", "Map", "Proxy"])
  Object.defineProperty(window, name, { value: refuse(name) });
"""
_CHAT = """
window.$parley = window.$parley || { queue: [], version: 3 };
addEventListener("message", (event) => {
  const said = JSON.parse(event.data);  // whoever says anything else breaks it
  if (said.parley) window.$parley.queue.push(said);
});
document.getElementById("theirs").addEventListener("click", () => {
  document.getElementById("told").textContent = "theirs";
});
"""
_SUPPORT = """
window.$beacon = function () { (window.$beacon.calls ||= []).push(arguments); };
addEventListener("message", (event) => {
  if (event.data.type || event.data.event || typeof event.data !== "string")
    document.getElementById("told").textContent = "spoken to";
}, true);
setTimeout(() => {  // as such things come: late, with a shadow of their own
  const host = document.createElement("beacon-chat");
  host.id = "theirs";
  host.attachShadow({ mode: "open" }).innerHTML =
    "<style>div { position: fixed; right: 16px; bottom: 16px; z-index: 2147483647 }" +
    " button { width: 60px; height: 60px; border-radius: 30px }</style><div><button>?</button></div>";
  host.addEventListener("click", () => {
    document.getElementById("told").textContent = "theirs";
  });
  document.body.append(host);
}, 200);
"""
_EXCHANGED = """
function exchange(words) {
  const body = document.createElement("body");
  body.innerHTML = document.body.innerHTML;
  body.querySelector("p").textContent = words;
  document.body = body;
}
addEventListener("load", () => {
  exchange("Another view.");
  setTimeout(() => exchange("What the page says."), 100);
});
"""

PAGES = {
    "huge-z-index": HostilePage(
        style=f"body > * {{ position: relative; z-index: {_TOP} }}"
        f" #cover {{ position: fixed; inset: 0; z-index: {_TOP}; background: #dde }}",
        body=f'<div id="cover">{_OWN}</div>',
        # the last of the highest is above: the page sees to it that it is the last
        script="addEventListener('load', () => setTimeout(() => "
        "document.body.append(document.getElementById('cover')), 300));",
    ),
    "css-resets": HostilePage(
        style="* { all: unset !important } iframe, [popover], html > div { display: none !important }"
        " * { transition: all 9s !important; transform: none !important; opacity: 1 !important }"
        " ::backdrop { background: rgb(255 0 0 / 90%) !important }"
        " button { display: block !important; width: 90px !important }",
        body=_OWN,
    ),
    "frozen-prototypes": HostilePage(script=_FROZEN, body=_OWN),
    "prototypes-with-more": HostilePage(script=_PROTOTYPES, body=_OWN),
    "another-chat": HostilePage(
        script=_CHAT,
        body=_OWN
        + '<button id="theirs" style="position: fixed; right: 20px; bottom: 20px; width: 64px;'
        f' height: 64px; z-index: {_TOP}">Parley</button>',
        has_theirs=True,
    ),
    "a-chat-that-comes-late": HostilePage(script=_SUPPORT, body=_OWN, has_theirs=True),
    "strict-policy": HostilePage(
        body=_OWN,
        policy="default-src 'none'; script-src {desk} {own}; frame-src {desk}; base-uri 'none';"
        " form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    "transformed-body": HostilePage(
        style="html { filter: saturate(1.1) } body { transform: translate(40px, 20px) scale(0.9);"
        " contain: strict; height: 300px; overflow: hidden; will-change: transform }",
        body=_OWN,
    ),
    "one-screen-app": HostilePage(
        style="html, body { height: 100vh; margin: 0; overflow: hidden } body { position: fixed;"
        " inset: 0; display: grid } main { overflow: auto } main p { height: 3000px }",
        body=f"<main>{_OWN}</main>",
    ),
    "quirks-mode": HostilePage(
        opening="<html>",
        style="body { zoom: 1.1 } table { height: 100% }",
        body=f"<table width=100%><tr><td>{_OWN}</td></tr></table>",
    ),
    "base-elsewhere": HostilePage(
        head='<base href="https://elsewhere.example/a/" target="_blank">', body=_OWN
    ),
    "overridden-globals": HostilePage(script=_OVERRIDDEN, body=_OWN),
    "right-to-left": HostilePage(
        opening='<!doctype html><html lang="ar" dir="rtl">', body=_OWN, side="left"
    ),
    "exchanged-body": HostilePage(script=_EXCHANGED, body=_OWN),
}


def _written(page: HostilePage, name: str, tag: str) -> str:
    ran = (
        f'<script src="/{name}.js" defer></script>'
        if page.policy
        else f"<script>{_COUNTS}</script><script>addEventListener('DOMContentLoaded', () => {{ {page.script} }});</script>"
    )
    style = f"<style>{page.style}</style>" if page.style else ""
    return (
        f'{page.opening}<head><meta charset="utf-8"><title>{name}</title>'
        f'<link rel="icon" href="data:,">{page.head}{style}{ran}{tag}</head>'
        f"<body>{page.body}</body></html>"
    )


class _Answers(BaseHTTPRequestHandler):
    def __init__(self, desk: str, tag: str, *given: Any) -> None:
        self._desk, self._tag = desk, tag
        super().__init__(*given)

    def do_GET(self) -> None:
        """A page by its name, without the widget where `?bare` asks for that, or its script."""
        address = urlsplit(self.path)
        name = address.path.removeprefix("/")
        page = PAGES[name.removesuffix(".js")]
        is_script = name.endswith(".js")
        written = _COUNTS + page.script
        if not is_script:
            written = _written(page, name, "" if address.query == "bare" else self._tag)
        self.send_response(200)
        kind = "text/javascript" if is_script else "text/html"
        self.send_header("content-type", f"{kind}; charset=utf-8")
        if page.policy:
            own = f"http://{self.headers['host']}"
            policy = page.policy.format(desk=self._desk, own=own) + "; img-src data:"
            self.send_header("content-security-policy", policy)
        self.end_headers()
        self.wfile.write(written.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def hostile_site(desk: str, assistant_id: str) -> Generator[str]:
    """The address under which every page of `PAGES` stands by its name."""
    tag = f'<script src="{desk}/widget.js" data-assistant="{assistant_id}" async></script>'
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answers, desk, tag))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()

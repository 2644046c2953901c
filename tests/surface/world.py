"""A fresh server with the demo tenants, one of everything that a path can name, and callers."""

import secrets
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.demo_tenants import DemoTenant, demo_tenants
from tenants.ids import new_id
from tests import plain_http
from tests.e2e.server_process import ServerProcess

PERSON = "I want to talk to a human, please."
LIMITS = {
    "FRONTDESK_DEMO": "1",
    "FRONTDESK_REQUESTS_PER_SECOND": "100000",
    "FRONTDESK_REQUESTS_PER_SECOND_PER_ADDRESS": "100000",
    "FRONTDESK_TURNS_PER_SECOND": "100000",
    "FRONTDESK_TURNS_PER_SECOND_PER_CONTACT": "100000",
    "FRONTDESK_LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True)
class Caller:
    """Somebody who calls: a name, what they show, and what is not asked in their name."""

    name: str
    headers: dict[str, str]
    spared: tuple[str, ...] = ()

    def gets_in(self, operation: dict[str, Any]) -> bool:
        """Whether this caller may do more than be refused; tests/server/test_every_caller.py tells
        that of all others.
        """
        scope = operation.get("x-scope")
        match self.name:
            case "key":
                return scope != "platform"
            case "operator":
                return scope in ("admin", "handoffs")
            case "contact":
                return "a contact's token" in operation.get("description", "")
            case "platform":
                return scope == "platform"
            case _:
                return scope is None


@dataclass
class World:
    """The server, the callers, and ids that exist, by the names that paths give them."""

    server: ServerProcess
    callers: list[Caller]
    ids: dict[str, list[str]]


@contextmanager
def world() -> Generator[World]:
    """A server of its own until the block ends."""
    with tempfile.TemporaryDirectory(prefix="surface-") as folder:
        data = Path(folder) / "data"
        server = ServerProcess(data, LIMITS).start()
        try:
            shop = demo_tenants(data)[0]
            yield World(server, _callers(server, shop), ids_of(server, shop))
        finally:
            server.stop()


class _Calls:
    def __init__(self, server: ServerProcess, secret: str) -> None:
        self._url = server.url
        self._headers = {"Authorization": f"Bearer {secret}"}

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        answer = plain_http.request(
            method, self._url + path, headers=self._headers, json=body, timeout=60
        )
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


def _callers(server: ServerProcess, shop: DemoTenant) -> list[Caller]:
    """One of each kind. Who would end their own session or key is spared doing so."""
    owner = _Calls(server, shop.api_key)
    visit = plain_http.post(
        f"{server.url}/v1/widget/sessions",
        json={"assistant_id": shop.assistant_id},
        headers={"Origin": server.url},
        timeout=30,
    )
    session = _signed_in(server, owner)
    cookie = {"Cookie": f"frontdesk_session={session}", "Origin": server.url}
    return [
        Caller("key", _bearer(shop.api_key)),
        Caller("operator", cookie, ("sign_out", "set_password")),
        Caller("contact", _bearer(visit.json()["token"])),
        Caller("platform", _bearer(server.platform_key)),
        Caller("nobody", {}),
    ]


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _signed_in(server: ServerProcess, owner: _Calls) -> str:
    who = {"email": f"{secrets.token_hex(6)}@a.example", "name": "Ada", "role": "owner"}
    made = owner("POST", "/v1/operators", who)
    link = owner("POST", f"/v1/operators/{made['operator_id']}/sign-in-links")
    token = link["path"].partition("#")[2]
    answer = plain_http.post(
        f"{server.url}/v1/session",
        json={"link_token": token},
        headers={"Origin": server.url},
        timeout=30,
    )
    assert answer.status_code == 201, answer.text
    return answer.cookies["frontdesk_session"]


def ids_of(server: ServerProcess, shop: DemoTenant) -> dict[str, list[str]]:
    """Some of everything that a path can name, none of which a caller needs to go on."""
    call = _Calls(server, shop.api_key)
    talks = [_talk(call, shop.assistant_id) for _ in range(6)]
    made = call("POST", "/v1/assistants", {"name": "Examined", "knowledge": "We open at nine."})
    base = made["knowledge_base_ids"][0]
    label = {"name": "opening", "examples": ["When do you open?"]}
    hook = {"url": "https://shop.example/hook", "events": ["approval_requested"]}
    kiosk = {"name": "Kiosk", "assistant_id": made["assistant_id"], "url": hook["url"]}
    who = {"email": f"{secrets.token_hex(6)}@a.example", "name": "Bo"}
    invited = who | {"email": f"{secrets.token_hex(6)}@b.example"}
    place = f"/v1/assistants/{made['assistant_id']}"
    documents = call("GET", f"/v1/knowledge-bases/{base}/documents")["data"]
    return {
        "assistant_id": [made["assistant_id"], shop.assistant_id],
        "knowledge_base_id": [base, shop.knowledge_base_id],
        "kb_id": [base],
        "document_id": [one["document_id"] for one in documents],
        "intent_label_id": [call("POST", f"{place}/intent-labels", label)["intent_label_id"]],
        "conversation_id": [one["conversation_id"] for one in talks],
        "session_id": [talks[0]["conversation_id"]],
        "turn_id": [one["turn_id"] for one in talks],
        "message_id": [one["message_id"] for one in talks],
        "handoff_id": [one["handoff_id"] for one in talks if one["handoff_id"]],
        "interrupt_id": [one["interrupt_id"] for one in talks if one["interrupt_id"]],
        "contact_id": [one["contact_id"] for one in call("GET", "/v1/contacts")["data"]],
        "operator_id": [call("POST", "/v1/operators", who)["operator_id"]],
        "invitation_id": [call("POST", "/v1/invitations", invited)["invitation_id"]],
        "api_key_id": [_spare_key(call)],
        "webhook_endpoint_id": [call("POST", "/v1/webhook-endpoints", hook)["webhook_endpoint_id"]],
        "channel_id": [call("POST", "/v1/channels", kiosk)["channel_id"]],
        "canned_answer_id": [
            call("POST", "/v1/canned-answers", {"shortcut": "hi", "text": "Hello!"})[
                "canned_answer_id"
            ]
        ],
        "tenant_id": [_spare_tenant(server)],
    }


def _talk(call: _Calls, assistant_id: str) -> dict[str, str]:
    name = str(new_id())
    contact = {"name": "Kim", "identities": [{"channel": "api", "address": name}]}
    body = {"assistant_id": assistant_id, "contact": contact}
    talk = call("POST", "/v1/conversations", body)["conversation_id"]
    turn = call("POST", f"/v1/conversations/{talk}/messages", {"text": PERSON})
    messages = call("GET", f"/v1/conversations/{talk}/messages")["data"]
    interrupts = call("GET", f"/v1/conversations/{talk}/interrupts")["data"]
    return {
        "conversation_id": talk,
        "turn_id": turn["turn_id"],
        "message_id": messages[0]["message_id"],
        "handoff_id": (turn["handoff"] or {}).get("handoff_id", ""),
        "interrupt_id": interrupts[0]["interrupt_id"] if interrupts else "",
    }


def _spare_key(call: _Calls) -> str:
    made = call("POST", "/v1/api-keys", {"name": "spare", "scopes": ["knowledge"]})
    return made["api_key_id"]


def _spare_tenant(server: ServerProcess) -> str:
    platform = _Calls(server, server.platform_key)
    return platform("POST", "/v1/tenants", {"name": "Spare"})["tenant_id"]

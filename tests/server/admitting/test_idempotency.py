"""`Idempotency-Key` on every POST there is, as the published document lists them."""

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import psycopg
import pytest

from tenants.ids import new_id
from tenants.keys import codec
from tests import plain_http
from tests.databases import Database
from tests.server.conftest import PLATFORM_KEY, Desk, Program, call, problem
from tests.server.effects import inbound
from tools.webhook_signing import new_secret

HOOK = "https://shop.example/hook"
OWN_FORM = {"send_message"}  # its key becomes the message's own id
SIGNED = {"take_channel_event"}  # known by a signature, not by a credential


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    made = desk.tenant("Once")
    made.teach("When are you open?", "We are open from nine to five.")
    return made


@pytest.fixture
def kept(desk_database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The table of keys, past every policy."""
    with psycopg.connect(desk_database.superuser, autocommit=True) as conn:
        yield conn


def posts(desk: Desk) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every POST of the server: its path, ids filled in, and what the document says of it."""
    document = plain_http.get(f"{desk.url}/openapi.json", timeout=30).json()
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        if "post" in methods:
            operation = methods["post"]
            found[operation["operationId"]] = (_filled(path), operation)
    return found


def _filled(path: str) -> str:
    parts = [
        part if not part.startswith("{") else str(new_id()) if part.endswith("_id}") else "1"
        for part in path.split("/")
    ]
    return "/".join(parts)


def keep(
    conn: psycopg.Connection[Any], tenant: str, caller: str, key: str, path: str, **given: Any
) -> None:
    """A key whose first request asked for `body`, and was answered or is still being worked on."""
    body, status = given.get("body", b"{}"), given.get("status")
    conn.execute(
        """
        insert into idempotency_keys (tenant_id, caller, key, request_hash, status, response)
        values (%s, %s, %s, %s, %s, %s)
        """,
        (
            tenant, caller, key, hashlib.sha256(f"POST {path}?\n".encode() + body).digest(),
            status, codec.encode({"kept": key}) if status else None,
        ),
    )  # fmt: skip


def callers(desk: Desk, shop: Program, kept: psycopg.Connection[Any]) -> dict[str, tuple[str, str]]:
    """Tenant and name under which the keys of each credential are kept."""
    found: dict[str, tuple[str, str]] = {}
    for secret, path, body in (
        (shop.api_key, "/v1/contacts", {"name": "A"}),
        (PLATFORM_KEY, "/v1/tenants", {"name": "Keys"}),
    ):
        key = str(new_id())
        made = call(desk.url, secret, "POST", path, json=body, headers={"Idempotency-Key": key})
        assert made.status_code == 201, made.text
        [(tenant, name)] = kept.execute(
            "select tenant_id, caller from idempotency_keys where key = %s", (key,)
        ).fetchall()
        found[secret] = (str(tenant), name)
    return found


def test_every_post_honours_the_key_and_says_so(
    desk: Desk, shop: Program, kept: psycopg.Connection[Any]
) -> None:
    known = callers(desk, shop, kept)
    swept = 0
    for name, (path, operation) in posts(desk).items():
        named = [p["name"].lower() for p in operation["parameters"]]
        assert named.count("idempotency-key") == 1, name
        if name in OWN_FORM | SIGNED:
            continue
        secret = PLATFORM_KEY if operation.get("x-scope") == "platform" else shop.api_key
        answered, running, other = (f"{state}-{new_id()}" for state in ("done", "runs", "other"))
        keep(kept, *known[secret], answered, path, status=207)
        keep(kept, *known[secret], running, path)
        keep(kept, *known[secret], other, path, status=207, body=b'{"other": 1}')

        def ask(key: str, secret: str = secret, path: str = path) -> httpx2.Response:
            headers = {"Idempotency-Key": key, "content-type": "application/json"}
            return call(desk.url, secret, "POST", path, content=b"{}", headers=headers)

        repeated = ask(answered)
        assert (repeated.status_code, repeated.json()) == (207, {"kept": answered}), name
        assert repeated.headers["idempotent-replayed"] == "true"
        problem(ask(running), 409, "idempotency_in_flight")
        problem(ask(other), 422, "idempotency_reused")
        problem(ask("x" * 201), 422, "invalid")
        swept += 1
    assert swept >= 45


def valid(shop: Program) -> dict[str, tuple[str, dict[str, Any]]]:
    """Requests that do something, each once."""
    base, assistant = f"/v1/knowledge-bases/{shop.knowledge_base_id}", shop.assistant_id
    talk = shop.conversation()
    shop.say(talk, "When are you open?")
    message = shop.call("GET", f"/v1/conversations/{talk}/messages").json()["data"][-1]
    one, two = (
        shop.call("POST", "/v1/contacts", json={"name": n}).json()["contact_id"] for n in "ab"
    )
    waiting = shop.conversation()
    shop.say(waiting, "I want to talk to a human, please.")
    handoffs = shop.call("GET", "/v1/handoffs?status=waiting").json()["data"]
    [handoff] = [h["handoff_id"] for h in handoffs if h["conversation_id"] == waiting]
    hook = {"url": HOOK, "events": ["approval_requested"]}
    endpoint = shop.call("POST", "/v1/webhook-endpoints", json=hook).json()["webhook_endpoint_id"]
    kiosk = {"name": "K", "assistant_id": assistant, "url": HOOK}
    channel = shop.call("POST", "/v1/channels", json=kiosk).json()["channel_id"]
    return {
        "create_agent": ("/agents", {"kb_name": "A", "json_data": {"a": "b"}}),
        "open_session": ("/api/sessions", {"assistant_id": assistant}),
        "embed_and_store": ("/embed_and_store", {"document_id": "d", "chunks": ["c"]}),
        "chat_with_bot": ("/chat", {"bot_id": assistant, "message": "Open?", "history": []}),
        "get_context": ("/get_context", {"query": "open"}),
        "create_api_key": ("/v1/api-keys", {"name": "k", "scopes": ["knowledge"]}),
        "create_assistant": ("/v1/assistants", {"name": "Mia", "knowledge": {"a": "b"}}),
        "answer_question": (f"/v1/assistants/{assistant}/answer", {"text": "When are you open?"}),
        "create_intent_label": (
            f"/v1/assistants/{assistant}/intent-labels", {"name": "hours", "examples": ["open?"]},
        ),
        "create_knowledge_base": ("/v1/knowledge-bases", {"name": "B"}),
        "search_knowledge_base": (f"{base}/search", {"query": "open"}),
        "add_document": (f"{base}/documents", {"text": "We sell lamps."}),
        "create_contact": ("/v1/contacts", {"name": "C"}),
        "merge_contacts": (f"/v1/contacts/{one}/merge", {"other_contact_id": two}),
        "create_conversation": ("/v1/conversations", {"assistant_id": assistant}),
        "give_feedback": (
            f"/v1/conversations/{talk}/messages/{message['message_id']}/feedback",
            {"helpful": True},
        ),
        "rate_conversation": (f"/v1/conversations/{talk}/rating", {"score": 5}),
        "claim_handoff": (f"/v1/handoffs/{handoff}/claim", {}),
        "send_operator_message": (f"/v1/handoffs/{handoff}/messages", {"text": "Hello"}),
        "resolve_handoff": (f"/v1/handoffs/{handoff}/resolve", {"reply": "Bye"}),
        "create_operator": ("/v1/operators", {"email": f"{new_id()}@x.de", "name": "O"}),
        "create_webhook_endpoint": ("/v1/webhook-endpoints", hook),
        "rotate_webhook_secret": (f"/v1/webhook-endpoints/{endpoint}/rotate-secret", {}),
        "redrive_webhook_endpoint": (f"/v1/webhook-endpoints/{endpoint}/redrive", {}),
        "create_channel": ("/v1/channels", kiosk),
        "rotate_channel_secret": (f"/v1/channels/{channel}/rotate-secret", {}),
        "redrive_channel": (f"/v1/channels/{channel}/redrive", {}),
    }  # fmt: skip


def counted(conn: psycopg.Connection[Any], tenant_id: str) -> dict[str, int]:
    """How many rows a tenant has in every table with a tenant, keys themselves aside."""
    tables = conn.execute(
        """
        select distinct table_name from information_schema.columns
         where table_schema = 'public' and column_name = 'tenant_id'
        """
    ).fetchall()
    names = sorted(name for (name,) in tables if name != "idempotency_keys")
    together = " union all ".join(
        f"select '{name}', count(*) from {name} where tenant_id = '{tenant_id}'" for name in names
    )
    return dict(conn.execute(together.encode()).fetchall())


def test_what_was_done_is_not_done_again_and_is_answered_as_before(
    desk: Desk, shop: Program, kept: psycopg.Connection[Any]
) -> None:
    document = posts(desk)
    for name, (path, body) in valid(shop).items():
        headers = {"Idempotency-Key": f"real-{new_id()}"}
        first = shop.call("POST", path, json=body, headers=headers)
        assert first.is_success, (name, first.text)
        before = counted(kept, shop.tenant_id)
        again = shop.call("POST", path, json=body, headers=headers)
        if document[name][1].get("x-secret"):
            told = problem(again, 409, "conflict")
            ids = {k: v for k, v in first.json().items() if k.endswith("_id")}
            assert ids and ids.items() <= told.items(), name
            assert "secret" not in ids and "token" not in told
        else:
            assert (again.status_code, again.json()) == (first.status_code, first.json()), name
        other = shop.call("POST", path, json=body | {"unheard": 1}, headers=headers)
        problem(other, 422, "idempotency_reused")
        assert counted(kept, shop.tenant_id) == before, name


def test_a_page_without_a_credential_has_keys_of_its_own(desk: Desk, shop: Program) -> None:
    origin = {"Origin": desk.url}
    for path in ("/v1/widget/sessions", "/api/sessions"):
        headers = origin | {"Idempotency-Key": str(new_id())}
        body = {"assistant_id": shop.assistant_id}
        first = call(desk.url, None, "POST", path, json=body, headers=headers)
        assert first.status_code == 201, first.text
        told = problem(
            call(desk.url, None, "POST", path, json=body, headers=headers), 409, "conflict"
        )
        assert first.json()["token"] not in str(told)
        more = body | {"identity_token": "x"}
        other = call(desk.url, None, "POST", path, json=more, headers=headers)
        problem(other, 422, "idempotency_reused")
        absent = call(
            desk.url, None, "POST", path, json={"assistant_id": str(new_id())}, headers=headers
        )
        problem(absent, 404, "not_found")


def test_a_channel_has_keys_of_its_own_once_it_has_signed(
    desk: Desk, shop: Program, kept: psycopg.Connection[Any]
) -> None:
    kiosk = {"name": "K", "assistant_id": shop.assistant_id, "url": HOOK}
    made = shop.call("POST", "/v1/channels", json=kiosk).json()
    path = f"/v1/channels/{made['channel_id']}/inbound"
    body = b'{"type": "status", "data": {"state": "read", "external_message_id": "x"}}'
    caller = f"channel:{made['channel_id']}"
    key, running = str(new_id()), str(new_id())
    keep(kept, shop.tenant_id, caller, key, path, body=body, status=207)
    keep(kept, shop.tenant_id, caller, running, path, body=body)
    assert inbound(shop, made, body, key=key).json() == {"kept": key}
    problem(inbound(shop, made, body, key=running), 409, "idempotency_in_flight")
    problem(inbound(shop, made, body + b" ", key=key), 422, "idempotency_reused")
    problem(inbound(shop, made, body, key=key, secret=new_secret()), 401, "unauthenticated")


def test_many_repeats_at_once_do_it_once(shop: Program, kept: psycopg.Connection[Any]) -> None:
    before = counted(kept, shop.tenant_id)["contacts"]
    keys = [str(new_id()) for _ in range(10)]

    def make(number: int) -> str:
        headers = {"Idempotency-Key": keys[number % len(keys)]}
        while True:
            made = shop.call("POST", "/v1/contacts", json={"name": "Many"}, headers=headers)
            if made.status_code != 409:
                assert made.status_code == 201, made.text
                return made.json()["contact_id"]
            problem(made, 409, "idempotency_in_flight")
            time.sleep(0.02)

    with ThreadPoolExecutor(20) as together:
        made = list(together.map(make, range(200)))
    assert len(set(made)) == len(keys)
    assert counted(kept, shop.tenant_id)["contacts"] == before + len(keys)


def test_a_key_is_free_again_after_a_day_and_is_let_go_of(
    shop: Program, kept: psycopg.Connection[Any]
) -> None:
    key, old = {"Idempotency-Key": str(new_id())}, str(new_id())
    first = shop.call("POST", "/v1/contacts", json={"name": "Day"}, headers=key).json()
    shop.call("POST", "/v1/contacts", json={"name": "Old"}, headers={"Idempotency-Key": old})
    kept.execute(
        "update idempotency_keys set created_at = now() - interval '25 hours' where tenant_id = %s",
        (shop.tenant_id,),
    )
    second = shop.call("POST", "/v1/contacts", json={"name": "Day"}, headers=key).json()
    assert second["contact_id"] != first["contact_id"]
    for _ in range(30):  # each lets go of some
        shop.call(
            "POST", "/v1/contacts", json={"name": "N"}, headers={"Idempotency-Key": str(new_id())}
        )
    left = kept.execute("select 1 from idempotency_keys where key = %s", (old,)).fetchall()
    assert left == []

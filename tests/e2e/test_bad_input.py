"""Bad input against a real server: a clear problem each time, nothing half-written."""

import json
from typing import Any

import httpx2
import pytest

from tenants.ids import new_id
from tests import plain_http
from tests.e2e.refusing import contact_token, counts, refused, transcript, waiting
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import SHOP, Tenant

BODIES: dict[str, Any] = {
    "create_assistant": {"name": "x"},
    "create_intent_label": {"name": "x", "examples": ["a b"]},
    "classify_request": {"text": "x"},
    "add_labelled_examples": {"examples": [{"label": "x", "text": "a b"}]},
    "set_operator_presence": {"available": True},
    "answer_question": {"text": "x"},
    "add_document": {"text": "x"},
    "search_knowledge_base": {"query": "x"},
    "replace_document": {"text": "x"},
    "create_source": {"kind": "url", "url": "https://shop.example/"},
    "record_consent": {"purpose": "learn", "granted": True},
    "decide_consent": {"purpose": "learn", "granted": True},
    "merge_contacts": {"other_contact_id": str(new_id())},
    "send_message": {"text": "x"},
    "give_feedback": {"helpful": True},
    "rate_conversation": {"score": 1},
    "mail_transcript": {"to": "ada@shop.example"},
    "send_operator_message": {"text": "x"},
    "resolve_handoff": {"reply": "x"},
    "preview_handoff_entry": {"question": "x", "answer": "x"},
    "resume_interrupt": {"value": "x"},
    "fork_conversation": {"turn_id": str(new_id())},
    "replay_turn": {"turn_id": str(new_id())},
    "respond_for_agent": {"response": "x"},
    "write_in_session": {"message": "x"},
    "add_note": {"text": "x"},
    "create_canned_answer": {"shortcut": "x", "text": "x"},
    "change_canned_answer": {"text": "x"},
    "watch_handoff": {"is_typing": True},
    "create_team": {"name": "x"},
    "change_team": {"name": "x"},
    "create_webhook_endpoint": {"url": "https://shop.example/hook"},
    "change_channel": {"name": "x"},
    "sign_in": {"link_token": "x"},
    "change_operator": {"name": "x"},
    "settle_action": {"outcome": "done"},
    "create_connector": {
        "name": "x",
        "settings": {
            "base_url": "https://shop.example",
            "operations": {"stock": {"path": "/x", "query": {"q": "{product}"}}},
        },
    },
    "test_connector": {"operation": "stock", "values": {"product": "x"}},
}


@pytest.fixture(scope="module")
def shop(attacked: ServerProcess) -> Tenant:
    return Tenant(attacked, "Northwind Lamps", SHOP)


@pytest.fixture(scope="module")
def clinic(attacked: ServerProcess) -> Tenant:
    return Tenant(attacked, "Harbour Clinic", {"hours": "We open Monday to Friday, 8 to 18 h."})


def operations(attacked: ServerProcess) -> list[tuple[str, str, str]]:
    document = plain_http.get(f"{attacked.url}/openapi.json", timeout=10).json()
    return [
        (method.upper(), path, operation["operationId"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def ids_of(tenant: Tenant) -> dict[str, str]:
    """One of everything that a path can name."""
    conversation, handoff = waiting(tenant)
    interrupts = tenant.call("GET", f"/v1/conversations/{conversation}/interrupts").json()["data"]
    messages = transcript(tenant, conversation)
    assistant = tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}").json()
    place = f"/v1/assistants/{tenant.assistant_id}/intent-labels"
    who = {"email": f"{new_id()}@example.com", "name": "O"}
    operator = tenant.call("POST", "/v1/operators", json=who).json()
    label = tenant.call("POST", place, json={"name": str(new_id()), "examples": ["x"]}).json()
    base = assistant["knowledge_base_ids"][0]
    documents = tenant.call("GET", f"/v1/knowledge-bases/{base}/documents").json()["data"]
    invited = tenant.call("POST", "/v1/invitations", json=who | {"email": f"{new_id()}@b.example"})
    keys = tenant.call("GET", "/v1/api-keys").json()["data"]
    hook = {"url": "https://shop.example/hook", "events": ["approval_requested"]}
    endpoint = tenant.call("POST", "/v1/webhook-endpoints", json=hook).json()
    kiosk = {"name": "K", "assistant_id": tenant.assistant_id, "url": hook["url"]}
    channel = tenant.call("POST", "/v1/channels", json=kiosk).json()
    connector = tenant.call("POST", "/v1/connectors", json=BODIES["create_connector"]).json()
    words = {"shortcut": str(new_id()), "text": "x"}
    canned = tenant.call("POST", "/v1/canned-answers", json=words).json()
    team = tenant.call("POST", "/v1/teams", json={"name": str(new_id())}).json()
    return {
        "conversation_id": conversation,
        "handoff_id": handoff,
        "interrupt_id": interrupts[0]["interrupt_id"],
        "turn_id": interrupts[0]["turn_id"],
        "message_id": messages[0]["message_id"],
        "assistant_id": tenant.assistant_id,
        "knowledge_base_id": base,
        "kb_id": base,
        "session_id": conversation,
        "document_id": documents[0]["document_id"],
        "contact_id": tenant.call("GET", "/v1/contacts").json()["data"][0]["contact_id"],
        "api_key_id": keys[0]["api_key_id"],
        "job_id": str(new_id()),
        "suggestion_id": str(new_id()),
        "report_id": str(new_id()),
        "file_id": str(new_id()),
        "source_id": str(new_id()),
        "intent_label_id": label["intent_label_id"],
        "operator_id": operator["operator_id"],
        "invitation_id": invited.json()["invitation_id"],
        "operator_session_id": str(new_id()),
        "fact_id": str(new_id()),
        "webhook_endpoint_id": endpoint["webhook_endpoint_id"],
        "channel_id": channel["channel_id"],
        "connector_id": connector["connector_id"],
        "delivery_id": str(new_id()),
        "approval_id": str(new_id()),
        "canned_answer_id": canned["canned_answer_id"],
        "team_id": team["team_id"],
        "erasure_id": str(new_id()),
        "revision": "1",
        "version": "1",
        "other": "1",
    }


def test_another_tenants_ids_are_not_found_on_any_route(
    attacked: ServerProcess, shop: Tenant, clinic: Tenant
) -> None:
    theirs = ids_of(clinic)
    before = counts(clinic)
    tried = 0
    for method, path, operation in operations(attacked):
        if "{" not in path or path.startswith(("/v1/tenants", "/problems")):
            continue
        if "{provider}" in path or "{feature}" in path:
            continue  # the name of a company or of a feature, no resource of a tenant
        if operation == "take_channel_event":
            continue  # known by its signature alone: see tests/server/test_channels.py
        body = {} if method in ("GET", "DELETE") else {"json": BODIES.get(operation, {})}
        problem = refused(shop.call(method, path.format_map(theirs), **body), (404, "not_found"))
        unknown = {name: str(new_id()) if name.endswith("_id") else "1" for name in theirs}
        missing = refused(shop.call(method, path.format_map(unknown), **body), (404, "not_found"))
        assert problem["detail"] == missing["detail"], "foreign and absent look the same"
        for wrong in ("x", "%00", "%ff", "..%2f..", "A" * 3_000, unknown["turn_id"].upper()):
            address = path.format_map(dict.fromkeys(theirs, wrong))
            refused(shop.call(method, address, **body), (404, "not_found"))
        tried += 1
    assert tried > 25
    assert counts(clinic) == before
    handoff = clinic.call("GET", f"/v1/handoffs/{theirs['handoff_id']}").json()
    assert handoff["status"] == "waiting"
    assert len(transcript(clinic, theirs["conversation_id"])) == 2


def test_another_tenants_ids_in_bodies_are_not_found(shop: Tenant, clinic: Tenant) -> None:
    theirs = ids_of(clinic)
    operator = clinic.call("POST", "/v1/operators", json={"email": "o@x.de", "name": "O"}).json()
    conversation, handoff = waiting(shop)
    before = counts(shop)
    own = {"assistant_id": shop.assistant_id}
    acting = {"operator_id": operator["operator_id"]}
    replying = {"text": "x", "in_reply_to": theirs["message_id"]}
    base = {"name": "x", "knowledge_base_ids": [theirs["knowledge_base_id"]]}
    contact = {"contact": {"contact_id": theirs["contact_id"]}}
    for path, body in (
        ("/v1/conversations", {"assistant_id": clinic.assistant_id}),
        ("/v1/conversations", own | contact),
        ("/v1/assistants", base),
        (f"/v1/conversations/{conversation}/messages", replying),
        (f"/v1/handoffs/{handoff}/claim", acting),
        (f"/v1/handoffs/{handoff}/messages", acting | {"text": "x"}),
        (f"/v1/handoffs/{handoff}/resolve", acting | {"reply": "x"}),
    ):
        refused(shop.call("POST", path, json=body), (404, "not_found"))
    assert counts(shop) == before and len(transcript(shop, conversation)) == 2


def test_methods_that_a_resource_lacks_are_told(attacked: ServerProcess, shop: Tenant) -> None:
    known: dict[str, set[str]] = {}
    for method, path, _ in operations(attacked):
        known.setdefault(path, set()).add(method)
    for path, methods in known.items():
        address = path.format_map(dict.fromkeys(BODIES, "x") | _ANY_IDS)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - methods:
            answer = shop.call(method, address)
            refused(answer, (405, "method_not_allowed"))
            assert answer.headers["allow"]
    assert shop.call("HEAD", "/v1/assistants").status_code == 405


_ANY_IDS = {
    f"{noun}_id": str(new_id())
    for noun in (
        "tenant", "api_key", "assistant", "knowledge_base", "document", "job", "contact", "turn",
        "conversation", "message", "handoff", "interrupt", "suggestion", "report", "file",
        "source", "intent_label", "operator", "kb", "session", "fact",
        "webhook_endpoint", "channel", "delivery", "invitation", "operator_session", "connector",
        "approval",
        "canned_answer", "team",
        "erasure",
    )
} | {"code": "invalid", "version": "1", "other": "1", "revision": "1", "provider": "deepseek",
     "feature": "named_things"}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (422, "invalid")),
        (b"{", (400, "malformed_body")),
        (b'{"text": "a"} x', (400, "malformed_body")),
        (b'{"text": "\xff"}', (400, "malformed_body")),
        (b'{"text": "a\\u0000b"}', (400, "malformed_body")),
        (b'{"text": "a\\ud800b"}', (400, "malformed_body")),
        (b'{"text": NaN}', (400, "malformed_body")),
        (b'{"text": 1' + b"0" * 5_000 + b"}", (400, "malformed_body")),
        (b'{"text": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", (400, "malformed_body")),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, (400, "malformed_body")),
        (b"[]", (422, "invalid")),
        (b"null", (422, "invalid")),
        (b'{"text": ""}', (422, "invalid")),
        ('{"text": " \u200b\u2060 "}'.encode(), (422, "invalid")),
        (b'{"text": "a", "txet": "b"}', (422, "invalid")),
        (b'{"content": [{"type": "unheard", "text": "a"}]}', (422, "invalid")),
        (b'{"text": "a", "in_reply_to": "x"}', (404, "not_found")),
        (b'{"text": "a", "client_message_id": "%s"}' % (b"x" * 201), (422, "invalid")),
        (b'{"text": "%s"}' % (b"x" * 100_000), (413, "too_large")),
        (
            b'{"content": [{"type": "list", "text": "a", "items": ["%s"]}]}' % (b"x" * 200_000),
            (413, "too_large"),
        ),
        (b'{"text": "%s"}' % (b"x" * 1_100_000), (413, "too_large")),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else None,
)
def test_a_body_that_is_no_message_is_refused(
    shop: Tenant, body: bytes, expected: tuple[int, str]
) -> None:
    conversation = shop.converse("refused")
    path = f"/v1/conversations/{conversation}/messages"
    answer = shop.call("POST", path, content=body, headers={"content-type": "application/json"})
    refused(answer, expected)
    assert transcript(shop, conversation) == []


@pytest.mark.parametrize("kind", ["text/plain", "", "multipart/form-data; boundary=x", "image/png"])
def test_a_body_of_another_type_is_refused(shop: Tenant, kind: str) -> None:
    answer = shop.call(
        "POST", "/v1/assistants", content=b'{"name": "x"}', headers={"content-type": kind}
    )
    refused(answer, (415, "unsupported_media_type"))


def test_words_that_only_look_like_escapes_are_words(shop: Tenant) -> None:
    conversation = shop.converse("escapes")
    shop.ask(conversation, "What does \\x00 or \\u0000 mean? 😀")
    assert transcript(shop, conversation)[0]["text"] == "What does \\x00 or \\u0000 mean? 😀"


def test_large_bodies_are_refused_while_they_come(attacked: ServerProcess, shop: Tenant) -> None:
    token = contact_token(attacked, shop.assistant_id)
    before = counts(shop)
    kind = {"content-type": "application/json"}
    big, path = b'{"name": "' + b"x" * 21_000_000 + b'"}', f"{attacked.url}/v1/assistants"

    def post(body: bytes, secret: str | None, *, announced: bool = True) -> httpx2.Response:
        headers = kind | ({"Authorization": f"Bearer {secret}"} if secret else {})
        pieces = (body[i : i + 65_536] for i in range(0, len(body), 65_536))
        return plain_http.post(
            path, content=body if announced else pieces, headers=headers, timeout=30
        )

    refused(post(big, shop.key), (413, "too_large"))
    refused(post(big, shop.key, announced=False), (413, "too_large"))
    refused(post(big[:100_000], None), (413, "too_large"))  # a stranger's
    refused(post(big[:2_000_000], token), (413, "too_large"))  # a visitor's
    refused(post(big[:2_000_000], "fd_wrong"), (401, "unauthenticated"))
    lists = b'{"name": "x", "knowledge": [' + b"[]," * 600_000 + b"[]]}"  # 60 times that in memory
    refused(post(lists, shop.key), (413, "too_large"))
    assert counts(shop) == before


ODD: list[Any] = [
    "We open at nine.", "", 0, -1.5, True, {}, [], [[]], [{}], {"": ""}, {"a\nb": {"\t": "x\ny"}},
    [None, "", 1, {"x": []}], 10**40, {"k" * 3_000: "v"}, {"a": [[[[[["deep"]]]]]]}, {"\u202e": "\x01"},
]  # fmt: skip


def test_knowledge_of_any_shape_is_taken(shop: Tenant) -> None:
    for knowledge in ODD:
        made = shop.call("POST", "/v1/assistants", json={"name": "Odd", "knowledge": knowledge})
        assert made.status_code == 201, (knowledge, made.text)
        assert len(made.json()["knowledge_base_ids"]) == 1


def test_large_knowledge_is_a_job_that_ends(shop: Tenant) -> None:
    sentence = "The Aurora desk lamp is made of brass and comes with a warranty of three years. "
    made = shop.call(
        "POST", "/v1/assistants", json={"name": "Large", "knowledge": [sentence * 30] * 1_300}
    )
    assert made.status_code == 202, made.text
    seen: list[str] = []
    with plain_http.stream(
        "GET",
        f"{shop.server.url}/v1/jobs/{made.json()['job_id']}",
        headers={"Authorization": f"Bearer {shop.key}", "Accept": "text/event-stream"},
        timeout=60,
    ) as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                seen.append(json.loads(line[6:])["status"])
    assert seen[-1] == "succeeded", seen


@pytest.mark.parametrize(
    "name",
    ["", "   ", "a\nb", "a\x1b[31mb", "a\x7f", "a\u2028x", "abc\u202edef", "x" * 201, None, 7],
)
def test_names_are_one_line_of_text(attacked: ServerProcess, shop: Tenant, name: Any) -> None:
    before = counts(shop)
    for path in ("/v1/assistants", "/v1/knowledge-bases"):
        problem = refused(shop.call("POST", path, json={"name": name}), (422, "invalid"))
        assert problem["errors"][0]["where"] == "body.name"
    platform = {"Authorization": f"Bearer {attacked.platform_key}"}
    made = plain_http.post(
        f"{attacked.url}/v1/tenants", json={"name": name}, headers=platform, timeout=9
    )
    refused(made, (422, "invalid"))
    assert counts(shop) == before


@pytest.mark.parametrize(
    "zone",
    ["", "Mars/Olympus", "../../etc/passwd", "Europe", "localtime", "posix/UTC", "é", "UTC\n"],
)
def test_time_zones_are_places(attacked: ServerProcess, zone: str) -> None:
    platform = {"Authorization": f"Bearer {attacked.platform_key}"}
    body = {"name": "Zones", "time_zone": zone}
    made = plain_http.post(f"{attacked.url}/v1/tenants", json=body, headers=platform, timeout=10)
    assert "Europe/Berlin" in refused(made, (422, "invalid"))["detail"]


def test_an_assistant_reads_knowledge_bases_of_its_own(shop: Tenant, clinic: Tenant) -> None:
    made = [
        shop.call("POST", "/v1/knowledge-bases", json={"name": f"k{n}"}).json()["knowledge_base_id"]
        for n in range(8)
    ]
    foreign = clinic.call("GET", "/v1/knowledge-bases").json()["data"][0]["knowledge_base_id"]
    before = counts(shop)

    def create(ids: Any, **more: Any) -> httpx2.Response:
        body = {"name": "x", "knowledge_base_ids": ids} | more
        return shop.call("POST", "/v1/assistants", json=body)

    for ids in ([*made, made[0]], [made[0], made[0]], "x", {"a": 1}):
        refused(create(ids), (422, "invalid"))
    for ids in ([foreign], [made[0], foreign], [str(new_id())], ["x"], [None]):
        refused(create(ids), (404, "not_found"))
    refused(create(made, knowledge={"a": 1}), (422, "invalid"))
    assert counts(shop) == before
    path = f"/v1/assistants/{create(made).json()['assistant_id']}"
    for change in ({"name": " "}, {"fallback_models": ["x" * 300]}, {"thresholds": {"answer": 2}}):
        refused(shop.call("PATCH", path, json=change), (422, "invalid"))
    assert shop.call("GET", path).json()["revision"] == 1

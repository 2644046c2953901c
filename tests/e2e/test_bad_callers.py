"""Wrong callers, broken requests and broken frames: told what is wrong, or hung up on with a reason."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tenants.ids import new_id
from tenants.keys.secrets import derived_key
from tests import plain_http
from tests.e2e.refusing import (
    contact_token,
    raw,
    refused,
    transcript,
)
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import SHOP, Tenant, until


@pytest.fixture(scope="module")
def shop(attacked: ServerProcess) -> Tenant:
    return Tenant(attacked, "Northwind Lamps", SHOP)


@pytest.fixture(scope="module")
def clinic(attacked: ServerProcess) -> Tenant:
    return Tenant(attacked, "Harbour Clinic", {"hours": "We open Monday to Friday, 8 to 18 h."})


def test_wrong_credentials_are_refused(
    attacked: ServerProcess, shop: Tenant, clinic: Tenant
) -> None:
    token = contact_token(attacked, shop.assistant_id)
    claims = jwt.decode(token, options={"verify_signature": False})
    master = base64.b64decode((attacked.data / "master.key").read_text())
    key = derived_key(master, "contact-token")
    past = datetime.now(UTC) - timedelta(seconds=5)
    wrong = {
        "expired": jwt.encode(claims | {"exp": past}, key, algorithm="HS256"),
        "unsigned": jwt.encode(claims, "", algorithm="none"),
        "of another key": jwt.encode(claims, b"x" * 32, algorithm="HS256"),
        "of another purpose": jwt.encode(claims | {"aud": "frontdesk.identity"}, key),
        "of nobody": jwt.encode(claims | {"sub": "x"}, key),
        "no token": "a.b.c",
        "unknown": "fd_" + "x" * 40,
        "long": "x" * 7_000,
    }
    conversation = shop.converse("watched")
    for secret in wrong.values():
        headers = {"Authorization": f"Bearer {secret}"}
        answer = plain_http.get(f"{attacked.url}/v1/conversations", headers=headers, timeout=10)
        refused(answer, (401, "unauthenticated"))
        _refused_socket(
            attacked, conversation, 401, subprotocols=["frontdesk.v1", f"token.{secret}"]
        )
    for headers in ({}, {"Authorization": "Basic eDp4"}, {"Authorization": "Bearer"}):
        answer = plain_http.get(f"{attacked.url}/v1/assistants", headers=headers, timeout=10)
        refused(answer, (401, "unauthenticated"))
    moved = jwt.encode(claims | {"tenant": str(new_id())}, key)  # a tenant that is not there
    headers = {"Authorization": f"Bearer {moved}"}
    answer = plain_http.get(f"{attacked.url}/v1/conversations", headers=headers, timeout=10)
    refused(answer, (401, "unauthenticated"))
    # good credentials, but not for this
    _refused_socket(
        attacked, conversation, 404, subprotocols=[f"token.{token}"]
    )  # another contact's
    _refused_socket(attacked, conversation, 404, additional_headers=_bearer(clinic.key))
    _refused_socket(attacked, conversation, 403, additional_headers=_bearer(attacked.platform_key))
    evil = _bearer(shop.key) | {"Origin": "https://evil.example"}
    _refused_socket(attacked, conversation, 403, additional_headers=evil)


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _refused_socket(
    attacked: ServerProcess, conversation: str, status: int, **how: Any
) -> dict[str, Any]:
    url = attacked.url.replace("http", "ws") + f"/v1/conversations/{conversation}/ws"
    with pytest.raises(InvalidStatus) as refusal:
        connect(url, open_timeout=10, **how)
    response = refusal.value.response
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    return json.loads(response.body or b"")


@pytest.mark.parametrize("given", ["-1", "1.5", "x", "9" * 40, "٣".encode()])
def test_a_last_event_id_is_a_number_of_ours(shop: Tenant, given: Any) -> None:
    path = f"/v1/conversations/{shop.converse('last')}/events"
    refused(shop.call("GET", path, headers={"Last-Event-ID": given}), (422, "invalid"))


def test_strange_wishes_for_the_answers_form_get_json(shop: Tenant) -> None:
    for wish in ("image/png", "", "*/*;q=0", "x" * 5_000):
        path = f"/v1/conversations/{shop.converse('wish')}/messages"
        answer = shop.call("POST", path, json={"text": "hello"}, headers={"Accept": wish})
        assert answer.status_code == 200 and answer.json()["turn_id"]


def test_what_is_no_request_is_told_so(attacked: ServerProcess) -> None:
    get = b"GET /healthz HTTP/1.1\r\nhost: x\r\n"
    many = [b"x-%d: y\r\n" % n for n in range(10_000)]
    post = b"POST /v1/assistants HTTP/1.1\r\nhost: x\r\n"
    for status, parts in {
        400: [[get, *many, b"\r\n"], [b"\x16\x03\x01\x02"], [get, b"x: a\x00b\r\n\r\n"],
              [post, b"content-length: -5\r\n\r\n"], [post, b"transfer-encoding: chunked\r\n\r\nzz\r\n"]],
        413: [[post, b"content-length: 999999999999\r\n\r\n"]],
        431: [[get, b"x: ", *[b"a" * 60_000] * 20]],
    }.items():  # fmt: skip
        for sent in parts:
            answer = raw(attacked, *sent)
            if answer:  # a client that goes on sending may lose the answer
                assert answer.startswith(b"HTTP/1.1 %d " % status), (sent[:2], answer[:80])
                assert b"application/problem+json" in answer
    assert raw(attacked, get, b"\r\n").startswith(b"HTTP/1.1 200 ")


FRAMES: list[tuple[str, str]] = [
    ("", "malformed_body"),
    ("{", "malformed_body"),
    ("[" * 20_000, "malformed_body"),
    ('{"type": "message", "text": "a\\u0000"}', "malformed_body"),
    ('{"type": "message", "text": "a\\ud800"}', "malformed_body"),
    ('{"type": "message", "text": NaN}', "malformed_body"),
    ("[]", "invalid"),
    ("{}", "invalid"),
    ('{"type": ["message"]}', "invalid"),
    ('{"type": "nope"}', "invalid"),
    ('{"type": "message"}', "invalid"),
    ('{"type": "message", "text": ""}', "invalid"),
    ('{"type": "message", "text": "a", "txet": "b"}', "invalid"),
    ('{"type": "message", "text": "a", "in_reply_to": "x"}', "invalid"),
    ('{"type": "resume", "last_event_id": -1}', "invalid"),
    ('{"type": "resume", "last_event_id": [1]}', "invalid"),
    ('{"type": "message", "text": "' + "x" * 9_000 + '"}', "too_large"),
    ('{"type": "message", "text": "' + "x" * 100_000 + '"}', "too_large"),
]


def test_wrong_frames_are_told_and_the_talk_goes_on(shop: Tenant) -> None:
    conversation = shop.converse("frames")
    with shop.socket(conversation) as line:
        for frame, code in FRAMES:
            line.send(frame)
            told = json.loads(line.recv(timeout=10))
            assert (told["type"], told["code"]) == ("problem", code), (frame[:60], told)
            assert len(told["detail"]) < 300
        assert transcript(shop, conversation) == []
        line.send('{"type": "resume", "last_event_id": 999999}')  # beyond the log's end
        line.send('{"type": "message", "text": "hello"}')
        frames = until(line, "turn_ended")
        assert [f["id"] for f in frames if "id" in f] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("frame", "closed"),
    [
        (b"\x81\x82\0\0\0\0\xff\xfe", 1007),  # text that is no UTF-8
        (b"\x82\x82\0\0\0\0\x00\xff", 1007),  # binary
        (b"\x81\x02hi", 1002),  # unmasked
        (b"\xf1\x82\0\0\0\0hi", 1002),  # reserved bits
        (b"\x83\x82\0\0\0\0hi", 1002),  # no such kind
        (b"\x80\x82\0\0\0\0hi", 1002),  # the end of nothing
        (b"\x81\xff\x7f" + b"\xff" * 7 + b"\0\0\0\0", 1009),  # 9 EB
    ],
)
def test_broken_frames_end_the_socket_with_a_reason(
    shop: Tenant, frame: bytes, closed: int
) -> None:
    conversation = shop.converse("broken")
    with shop.socket(conversation) as line:
        line.socket.sendall(frame)
        with suppress(ConnectionClosed):
            told = json.loads(line.recv(timeout=10))
            assert told["type"] == "problem" and told["code"] == "malformed_body"
            line.recv(timeout=10)
        assert line.close_code == closed
    assert transcript(shop, conversation) == []


def test_there_is_no_socket_elsewhere(attacked: ServerProcess, shop: Tenant) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        connect(attacked.url.replace("http", "ws") + "/v1/ws", additional_headers=_bearer(shop.key))
    assert refusal.value.response.status_code == 404

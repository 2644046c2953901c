"""What the tests of bad input share: refusals, counts, and calls all at once."""

import socket
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx2

from tests import plain_http
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import Tenant

PERSON = "I want to talk to a human, please."


def refused(response: httpx2.Response, *expected: tuple[int, str]) -> dict[str, Any]:
    """The problem object of a refusal, which must be one of those expected."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = response.json()
    assert (response.status_code, problem["code"]) in expected, problem
    assert problem["type"] == f"/problems/{problem['code']}" and problem["detail"]
    return problem


def counts(tenant: Tenant) -> dict[str, int]:
    """How many of everything there are."""
    lists = ("assistants", "knowledge-bases", "contacts", "conversations", "handoffs", "operators")
    return {name: len(tenant.call("GET", f"/v1/{name}?limit=200").json()["data"]) for name in lists}


def transcript(tenant: Tenant, conversation: str) -> list[dict[str, Any]]:
    return tenant.call("GET", f"/v1/conversations/{conversation}/messages?limit=200").json()["data"]


def waiting(tenant: Tenant) -> tuple[str, str]:
    """A conversation that waits for an operator, and its handoff."""
    conversation = tenant.converse(uuid4().hex)
    return conversation, tenant.ask(conversation, PERSON)["handoff"]["handoff_id"]


def at_once(n: int, call: Callable[[int], httpx2.Response]) -> list[httpx2.Response]:
    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(call, range(n)))


def codes(responses: list[httpx2.Response]) -> Counter[Any]:
    return Counter(r.json()["code"] if r.status_code >= 400 else r.status_code for r in responses)


def raw(server: ServerProcess, *parts: bytes) -> bytes:
    """What the server says to bytes on a plain connection, up to its first pause or end."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        with suppress(ConnectionError):  # it may answer before it has read everything
            for part in parts:
                line.sendall(part)
        try:
            return line.recv(65_536)
        except ConnectionError:
            return b""


def contact_token(server: ServerProcess, assistant_id: str) -> str:
    made = plain_http.post(
        f"{server.url}/v1/widget/sessions",
        json={"assistant_id": assistant_id},
        headers={"Origin": server.url},
        timeout=10,
    )
    assert made.status_code == 201, made.text
    return made.json()["token"]

"""The server as an MCP server, called by a plain client of the protocol."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from tests import plain_http
from tests.server.conftest import Desk, Program, call, problem

KNOWLEDGE = {"search_knowledge", "list_knowledge_bases"}
HANDOFFS = {"list_handoffs", "read_handoff", "claim_handoff", "resolve_handoff"}
LIST: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"accept": "application/json, text/event-stream"}


@asynccontextmanager
async def session(shop: Program, key: str, *, mode: str = "auto") -> AsyncGenerator[Client]:
    headers = {"authorization": f"Bearer {key}"}
    async with plain_http.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(f"{shop.url}/mcp", http_client=http)
        async with Client(transport, mode=mode) as client:
            yield client


async def told(client: Client, name: str, **arguments: Any) -> dict[str, Any]:
    """What a tool gives. The refusal of one that gives none."""
    result = await client.call_tool(name, arguments)
    [content] = result.content
    assert content.type == "text"
    return json.loads(content.text)


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    made = desk.tenant("Spoken")
    made.teach("How long can I return a lamp?", "You can return a lamp within 30 days.")
    return made


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_plain_client_searches_the_knowledge(shop: Program, mode: str) -> None:
    async with session(shop, shop.api_key, mode=mode) as client:
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert listed.keys() == KNOWLEDGE | HANDOFFS
        hints = listed["search_knowledge"].annotations
        assert hints is not None and hints.read_only_hint
        found = await told(client, "search_knowledge", query="returning lamps", limit=3)
        assert "within 30 days" in found["passages"][0]["text"]
        bases = await told(client, "list_knowledge_bases")
        assert [b["knowledge_base_id"] for b in bases["knowledge_bases"]] == [
            shop.knowledge_base_id
        ]


async def test_a_handoff_is_found_read_and_answered(shop: Program) -> None:
    conversation = shop.conversation()
    shop.say(conversation, "I want to speak to a human, please")
    async with session(shop, shop.key("handoffs")) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == HANDOFFS
        waiting = (await told(client, "list_handoffs"))["handoffs"]
        [mine] = [one for one in waiting if one["conversation_id"] == conversation]
        read = await told(client, "read_handoff", handoff_id=mine["handoff_id"])
        assert read["reason"] == "contact_asked" and "human" in str(read)
        claimed = await told(client, "claim_handoff", handoff_id=mine["handoff_id"])
        assert claimed["status"] == "active"
        done = await told(
            client, "resolve_handoff", handoff_id=mine["handoff_id"], reply="Here I am: Kim."
        )
        assert done["status"] == "resolved"
        refused = await told(client, "search_knowledge", query="lamps")
        assert refused["code"] == "denied"
    said = shop.call("GET", f"/v1/conversations/{conversation}/messages").text
    assert "Here I am: Kim." in said
    logged = shop.call("GET", "/v1/audit", params={"subject": f"handoff:{mine['handoff_id']}"})
    acts = {row["action"]: row["details"] for row in logged.json()["data"]}
    assert acts.keys() == {"claim_handoff", "resolve_handoff"}
    assert acts["claim_handoff"]["before"]["status"] == "waiting"
    assert acts["claim_handoff"]["after"]["status"] == "active"


async def test_another_tenants_things_are_not_there(shop: Program, desk: Desk) -> None:
    other = desk.tenant("Listening")
    conversation = shop.conversation()
    shop.say(conversation, "I want to speak to a human, please")
    handoff = shop.call("GET", "/v1/handoffs?status=waiting").json()["data"][0]["handoff_id"]
    async with session(other, other.api_key) as client:
        assert (await told(client, "list_handoffs"))["handoffs"] == []
        assert (await told(client, "search_knowledge", query="lamps"))["passages"] == []
        for name, more in (
            ("read_handoff", {}),
            ("claim_handoff", {}),
            ("resolve_handoff", {"reply": "x"}),
        ):
            answer = await told(client, name, handoff_id=handoff, **more)
            assert answer["code"] == "not_found", name
        base = await told(
            client, "search_knowledge", query="lamps", knowledge_base_id=shop.knowledge_base_id
        )
        assert base["code"] == "not_found"


async def test_what_is_wrong_is_told_and_bounded(shop: Program) -> None:
    async with session(shop, shop.api_key) as client:
        for arguments in (
            {"query": "x" * 501}, {"query": ""}, {"query": "lamps", "limit": 500},
            {"query": "lamps", "tenant_id": "x"}, {"query": 3}, {},
        ):  # fmt: skip
            assert (await told(client, "search_knowledge", **arguments))["code"] == "invalid"
        assert (await told(client, "read_handoff", handoff_id="x"))["code"] == "invalid"
        assert (await told(client, "drop_tables"))["code"] == "not_found"


def test_who_may_not_speak_is_refused_before_anything_is_read(desk: Desk, shop: Program) -> None:
    def post(key: str | None, **headers: str) -> httpx2.Response:
        return call(shop.url, key, "POST", "/mcp", json=LIST, headers=ACCEPT | headers)

    assert post(shop.api_key).status_code == 200
    problem(post(None), 401, "unauthenticated")
    problem(post(shop.key("analytics")), 403, "denied")
    problem(post("fp_test_platform_key"), 403, "denied")
    problem(post(shop.api_key, origin="https://evil.example"), 403, "origin_denied")
    assert post(shop.api_key, origin=shop.url).status_code == 200
    big = LIST | {"params": {"x": "y" * 200_000}}
    answer = call(shop.url, shop.api_key, "POST", "/mcp", json=big, headers=ACCEPT)
    problem(answer, 413, "too_large")
    nul = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"x": "\\u0000"}}'
    headers = ACCEPT | {"content-type": "application/json"}
    for body in (nul, b"", b"{"):
        answer = call(shop.url, shop.api_key, "POST", "/mcp", content=body, headers=headers)
        problem(answer, 400, "malformed_body")
    for body in (b"[]", b"null", b"3", b'{"jsonrpc": "2.0"}'):
        answer = call(shop.url, shop.api_key, "POST", "/mcp", content=body, headers=headers)
        assert 400 <= answer.status_code < 500, (body, answer.status_code)
    assert call(shop.url, shop.api_key, "GET", "/mcp").status_code == 405

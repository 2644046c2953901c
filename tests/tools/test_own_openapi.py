"""Operations of a tenant's OpenAPI document as tools, over a real wire."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from server.outside.looking import choices
from tenants.errors import Invalid
from tenants.ids import new_id
from tests.tools.hostile_server import hostile_server, raw
from tests.tools.own_services import (
    ALMA,
    BO,
    CLUB_SETTINGS,
    DOCUMENT,
    SECRET,
    Club,
    client_for,
    club_service,
)
from tools.calling import call_tool
from tools.contract import Tool, ToolContext
from tools.effect_catalog import effect_of
from tools.effects import Missing, Prepared, Refusal, perform
from tools.egress import EgressPolicy, GuardedClient, guarded_client
from tools.errors import ArgumentRejected, ToolUnavailable
from tools.openapi_calls import OpenApiService
from tools.openapi_documents import operations_of, read_document
from tools.own_settings import OwnSettings
from tools.own_tools import own_tools
from tools.ports import NoShop


@pytest.fixture
def club() -> Iterator[Club]:
    with club_service() as served:
        yield served


def _tools(
    url: str, client: GuardedClient, *, suspended: Any = (), document: Any = DOCUMENT, **more: Any
) -> dict[str, Tool]:
    settings = OwnSettings.model_validate(CLUB_SETTINGS | {"base_url": url} | more)
    chosen = choices(settings, operations_of(document))
    service = OpenApiService("Club", settings, SECRET, client)
    made = own_tools(chosen, service, knows_keys=True, suspended={key: {} for key in suspended})
    return {tool.name: tool for tool in made}


def _context(who: str = ALMA, **more: Any) -> ToolContext:
    return ToolContext(
        new_id(),
        new_id(),
        new_id(),
        "0.0.0",
        NoShop(),
        identity="verified",
        external_id=who,
        **more,
    )


async def test_a_reading_operation_is_bound_to_the_contact_and_said_in_the_tenants_words(
    club: Club,
) -> None:
    async with client_for(club.url) as client:
        tool = _tools(club.url, client)["club_points"]
        assert tool.schema()["properties"] == {} and not tool.has_effect
        told = await call_tool(tool, _context(), {})
        assert told.text == "You have 420 club points."
        assert told.value == {"points": 420}, "the contact sees what the tenant lets them see"
        with pytest.raises(ArgumentRejected):
            await call_tool(tool, _context(), {"member_id": BO})
        assert club.asked[-1][1] == f"/members/{ALMA}/points"


async def test_somebody_elses_record_is_as_if_it_were_not(club: Club) -> None:
    async with client_for(club.url) as client:
        tool = _tools(club.url, client)["club_plan"]
        own = await call_tool(tool, _context(), {"number": "P-1001"})
        assert own.value == {"number": "P-1001", "state": "running"} and "inner" not in own.text
        foreign = await call_tool(tool, _context(), {"number": "P-2001"})
        missing = await call_tool(tool, _context(), {"number": "P-9001"})
        assert foreign == missing and not foreign.is_found


async def test_parameters_go_where_the_document_says(club: Club) -> None:
    async with client_for(club.url) as client:
        tool = _tools(club.url, client)["club_branches"]
        told = await call_tool(tool, _context(), {"city": "Lund", "kind": ["shop", "workshop"]})
        assert "Kelp Lane 3" in told.text and "Oslo" not in told.text
        assert club.asked[-1][1] == "/branches?city=Lund&kind=shop&kind=workshop"
        for wrong in ({"city": "x" * 41}, {"kind": ["bar"]}, {"city": 3}, {"what": "x"}):
            with pytest.raises(ArgumentRejected):
                await call_tool(tool, _context(), wrong)


async def test_a_value_in_a_path_leads_nowhere_else(club: Club) -> None:
    async with client_for(club.url) as client:
        tool = _tools(club.url, client)["club_plan"]
        await call_tool(tool, _context(), {"number": f"../members/{ALMA}/points"})
        assert club.asked[-1][1].startswith("/plans/..%2F")
        for wrong in ("..", ".", "", "x" * 301, "a\r\nb: c"):
            with pytest.raises(ArgumentRejected):
                await call_tool(tool, _context(), {"number": wrong})


async def test_an_effect_is_weighed_by_what_is_the_contacts_and_sent_with_its_key(
    club: Club,
) -> None:
    async with client_for(club.url) as client:
        effect = effect_of(_tools(club.url, client)["pause_plan"])
        mine, theirs = {"number": "P-1001", "weeks": 2}, {"number": "P-2001", "weeks": 2}
        weighed = await effect.prepare(_context(), mine)
        assert isinstance(weighed, Prepared) and "P-1001" in weighed.what
        assert isinstance(await effect.prepare(_context(), theirs), Refusal)
        missing = await effect.prepare(_context(), {"number": "P-1001"})
        assert isinstance(missing, Missing) and missing.name == "weeks"
        for wrong in (mine | {"weeks": 9}, mine | {"weeks": "two"}, mine | {"id": "x"}):
            with pytest.raises(ArgumentRejected):
                await effect.prepare(_context(), wrong)
        context = _context()
        with pytest.raises(ArgumentRejected):
            await perform(effect, context, mine, approved=False, is_repeat=False)
        assert club.pauses == 0
        first = await perform(effect, context, mine, approved=True, is_repeat=False)
        again = await perform(effect, context, mine, approved=True, is_repeat=True)
        assert club.pauses == 1 and first.text == again.text and "P-1001" in first.text
        with pytest.raises(ArgumentRejected, match="paused already"):
            await perform(effect, _context(), mine, approved=True, is_repeat=False)


async def test_without_what_checks_it_an_effect_is_not_offered(club: Club) -> None:
    async with client_for(club.url) as client:
        left = _tools(club.url, client, suspended=["GET /plans/{number}"])
        assert set(left) == {"club_points", "club_branches"}


async def test_a_service_of_this_computer_is_not_called(club: Club) -> None:
    async with guarded_client(EgressPolicy()) as client:
        tool = _tools(club.url, client)["club_branches"]
        with pytest.raises(ToolUnavailable, match="must not be called"):
            await call_tool(tool, _context(), {})
        assert not club.asked


async def test_redirects_slow_and_unreadable_answers_are_failures_that_may_have_happened() -> None:
    moved = b"HTTP/1.1 302 X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
    page = b"HTTP/1.1 200 X\r\ncontent-type: text/html\r\ncontent-length: 3\r\n\r\n<a>"
    async with hostile_server() as server, client_for(server.url) as client:
        tool = _tools(server.url, client)["club_branches"]
        for answer in (raw(moved), raw(page), raw(b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n")):
            server.paths["/branches"] = answer
            with pytest.raises(ToolUnavailable):
                await call_tool(tool, _context(), {})
        quick = [one | {"timeout_seconds": 0.3} for one in CLUB_SETTINGS["tools"]]
        tools = _tools(server.url, client, tools=quick)
        server.paths["/branches"] = raw(b"H", pause=0.05, forever=True)
        with pytest.raises(ToolUnavailable):
            await call_tool(tools["club_branches"], _context(), {})
        server.paths["/plans/P-1001/pause"] = raw(b"H", pause=0.05, forever=True)
        with pytest.raises(ToolUnavailable) as failed:
            await call_tool(tools["pause_plan"], _context(), {"number": "P-1001", "weeks": 1})
        assert failed.value.may_have_happened


async def test_what_comes_back_is_data_of_a_size_that_can_be_read() -> None:
    long = {"city": "x" * 9_000, "deep": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}}

    body = json.dumps(
        [long | {"n": n, "who": ALMA, "\u202eevil\u200b": "a\u200bb"} for n in range(40)]
    )
    head = f"HTTP/1.1 200 X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    async with hostile_server() as server, client_for(server.url) as client:
        server.paths["/branches"] = raw((head + body).encode())
        told = await call_tool(_tools(server.url, client)["club_branches"], _context(), {})
    kept = json.dumps(told.value)
    assert len(kept) < 16_000 and ALMA not in kept and "more than is shown" in kept
    assert "ab" in kept and "\\u200b" not in kept and len(told.text) < 4_000


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"operation": "GET /nowhere"}, "the service has no"),
        ({"name": "order_status"}, "of the house"),
        ({"identity": "anonymous"}, "verified contacts"),
        ({"owner_at": None, "checked_by": None}, "whose it is"),
        ({"arguments": {"nothing": {}}}, "takes no"),
        ({"fingerprint": "0" * 32}, "look at it again"),
        ({"arguments": {"number": {"source": "none"}}}, "the service needs it"),
        ({"arguments": {"number": {"source": "fixed", "value": 3}}}, "no text"),
    ],
)
def test_a_tool_that_cannot_be_or_must_not_be_is_refused(change: dict[str, Any], why: str) -> None:
    plan = CLUB_SETTINGS["tools"][1]
    tool = {name: value for name, value in (plan | change).items() if value is not None}

    def chosen() -> None:
        settings = OwnSettings.model_validate({"base_url": "https://club.example", "tools": [tool]})
        choices(settings, operations_of(DOCUMENT))

    with pytest.raises((ValueError, Invalid), match=why):
        chosen()


def test_an_effect_is_checked_by_a_tool_that_reads_the_same_thing() -> None:
    tools = [CLUB_SETTINGS["tools"][0], CLUB_SETTINGS["tools"][3] | {"checked_by": "club_points"}]
    settings = OwnSettings.model_validate({"base_url": "https://club.example", "tools": tools})
    with pytest.raises(Invalid, match="checked_by"):
        choices(settings, operations_of(DOCUMENT))


def test_documents_are_read_as_yaml_and_older_ones_refused() -> None:
    text = b"openapi: 3.0.3\npaths:\n  /x:\n    get: {summary: Since 2020-01-01}\n"
    [one] = operations_of(read_document(text))
    assert (one["operation"], one["title"]) == ("GET /x", "Since 2020-01-01")
    for bad in (b"swagger: '2.0'\npaths: {}", b"[]", b"\xff\xfe", b"a: [", b"[" * 100_000):
        with pytest.raises(ValueError, match="document"):
            read_document(bad)

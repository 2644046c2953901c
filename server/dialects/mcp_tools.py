"""What programs may do by the Model Context Protocol: search the knowledge, see to handoffs.

Each tool is the same use case as a call below `/v1`, with the rights of the key that speaks.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from server.access.callers import Caller
from server.access.operators_acting import acting
from server.resources import Resources
from server.routes.handoffs import resolve
from server.routes.knowledge_bases import found_passages
from server.shapes.knowledge_schemas import SearchQuery
from server.shapes.schemas import Id, Resolve
from tenants.database.connection import tenant_transaction
from tenants.desk import assigning, handoff_content, handoffs
from tenants.desk.assigning import Wanted
from tenants.errors import Denied, NotFound
from tenants.knowledge import knowledge_bases

MOST_BASES = 8  # that one search looks into
MAX_TEXT_CHARS = 1_200
MAX_SUMMARY_CHARS = 600
Run = Callable[[Resources, Caller, Any], Awaitable[dict[str, Any]]]


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class SearchAsked(_Told):
    """What to look for."""

    query: str = Field(min_length=2, max_length=500)
    limit: int = Field(default=5, ge=1, le=10)
    knowledge_base_id: Id | None = Field(default=None, description="Left out: all of them.")


class HandoffsAsked(_Told):
    """Which handoffs."""

    status: Literal["waiting", "active", "resolved"] = "waiting"
    limit: int = Field(default=10, ge=1, le=25)


class HandoffAsked(_Told):
    """One handoff."""

    handoff_id: Id


class ClaimAsked(HandoffAsked):
    """Who takes it; left out: the key itself."""

    operator_id: Id | None = None


class ResolveAsked(ClaimAsked):
    """What the contact is told."""

    reply: str = Field(min_length=1, max_length=8_000)


@dataclass(frozen=True, slots=True)
class DoorTool:
    """One tool, and the scope that a key needs for it."""

    name: str
    description: str
    scope: str
    arguments: type[BaseModel]
    run: Run
    reads: bool = True


async def _search(held: Resources, caller: Caller, asked: SearchAsked) -> dict[str, Any]:
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        bases = await knowledge_bases.list_page(conn, limit=MOST_BASES)
    wanted = [base.knowledge_base_id for base in bases]
    if asked.knowledge_base_id is not None:
        wanted = [asked.knowledge_base_id]
    query = SearchQuery(query=asked.query, limit=asked.limit)
    found: list[Any] = []
    for knowledge_base_id in wanted:
        found += await found_passages(held, caller.tenant_id, knowledge_base_id, query)
    best = sorted(found, key=lambda one: -one["score"])[: asked.limit]
    return {"passages": [_passage(one) for one in best]}


def _passage(one: Any) -> dict[str, Any]:
    return {
        "passage_id": one["passage_id"],
        "knowledge_base_id": one["knowledge_base_id"],
        "document_id": one["document_id"],
        "title": one["title"],
        "question": one["question"],
        "text": str(one["text"])[:MAX_TEXT_CHARS],
        "score": round(float(one["score"]), 4),
    }


async def _bases(held: Resources, caller: Caller, asked: _Told) -> dict[str, Any]:
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        bases = await knowledge_bases.list_page(conn, limit=100)
    return {
        "knowledge_bases": [
            {"knowledge_base_id": str(base.knowledge_base_id), "name": base.name} for base in bases
        ]
    }


async def _handoffs(held: Resources, caller: Caller, asked: HandoffsAsked) -> dict[str, Any]:
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await assigning.list_page(conn, Wanted(asked.status), limit=asked.limit)
    return {"handoffs": [_handoff(one.public()) for one in found]}


def _handoff(shown: dict[str, Any]) -> dict[str, Any]:
    intents = shown.get("open_intents") or []
    return {
        "handoff_id": shown["handoff_id"],
        "conversation_id": shown["conversation_id"],
        "status": shown["status"],
        "reason": shown["reason"],
        "created_at": str(shown["created_at"]),
        "asked": [str(one.get("text") or "")[:MAX_SUMMARY_CHARS] for one in intents[:5]],
    }


async def _read(held: Resources, caller: Caller, asked: HandoffAsked) -> dict[str, Any]:
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        handoff = await handoffs.get(conn, asked.handoff_id)
        shown = await handoff_content.shown(conn, handoff)
    tried = shown.get("passages") or []
    return _handoff(shown) | {
        "summary": str(shown.get("summary") or "")[: 4 * MAX_SUMMARY_CHARS],
        "drafts": [str(one)[:MAX_TEXT_CHARS] for one in (shown.get("drafts") or [])[:3]],
        "passages": [
            {"title": one.get("title"), "text": str(one.get("text") or "")[:MAX_SUMMARY_CHARS]}
            for one in tried[:5]
        ],
    }


async def _claim(held: Resources, caller: Caller, asked: ClaimAsked) -> dict[str, Any]:
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, asked.operator_id)
        claimed, _ = await handoffs.claim(conn, asked.handoff_id, actor=who.actor, name=who.name)
    held.hub.committed(caller.tenant_id, claimed.conversation_id)
    return _handoff(claimed.public())


async def _resolve(held: Resources, caller: Caller, asked: ResolveAsked) -> dict[str, Any]:
    body = Resolve(reply=asked.reply, operator_id=asked.operator_id)
    return _handoff(await resolve(held, caller, asked.handoff_id, body))


DOOR_TOOLS: tuple[DoorTool, ...] = (
    DoorTool("search_knowledge", "Searches the company's published knowledge.", "knowledge",
             SearchAsked, _search),
    DoorTool("list_knowledge_bases", "Lists the company's knowledge bases.", "knowledge",
             _Told, _bases),
    DoorTool("list_handoffs", "Lists conversations in which a person is wanted.", "handoffs",
             HandoffsAsked, _handoffs),
    DoorTool("read_handoff", "Shows why a person is wanted, what was asked and what was tried.",
             "handoffs", HandoffAsked, _read),
    DoorTool("claim_handoff", "Takes a waiting handoff; the first claim wins.", "handoffs",
             ClaimAsked, _claim, reads=False),
    DoorTool("resolve_handoff", "Answers the contact and ends the handoff.", "handoffs",
             ResolveAsked, _resolve, reads=False),
)  # fmt: skip


def ids_in(asked: BaseModel) -> dict[str, UUID]:
    """The things that a call names, by the names of their ids: whom it acts for is none of them."""
    named = {name: value for name, value in asked if isinstance(value, UUID)}
    return {name: value for name, value in named.items() if name != "operator_id"}


def tools_for(caller: Caller) -> list[DoorTool]:
    """Those that the caller's scopes open."""
    return [tool for tool in DOOR_TOOLS if tool.scope in caller.scopes]


def tool_for(caller: Caller, name: str) -> DoorTool:
    """One of them. Raises: NotFound, Denied."""
    found = next((tool for tool in DOOR_TOOLS if tool.name == name), None)
    if found is None:
        raise NotFound("no such tool")
    if found.scope not in caller.scopes:
        raise Denied(f"the key lacks the scope `{found.scope}`", scope=found.scope)
    return found

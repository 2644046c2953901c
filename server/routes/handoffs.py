"""Handoffs: the operator's side of a conversation."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from server.access.auth import Caller, HandoffsDep
from server.access.operators_acting import Acting, acting
from server.admitting.intake import CheckedRoute
from server.learning import operator_verdicts
from server.learning.learning_near import near_entries
from server.learning.learning_what_if import what_if_learnt
from server.resources import Resources, ResourcesDep
from server.shapes.inbox_schemas import Assignment, EntryTried
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import AsOperator, HandoffShown, Id, OperatorMessage, Resolve
from tenants.database.connection import tenant_transaction
from tenants.desk import assigning, handoff_content, handoffs
from tenants.desk.assigning import Wanted
from tenants.desk.handoffs import Resolution, Resolved
from tenants.errors import Invalid
from tenants.lessons import learning
from tenants.transcripts import events
from tenants.transcripts.blocks import parse_blocks

router = APIRouter(prefix="/v1/handoffs", tags=["handoffs"], route_class=CheckedRoute)
RESOLVE_WAIT_SECONDS = 30


@router.get("", operation_id="list_handoffs")
async def list_handoffs(
    caller: HandoffsDep,
    held: ResourcesDep,
    paging: PagingDep,
    status: Annotated[Literal["waiting", "active", "resolved"] | None, Query()] = None,
    assignee_id: Annotated[Id | None, Query()] = None,
    team_id: Annotated[Id | None, Query()] = None,
    unassigned: Annotated[bool, Query(description="Nobody's and no team's.")] = False,
    order: Annotated[Literal["newest", "due"], Query()] = "newest",
) -> Page[HandoffShown]:
    """Handoffs, newest first, or by when they are due: then the open ones alone, in one page."""
    wanted = Wanted(status, assignee_id, team_id, unassigned)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        if order == "due":
            due = await assigning.list_due(conn, wanted, limit=paging.limit)
            return Page[HandoffShown](data=[HandoffShown(**one.public()) for one in due])
        found = await assigning.list_page(
            conn, wanted, limit=paging.limit + 1, after=paging.after_id
        )
    page = paging.page(found, lambda one: one.handoff_id, lambda one: one.public())
    return Page[HandoffShown](**page)


@router.get("/{handoff_id}", operation_id="get_handoff")
async def get_handoff(handoff_id: Id, caller: HandoffsDep, held: ResourcesDep) -> HandoffShown:
    """Why a person was asked, what is open, what was tried."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        handoff = await handoffs.get(conn, handoff_id)
        return HandoffShown(**await handoff_content.shown(conn, handoff))


@router.post("/{handoff_id}/claim", operation_id="claim_handoff")
async def claim_handoff(
    handoff_id: Id,
    caller: HandoffsDep,
    held: ResourcesDep,
    body: AsOperator | None = None,
) -> HandoffShown:
    """Take a waiting handoff; the first claim wins."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, body.operator_id if body else None)
        claimed, _ = await handoffs.claim(conn, handoff_id, actor=who.actor, name=who.name)
    held.hub.committed(caller.tenant_id, claimed.conversation_id)
    return HandoffShown(**claimed.public())


@router.patch("/{handoff_id}/assignment", operation_id="assign_handoff")
async def assign_handoff(
    handoff_id: Id, body: Assignment, caller: HandoffsDep, held: ResourcesDep
) -> HandoffShown:
    """Say which operator or team a handoff is for; anybody may still claim it."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        assigned = await assigning.assign(conn, handoff_id, body.model_dump(exclude_unset=True))
    return HandoffShown(**assigned.public())


@router.post("/{handoff_id}/messages", operation_id="send_operator_message", status_code=201)
async def send_operator_message(
    handoff_id: Id, new: OperatorMessage, caller: HandoffsDep, held: ResourcesDep
) -> dict[str, Any]:
    """Write to the contact; claims a handoff that nobody has."""
    blocks = parse_blocks(new.text, new.content, max_chars=held.settings.max_message_chars)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, new.operator_id)
        message, _ = await handoffs.say(conn, handoff_id, blocks, actor=who.actor, name=who.name)
    held.hub.committed(caller.tenant_id, message.conversation_id)
    return message.public()


@router.post("/{handoff_id}/resolve", operation_id="resolve_handoff")
async def resolve_handoff(
    handoff_id: Id, body: Resolve, caller: HandoffsDep, held: ResourcesDep
) -> HandoffShown:
    """End a handoff; answers when the reply is stored and what was learnt is searchable."""
    return HandoffShown(**await resolve(held, caller, handoff_id, body))


@router.post("/{handoff_id}/entry-preview", operation_id="preview_handoff_entry")
async def preview_handoff_entry(
    handoff_id: Id, tried: EntryTried, caller: HandoffsDep, held: ResourcesDep
) -> dict[str, Any]:
    """What `add_to_knowledge` would keep, what is there already, and what it would change."""
    tenant_id = caller.tenant_id
    async with tenant_transaction(held.pool, tenant_id) as conn:
        who = await acting(conn, caller, tried.operator_id)
        handoff = await handoffs.get(conn, handoff_id)
        learnt = await learning.to_learn(
            conn, handoff, tried.question, tried.answer, actor=who.actor, name=who.name
        )
    base_id, question = learnt.base.knowledge_base_id, str(learnt.entry["question"])
    house = held.jobs.house
    embedder = await house.embedders.of(learnt.base.embedding_model)
    vector = await embedder.embed_query(question)
    return {
        "knowledge_base_id": str(base_id),
        "knowledge_base_name": learnt.base.name,
        "entry": learnt.entry,
        "near": await near_entries(held.pool, tenant_id, base_id, question, vector=vector),
        "impact": await what_if_learnt(
            held.pool,
            tenant_id,
            learnt,
            embedder=embedder,
            models=house.models,
            days=tried.days,
        ),
    }


async def resolve(held: Resources, caller: Caller, handoff_id: Id, body: Resolve) -> dict[str, Any]:
    """Store the resolution, run the turn that resumes, and say what it came to."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, body.operator_id)
        decided = _resolution(body, who, max_chars=held.settings.max_message_chars)
        if decided.add_to_knowledge:
            await learning.check_can_learn(conn, handoff_id)
        resolved = await handoffs.resolve(conn, handoff_id, decided, actor=who.actor, name=who.name)
        await operator_verdicts.judge(conn, resolved.handoff, decided)
    conversation_id = resolved.handoff.conversation_id
    held.hub.committed(caller.tenant_id, conversation_id)
    held.turns.start(caller.tenant_id, resolved.turn_id)
    answer = await held.turns.wait(
        caller.tenant_id,
        conversation_id,
        resolved.turn_id,
        seconds=RESOLVE_WAIT_SECONDS,
    )
    return resolved.handoff.public() | {
        "turn_id": str(resolved.turn_id),
        "turn": answer if isinstance(answer, dict) else None,
        "learnt": await _learnt(held, caller, resolved),
    }


def _resolution(body: Resolve, who: Acting, *, max_chars: int) -> Resolution:
    reply = None
    if body.reply is not None or body.content is not None:
        reply = parse_blocks(body.reply, body.content, max_chars=max_chars)
    entry = None
    if not isinstance(body.add_to_knowledge, bool):
        entry = body.add_to_knowledge.model_dump(exclude_none=True)
        if not entry:
            raise Invalid("add_to_knowledge: true, or an object with `question` or `answer`")
    return Resolution(
        reply=reply,
        add_to_knowledge=bool(body.add_to_knowledge),
        entry=entry,
        may_write_knowledge=who.may_write_knowledge,
        return_to_assistant=body.return_to_assistant,
    )


async def _learnt(held: Resources, caller: Caller, resolved: Resolved) -> dict[str, Any] | None:
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await events.read_after(
            conn, resolved.handoff.conversation_id, resolved.event_id, limit=50
        )
    for event in found:
        if event.type == "knowledge_updated" and event.turn_id == resolved.turn_id:
            return event.data
    return None

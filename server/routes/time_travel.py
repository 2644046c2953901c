"""Time travel: a conversation forked at one of its turns, a turn run again."""

from typing import Any

from fastapi import APIRouter

from server.access.auth import Caller, ConversationsDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.routes.assistants import settings_with
from server.routes.conversations import conversation_shown, own_conversation
from server.running.replaying import check_step, replay_turn, shown
from server.shapes.schemas import (
    ConversationShown,
    Id,
    NewFork,
    ReplayShown,
    TurnOfConversation,
)
from tenants.actors import Actor
from tenants.configuring import assistants
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Conflict, Denied, Invalid, NotFound
from tenants.running import turns
from tenants.running.turns import Accepted, Turn
from tenants.transcripts import conversations, fork_origins, forks, messages
from tenants.transcripts.conversations import Conversation

router = APIRouter(
    prefix="/v1/conversations/{conversation_id}",
    tags=["conversations"],
    route_class=CheckedRoute,
)


@router.post("/fork", operation_id="fork_conversation", status_code=201)
async def fork_conversation(
    conversation_id: Id, new: NewFork, caller: ConversationsDep, held: ResourcesDep
) -> ConversationShown:
    """A new conversation that goes on from the end of a turn; nothing of it leaves it.

    With `step` the turn is run again there: up to that step with what its models and tools gave,
    from there on as things are today. With `before` it stands where the turn began. `settings` are
    tried in the fork alone.
    """
    if new.before and new.step is not None:
        raise Invalid("before: a fork behind a step stands where the turn began already")
    accepted: Accepted | None = None
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        source = await own_conversation(conn, caller, conversation_id)
        turn = await turns.get(conn, new.turn_id)
        if turn.conversation_id != conversation_id:
            raise NotFound("no such turn")
        if new.before and turn.kind != "message":
            raise Conflict("a fork before a turn needs a turn that a contact began")
        settings = await _to_try(conn, caller, source, new)
        if new.before:
            made = await forks.fork_before(conn, source, turn, settings=settings)
        elif new.step is None:
            made = await forks.fork(conn, source, turn, settings=settings)
        else:
            made = await _within(conn, source, turn, new.step, settings)
            accepted = await _ask_again(conn, source, made, turn)
        forked = await fork_origins.source_of(conn, made)
        made = await conversations.get(conn, made.conversation_id)
    if accepted is not None:
        held.hub.committed(caller.tenant_id, made.conversation_id, accepted.events)
        held.turns.take(caller.tenant_id, accepted)
    return ConversationShown(**conversation_shown(made), **forked)


async def _to_try(
    conn: TenantConnection, caller: Caller, source: Conversation, new: NewFork
) -> dict[str, Any] | None:
    """The settings that the fork tries, checked as the assistant's own are. Raises: Denied, Invalid."""
    if new.settings is None:
        return None
    if "assistants" not in (caller.scopes if caller.changes is None else caller.changes):
        raise Denied("trying other settings needs the scope `assistants`", scope="assistants")
    given = new.settings.model_dump(mode="json", exclude_unset=True)
    own = await assistants.get(conn, source.assistant_id)
    settings_with(own.settings.model_dump(mode="json"), given)
    return given


async def _within(
    conn: TenantConnection,
    source: Conversation,
    turn: Turn,
    step: int,
    settings: dict[str, Any] | None,
) -> Conversation:
    recorded = await check_step(conn, turn, step)
    if (started_from := recorded["started_from"]) is not None:
        await forks.check_not_pruned(conn, source.conversation_id, turn)
    return await forks.fork_within(
        conn, source, turn, step=step, started_from=started_from, settings=settings
    )


async def _ask_again(
    conn: TenantConnection, source: Conversation, made: Conversation, turn: Turn
) -> Accepted:
    """The turn's own messages, said in the fork; they are one turn there, too."""
    accepted: Accepted | None = None
    for message in await messages.of_turn(conn, turn.turn_id):
        if message.author_kind == "contact":
            accepted = await turns.accept(
                conn,
                made.conversation_id,
                blocks=message.blocks,
                author=Actor("contact", str(source.contact_id)),
                action_id=message.action_id,
            )
    if accepted is None:
        raise Conflict("nothing of what the contact said in this turn is left")
    return accepted


@router.post("/replay", operation_id="replay_turn", responses={200: {"model": ReplayShown}})
async def replay(
    conversation_id: Id, old: TurnOfConversation, caller: ConversationsDep, held: ResourcesDep
) -> dict[str, Any]:
    """Run a turn again with what its models and tools gave, and say what came to be different."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await own_conversation(conn, caller, conversation_id)
    replayed = await replay_turn(
        held.pool, held.runs.machine, caller.tenant_id, conversation_id, old.turn_id
    )
    return shown(conversation_id, old.turn_id, replayed)

"""Time travel: a conversation forked at one of its turns, a turn run again."""

from typing import Any

from fastapi import APIRouter

from server.access.auth import ConversationsDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.routes.conversations import conversation_shown, own_conversation
from server.running.replaying import replay_turn, shown
from server.shapes.schemas import ConversationShown, Id, ReplayShown, TurnOfConversation
from tenants.database.connection import tenant_transaction
from tenants.errors import NotFound
from tenants.running import turns
from tenants.transcripts import forks

router = APIRouter(
    prefix="/v1/conversations/{conversation_id}",
    tags=["conversations"],
    route_class=CheckedRoute,
)


@router.post("/fork", operation_id="fork_conversation", status_code=201)
async def fork_conversation(
    conversation_id: Id, new: TurnOfConversation, caller: ConversationsDep, held: ResourcesDep
) -> ConversationShown:
    """A new conversation that goes on from the end of a turn; nothing of it leaves it."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        source = await own_conversation(conn, caller, conversation_id)
        turn = await turns.get(conn, new.turn_id)
        if turn.conversation_id != conversation_id:
            raise NotFound("no such turn")
        made = await forks.fork(conn, source, turn)
        forked = await forks.source_of(conn, made)
    return ConversationShown(**conversation_shown(made), **forked)


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

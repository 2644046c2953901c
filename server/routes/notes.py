"""What operators say to each other about a conversation, and who of them looks at a handoff."""

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter

from server.access.auth import HandoffsDep
from server.access.operators_acting import acting
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.inbox_schemas import NewNote, NoteShown, WatcherShown, Watching
from server.shapes.paging import Page
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.desk import handoff_watchers, handoffs, notes
from tenants.transcripts import conversations

router = APIRouter(prefix="/v1", tags=["handoffs"], route_class=CheckedRoute)


@router.post("/conversations/{conversation_id}/notes", operation_id="add_note", status_code=201)
async def add_note(
    conversation_id: Id, new: NewNote, caller: HandoffsDep, held: ResourcesDep
) -> NoteShown:
    """A private note about a conversation, for the tenant's people alone."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        who = await acting(conn, caller, new.operator_id)
        note = await notes.add(conn, conversation_id, new.text, actor=who.actor, name=who.name)
    return NoteShown(**note.public())


@router.get("/conversations/{conversation_id}/notes", operation_id="list_notes")
async def list_notes(
    conversation_id: Id, caller: HandoffsDep, held: ResourcesDep
) -> Page[NoteShown]:
    """The notes about a conversation, oldest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        found = await notes.of_conversation(conn, conversation_id)
    return Page[NoteShown](data=[NoteShown(**note.public()) for note in found])


@router.put("/handoffs/{handoff_id}/watching", operation_id="watch_handoff")
async def watch_handoff(
    handoff_id: Id, body: Watching, caller: HandoffsDep, held: ResourcesDep
) -> Page[WatcherShown]:
    """Say that an operator looks at a handoff; the answer is who else does, and who is writing.

    Whose handoff it is is seen typing by the contact, too.
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        handoff = await handoffs.get(conn, handoff_id)
        who = (await acting(conn, caller, body.operator_id)).actor
        if who.kind != "operator":  # a key in nobody's name looks at nothing
            return Page[WatcherShown](data=[])
        operator_id = UUID(who.id)
        await handoff_watchers.look(
            conn, handoff_id, handoff.conversation_id, operator_id, is_typing=body.is_typing
        )
        found = await handoff_watchers.others(conn, handoff_id, operator_id)
    if body.is_typing and handoff.status == "active" and handoff.actor_id == who.id:
        typing = {"author": "operator"}
        held.hub.typing(caller.tenant_id, handoff.conversation_id, typing)
    return Page[WatcherShown](data=[WatcherShown(**asdict(one)) for one in found])

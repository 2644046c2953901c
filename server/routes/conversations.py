"""Conversations: opened by a tenant's program or by a contact, read by both."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from server.access.auth import Caller, ConversationsDep, TalkDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.routes.contacts import contact_for
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import (
    ConversationShown,
    Feedback,
    FeedbackShown,
    Id,
    MessageShown,
    NewConversation,
    Rating,
)
from tenants.configuring import assistants
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Conflict, NotFound
from tenants.keeping import conversation_erasing
from tenants.lessons import verdicts
from tenants.people import contacts
from tenants.transcripts import (
    conversations,
    feedback,
    fork_origins,
    messages,
    openings,
    outcomes,
    transcript_words,
)

router = APIRouter(prefix="/v1/conversations", tags=["conversations"], route_class=CheckedRoute)
Status = Literal["open", "waiting_for_operator", "resolved"]


@router.post("", operation_id="create_conversation", status_code=201)
async def create_conversation(
    new: NewConversation, caller: TalkDep, held: ResourcesDep
) -> ConversationShown:
    """Open a conversation of a contact with an assistant."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        assistant = await assistants.get(conn, new.assistant_id)
        if assistant.archived_at is not None:
            raise Conflict("the assistant is archived")
        if caller.contact_id is not None:
            if new.assistant_id != caller.assistant_id:
                raise NotFound("no such assistant")
            contact = await contacts.get(conn, caller.contact_id)
        else:
            contact = await contact_for(conn, new.contact)
        made = await conversations.create(
            conn,
            new.assistant_id,
            contact.contact_id,
            channel="widget" if caller.kind == "contact" else new.channel,
            metadata=new.metadata,
        )
    return ConversationShown(**conversation_shown(made))


@router.get("", operation_id="list_conversations")
async def list_conversations(
    caller: TalkDep,
    held: ResourcesDep,
    paging: PagingDep,
    status: Annotated[Status | None, Query()] = None,
    assistant_id: Annotated[Id | None, Query()] = None,
    contact_id: Annotated[Id | None, Query()] = None,
    channel: Annotated[str | None, Query(max_length=40)] = None,
    q: Annotated[
        str | None,
        Query(max_length=200, description="Words that were said in it, all of them."),
    ] = None,
) -> Page[ConversationShown]:
    """Conversations, newest first; a contact sees their own."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        words = await transcript_words.wanted(conn, q) if q and q.strip() else None
        found = await conversations.list_page(
            conn,
            limit=paging.limit + 1,
            after=paging.after_id,
            status=status,
            assistant_id=assistant_id,
            channel=channel,
            contact_id=caller.contact_id or contact_id,
            with_forks=caller.kind != "contact",
            words=words,
        )
        begun = await openings.of(conn, [one.conversation_id for one in found])
    page = paging.page(
        found,
        lambda one: one.conversation_id,
        lambda one: conversation_shown(one) | _opening_shown(begun.get(one.conversation_id)),
    )
    return Page[ConversationShown](**page)


@router.get("/{conversation_id}", operation_id="get_conversation")
async def get_conversation(
    conversation_id: Id, caller: TalkDep, held: ResourcesDep
) -> ConversationShown:
    """One conversation."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await own_conversation(conn, caller, conversation_id)
        forked = await fork_origins.source_of(conn, found)
        begun = await openings.of(conn, [conversation_id])
    opening = _opening_shown(begun.get(conversation_id))
    return ConversationShown(**conversation_shown(found), **opening, **forked)


@router.get("/{conversation_id}/outcomes", operation_id="list_outcomes")
async def list_outcomes(
    conversation_id: Id, caller: ConversationsDep, held: ResourcesDep
) -> dict[str, Any]:
    """What the conversation came to, every time it did, and what was mended on the way."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        found = await outcomes.history(conn, conversation_id)
    return {"data": [one.public() for one in found], "next_cursor": None}


@router.get("/{conversation_id}/feedback", operation_id="list_feedback", tags=["feedback"])
async def list_feedback(
    conversation_id: Id, caller: ConversationsDep, held: ResourcesDep
) -> Page[FeedbackShown]:
    """What the contact thinks of each answer and of the whole: the last word on each."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        found = await feedback.of_conversation(conn, conversation_id)
    return Page[FeedbackShown](data=[FeedbackShown(**one.public()) for one in found])


@router.delete("/{conversation_id}", operation_id="erase_conversation", status_code=204)
async def erase_conversation(
    conversation_id: Id, caller: ConversationsDep, held: ResourcesDep, response: Response
) -> None:
    """Erase a conversation with its files, for good; only what it cost stays in the ledger.

    `Location` is the receipt.
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        receipt = await conversation_erasing.erase(
            conn, "conversation", conversation_id, actor=caller.actor
        )
    response.headers["location"] = f"/v1/erasures/{receipt}"


@router.get("/{conversation_id}/messages", operation_id="list_messages", tags=["messages"])
async def list_messages(
    conversation_id: Id, caller: TalkDep, held: ResourcesDep, paging: PagingDep
) -> Page[MessageShown]:
    """The transcript in order; private notes are not for a contact's eyes."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await own_conversation(conn, caller, conversation_id)
        found = await messages.list_page(
            conn,
            conversation_id,
            limit=paging.limit + 1,
            after=paging.after_number,
            with_notes=caller.kind != "contact",
        )
    page = paging.page(found, lambda one: one.seq, lambda one: one.public())
    return Page[MessageShown](**page)


@router.post(
    "/{conversation_id}/messages/{message_id}/feedback",
    operation_id="give_feedback",
    status_code=201,
    tags=["feedback"],
)
async def give_feedback(
    conversation_id: Id,
    message_id: Id,
    new: Feedback,
    caller: TalkDep,
    held: ResourcesDep,
) -> dict[str, str]:
    """Say whether one answer helped."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await own_conversation(conn, caller, conversation_id)
        await messages.get(conn, conversation_id, message_id)
        feedback_id = await feedback.record(
            conn,
            conversation_id,
            message_id=message_id,
            helpful=new.helpful,
            reason=new.reason,
        )
        await verdicts.of_message(conn, conversation_id, message_id, is_right=new.helpful)
    return {"feedback_id": str(feedback_id)}


@router.post(
    "/{conversation_id}/rating",
    operation_id="rate_conversation",
    status_code=201,
    tags=["feedback"],
)
async def rate_conversation(
    conversation_id: Id, new: Rating, caller: TalkDep, held: ResourcesDep
) -> dict[str, str]:
    """Rate a whole conversation from 1 to 5."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await own_conversation(conn, caller, conversation_id)
        feedback_id = await feedback.record(
            conn, conversation_id, score=new.score, reason=new.reason
        )
    return {"feedback_id": str(feedback_id)}


async def own_conversation(
    conn: TenantConnection, caller: Caller, conversation_id: Id
) -> conversations.Conversation:
    """A conversation the caller may see. Raises: NotFound, also for another contact's."""
    found = await conversations.get(conn, conversation_id)
    caller.check_own(found.contact_id, origin=found.origin)
    return found


def _opening_shown(begun: openings.Opening | None) -> dict[str, str]:
    if begun is None:
        return {}
    return {"title": begun.title, "contact_name": begun.contact_name}


def conversation_shown(one: conversations.Conversation) -> dict[str, Any]:
    """A conversation as the API shows it."""
    return {
        "conversation_id": one.conversation_id,
        "assistant_id": one.assistant_id,
        "contact_id": one.contact_id,
        "channel": one.channel,
        "origin": one.origin,
        "status": one.status,
        "outcome": one.outcome,
        "language": one.language,
        "metadata": one.metadata,
        "last_event_id": one.last_event_id,
        "created_at": one.created_at,
        "last_active_at": one.last_active_at,
    }

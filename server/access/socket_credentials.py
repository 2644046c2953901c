"""Who opens a WebSocket, and from which page.

In the subprotocol list: a contact's token (`token.<…>`) or a single-use ticket (`ticket.<…>`). In the
`Authorization` header: an API key or a token. In a browser of the console: the session's cookie.
"""

from typing import get_args
from uuid import UUID

from fastapi import WebSocket

from server.access.auth import SESSION_COOKIE, Caller
from server.access.callers import CallerKind, operator_caller
from server.access.contact_tokens import TICKET_SECONDS, Ticket, contact_caller
from server.access.open_sockets import standing_of, why_not
from server.access.origins import is_allowed, is_own
from server.admitting.fair_loop import time_is_of
from server.errors import OriginDenied
from server.resources import Resources
from tenants.configuring import assistants
from tenants.database.connection import tenant_transaction
from tenants.errors import NotFound, Unauthenticated
from tenants.people.standing import spend_ticket

SUBPROTOCOL = "frontdesk.v1"
_TOKEN = "token."
_TICKET = "ticket."


async def caller_of_socket(
    socket: WebSocket, held: Resources, conversation_id: UUID | None = None
) -> Caller:
    """Who opens a socket; a ticket is spent by it, and good for its conversation alone.

    Raises: Unauthenticated, Suspended, OriginDenied.
    """
    for offered in socket.scope.get("subprotocols") or []:
        if offered.startswith(_TICKET):
            return await _by_ticket(held, offered.removeprefix(_TICKET), conversation_id)
        if offered.startswith(_TOKEN):
            return await held.credentials.caller_of(offered.removeprefix(_TOKEN))
    kind, _, secret = socket.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and secret:
        return await held.credentials.caller_of(secret)
    session = socket.cookies.get(SESSION_COOKIE)
    if session is None:
        raise Unauthenticated(
            "send a token or a ticket in the subprotocol list, or `Authorization: Bearer <key>`"
        )
    if not is_own(socket.headers.get("origin", ""), socket.headers.get("host", "")):
        raise OriginDenied("only the console's own pages may do this with a session")
    caller = await held.credentials.operator_of(session)
    caller.check_enrolled()
    return caller


async def check_origin(
    socket: WebSocket, held: Resources, caller: Caller, assistant_id: UUID
) -> None:
    """Raises: OriginDenied where a page may not open this socket with what it shows.

    A tenant's key is for programs and our own pages; what a contact or a ticket opens is for pages
    that the conversation's assistant names, too.
    """
    origin, host = socket.headers.get("origin"), socket.headers.get("host", "")
    if origin is None or is_own(origin, host):
        return
    if caller.kind == "contact" or _by_a_ticket(socket):
        try:
            async with tenant_transaction(held.pool, caller.tenant_id) as conn:
                assistant = await assistants.get(conn, assistant_id)
        except NotFound:
            raise OriginDenied("this page may not open a socket here") from None
        if is_allowed(origin, host, assistant.settings.allowed_origins):
            return
    raise OriginDenied("a page of this origin may not open a socket with that")


def _by_a_ticket(socket: WebSocket) -> bool:
    offered = socket.scope.get("subprotocols") or []
    return any(one.startswith(_TICKET) for one in offered)


async def _by_ticket(held: Resources, token: str, conversation_id: UUID | None) -> Caller:
    ticket = held.credentials.tokens.read_ticket(token)
    time_is_of(ticket.tenant_id)
    if ticket.conversation_id != conversation_id:
        raise Unauthenticated("the ticket is for another conversation")
    async with tenant_transaction(held.pool, ticket.tenant_id) as conn:
        if not await spend_ticket(conn, ticket.ticket_id, seconds=2 * TICKET_SECONDS):
            raise Unauthenticated("the ticket was used before; ask for a new one")
    caller = _caller(ticket)
    refusal = why_not(caller, await standing_of(held.pool, ticket.tenant_id, [caller]))
    if refusal is not None:
        raise refusal
    return caller


def _caller(ticket: Ticket) -> Caller:
    kind: CallerKind | None = next((k for k in get_args(CallerKind) if k == ticket.kind), None)
    if kind == "contact":
        return contact_caller(ticket.tenant_id, UUID(ticket.caller_id), ticket.assistant_id)
    if kind == "api_key":
        scopes = frozenset({"conversations"})
        return Caller("api_key", ticket.caller_id, ticket.caller_id, ticket.tenant_id, scopes)
    if kind == "operator" and ticket.role is not None:
        return operator_caller(
            ticket.tenant_id,
            UUID(ticket.caller_id),
            ticket.role,
            may_write_knowledge=False,
            session_id=ticket.session_id,
        )
    raise Unauthenticated("the ticket is not valid")

"""Every act is logged with its change: a witness of the route's transactions writes both together.

A route that changes something is watched unless it stands on the list below, each with its reason.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import Request

from server.access import anchors
from server.access.anchors import ANCHOR_FILE
from server.access.browsers import browser_of
from server.access.callers import Caller
from server.access.key_uses import KeyUses
from tenants import tenants
from tenants.database.connection import Pool, TenantConnection, tenant_transaction, witnesses
from tenants.errors import DeskError
from tenants.ids import parse_id
from tenants.keeping import audit, audit_subjects
from tenants.keeping.audit import Anchor, Entry

FLUSH_SECONDS = 600.0  # uses of keys are counted so long; a day's first is logged with an anchor
ANCHOR_SECONDS = 10.0

_SPEECH = "what is said stands in the transcript with its author"
_LOOKS = "it changes nothing"
_PAGE = "a page's visitor, who decides nothing"
NOT_LOGGED = {
    "send_message": _SPEECH,
    "write_in_session": _SPEECH,
    "send_operator_message": _SPEECH,
    "add_note": _SPEECH,
    "take_channel_event": _SPEECH,
    "create_conversation": _SPEECH,
    "add_conversation_file": _SPEECH,
    "answer_question": _LOOKS,
    "chat_with_bot": _LOOKS,
    "get_context": _LOOKS,
    "search_knowledge_base": _LOOKS,
    "classify_request": _LOOKS,
    "preview_import": _LOOKS,
    "preview_impact": _LOOKS,
    "preview_suggestion_impact": _LOOKS,
    "preview_handoff_entry": _LOOKS,
    "replay_turn": _LOOKS,
    "test_connector": _LOOKS,
    "create_ws_ticket": _LOOKS,
    "begin_provider_sign_in": _PAGE,
    "create_widget_session": _PAGE,
    "open_session": _PAGE,
    "give_feedback": _PAGE,
    "rate_conversation": _PAGE,
    "watch_handoff": "it says who looks, every few seconds",
    "set_operator_presence": "it says who is there, many times a day",
}
LOGGED_READS = frozenset(
    {"export_knowledge_base", "export_audit", "export_contact", "finish_provider_sign_in"}
)


class AuditTrail:
    """The audit log of one process: its key, what it has written last, how often keys were used."""

    def __init__(self, pool: Pool, *, master_key: bytes, folder: Path) -> None:
        self._pool = pool
        self._master_key = master_key
        self._file = folder / ANCHOR_FILE
        self._newest: dict[UUID, Anchor] = {}
        self.uses = KeyUses()

    async def append(self, conn: TenantConnection, entry: Entry) -> None:
        """Log an act as the last thing its transaction does."""
        self._newest[conn.tenant_id] = await audit.append(conn, entry, master_key=self._master_key)

    async def flush(self, *, first_only: bool = False) -> None:
        """Log how often keys were used, one row a key, and lay down the anchors.

        With `first_only`, those keys alone that nobody had used that day.
        """
        for key in self.uses.due(first_only=first_only):
            tenant_id, key_id = key
            uses = self.uses.take(key)
            try:
                async with tenant_transaction(self._pool, tenant_id) as conn:
                    if (await tenants.get(conn)).status != "erasing":
                        await self.append(conn, uses.entry(key_id))
            except DeskError:
                continue  # the tenant went meanwhile
            except BaseException:
                self.uses.give_back(key, uses)
                raise
        await self.anchor()

    async def anchor(self) -> None:
        """Write where the chains end to the data folder, outside the database.

        A row that was rolled back after it was noted is no fault: the next one takes its number, and
        only what was committed is asked for here.
        """
        newest, self._newest = self._newest, {}
        lines: list[str] = []
        for tenant_id in newest:
            async with tenant_transaction(self._pool, tenant_id) as conn:
                found = await audit.list_page(conn, audit.Wanted(), limit=1)
            lines += [anchors.line_of(tenant_id, Anchor(row.seq, row.hash)) for row in found]
        if lines and self._file.parent.is_dir():
            await asyncio.to_thread(anchors.add_lines, self._file, lines)

    async def work_forever(self, *, on_error: Callable[[Exception], None]) -> None:
        """Flush and anchor, again and again, until cancelled."""
        waited = 0.0
        while True:
            await asyncio.sleep(ANCHOR_SECONDS)
            waited += ANCHOR_SECONDS
            try:
                is_time = waited >= FLUSH_SECONDS
                waited = 0.0 if is_time else waited
                await self.flush(first_only=not is_time)
            except Exception as error:  # the loop must outlive the database
                on_error(error)


class RouteWitness:
    """Logs one route's act in the first of its transactions that writes."""

    def __init__(self, trail: AuditTrail, request: Request, action: str) -> None:
        self._trail = trail
        self._request = request
        self._action = action
        self._logged_by: TenantConnection | None = None
        self._before: dict[str, Any] | None = None
        self._asked = False
        self._named: dict[str, UUID] = {}
        self.caller: Caller | None = None
        self.over = False

    def meant(self, action: str, named: dict[str, UUID]) -> None:
        """What is really done, where one address does several things, and on what."""
        self._action, self._named = action, named

    @property
    def _watches(self) -> bool:
        return self.caller is not None and self._logged_by is None and not self.over

    async def begun(self, conn: TenantConnection) -> None:
        """Read what the act is about, once, before it is changed."""
        subject = self._subject()
        if self._watches and subject is not None and not self._asked:
            self._before = await audit_subjects.row_of(conn, subject)
            self._asked = True

    async def ending(self, conn: TenantConnection) -> None:
        """Log the act where the transaction wrote anything."""
        if self._watches and await audit_subjects.wrote(conn):
            self._logged_by = conn
            await self.log(conn)

    def undone(self, conn: TenantConnection) -> None:
        """What was logged is gone with the transaction."""
        if self._logged_by is conn:
            self._logged_by = None

    async def log(self, conn: TenantConnection) -> None:
        """Log the act as it stands now."""
        assert self.caller is not None
        made = await audit_subjects.made_by(conn, self._action)
        subject = made or self._subject()
        before = None if made else self._before
        after = await audit_subjects.row_of(conn, subject) if subject else None
        client = self._request.client
        entry = Entry(
            self.caller.actor,
            self._action,
            str(subject or ""),
            client.host if client else "",
            browser_of(self._request.headers.get("user-agent")),
            audit_subjects.changes(before, after),
        )
        await self._trail.append(conn, entry)

    @property
    def has_logged(self) -> bool:
        """Whether there is a row of this act."""
        return self._logged_by is not None

    def _subject(self) -> audit_subjects.Subject | None:
        given = dict(self._named)
        for name, value in self._request.path_params.items():
            known = parse_id(str(value))
            if known is not None:
                given[name] = known
        named = audit_subjects.of_path(given)
        if named is None and self.caller is not None:
            return audit_subjects.of_caller(self._action, self.caller.actor, self.caller.tenant)
        return named


def is_logged(operation_id: str | None, methods: set[str] | None) -> bool:
    """Whether a route's acts are logged."""
    if operation_id in LOGGED_READS:
        return True
    return not (methods or set()) <= {"GET", "HEAD"} and operation_id not in NOT_LOGGED


@asynccontextmanager
async def logging_acts(request: Request, action: str) -> AsyncGenerator[None]:
    """Watch what a route does inside."""
    held = request.app.state.resources
    watching = RouteWitness(held.trail, request, action)
    request.state.witness = watching
    token = witnesses.set((*witnesses.get(), watching))
    try:
        yield
        if action in LOGGED_READS and watching.caller is not None and not watching.has_logged:
            watching.over = True  # what this transaction writes is the log itself
            async with tenant_transaction(held.pool, watching.caller.tenant_id) as conn:
                await watching.log(conn)
    finally:
        watching.over = True
        witnesses.reset(token)


def acting(request: Any, caller: Caller) -> None:
    """Say who acts; until then nothing is logged."""
    held = request.app.state.resources
    client = request.client
    held.trail.uses.count(
        caller,
        address=client.host if client else "",
        user_agent=request.headers.get("user-agent"),
    )
    watching: RouteWitness | None = getattr(request.state, "witness", None)
    if watching is not None:
        watching.caller = caller

"""The sockets and streams that are open in this process, and whether who opened them may still stay.

Rights are looked at every two seconds, by one statement a tenant, however many it has open.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from server.access.callers import Caller
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import DeskError, Suspended, Unauthenticated
from tenants.people.standing import Standing, standing

LOOK_SECONDS = 2.0
END_SECONDS = 5.0  # for telling the last words to who may not stay


@dataclass(eq=False, slots=True)
class _Open:
    caller: Caller
    end: Callable[[DeskError], Awaitable[None]]


class OpenSockets:
    """Ends a socket or a stream within seconds of its caller's right."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._open: set[_Open] = set()

    @contextmanager
    def watching(
        self, caller: Caller, end: Callable[[DeskError], Awaitable[None]]
    ) -> Generator[None]:
        """Until the block ends, `end` is called once the caller may not stay."""
        one = _Open(caller, end)
        self._open.add(one)
        try:
            yield
        finally:
            self._open.discard(one)

    async def look(self) -> int:
        """Look at everybody's rights once; how many sockets were ended."""
        by_tenant: dict[UUID, list[_Open]] = {}
        for one in self._open:
            by_tenant.setdefault(one.caller.tenant_id, []).append(one)
        ending: list[Coroutine[Any, Any, None]] = []
        for tenant_id, held in by_tenant.items():
            found = await standing_of(self._pool, tenant_id, [one.caller for one in held])
            for one in held:
                refusal = why_not(one.caller, found)
                if refusal is not None:
                    self._open.discard(one)
                    ending.append(self._ended(one, refusal))
        await asyncio.gather(*ending)
        return len(ending)

    @staticmethod
    async def _ended(one: _Open, why: DeskError) -> None:
        """End one; who takes nothing more, or is gone already, keeps no other from its end."""
        with suppress(Exception):
            async with asyncio.timeout(END_SECONDS):
                await one.end(why)

    async def look_forever(self, *, on_error: Callable[[Exception], None]) -> None:
        """Look again and again; a database that is away ends nobody."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception as error:  # the loop must outlive the database
                on_error(error)


async def standing_of(pool: Pool, tenant_id: UUID, callers: list[Caller]) -> Standing:
    """What is still good of the callers of one tenant."""
    async with tenant_transaction(pool, tenant_id) as conn:
        return await standing(
            conn,
            api_keys=[UUID(one.id) for one in callers if one.kind == "api_key"],
            sessions=[one.session_id for one in callers if one.session_id],
            contacts=[one.contact_id for one in callers if one.contact_id],
        )


def why_not(caller: Caller, found: Standing) -> DeskError | None:
    """Why a caller may not stay; None where they may."""
    if found.status != "active":
        return Suspended("the tenant is suspended")
    if caller.ends_at is not None and caller.ends_at <= datetime.now(UTC):
        return Unauthenticated("the token has expired")
    match caller.kind:
        case "api_key":
            good = UUID(caller.id) in found.api_keys
        case "contact":
            good = caller.contact_id in found.contacts
        case "operator":
            roles = dict(zip(found.sessions, found.roles, strict=True))
            good = caller.session_id is not None and roles.get(caller.session_id) == caller.role
        case "platform":
            good = False
    return None if good else Unauthenticated("what opened this is good no longer")

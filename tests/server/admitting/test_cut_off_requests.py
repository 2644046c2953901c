"""A request under a key that is cut off from the database, or stopped, between two of its steps."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from fastapi import Request, Response
from fastapi.responses import JSONResponse
from psycopg import OperationalError

from server.admitting.idempotency import KeyEnds, answer_once
from tenants.database.connection import Pool, tenant_transaction
from tenants.database.hold_points import NOWHERE
from tenants.errors import Conflict, IdempotencyInFlight, Invalid
from tenants.people import contacts
from tests.seeds import Seeded, seed_tenant


def asked(pool: Pool, ends: KeyEnds) -> Request:
    """A request of an application that has what keys need, and no more."""
    held = SimpleNamespace(pool=pool, key_ends=ends, hold=NOWHERE)
    app = SimpleNamespace(state=SimpleNamespace(resources=held))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    return Request(
        {"type": "http", "method": "POST", "path": "/v1/contacts", "query_string": b"",
         "headers": [], "app": app},
        receive,
    )  # fmt: skip


class Work:
    """Makes a contact, then does what it was told to."""

    def __init__(self, pool: Pool, shop: Seeded, then: Any = None) -> None:
        self._pool, self._shop, self._then = pool, shop, then
        self.made = 0
        self.waits = asyncio.Event()

    async def __call__(self, request: Request) -> Response:
        async with tenant_transaction(self._pool, self._shop.tenant_id) as conn:
            await contacts.create(conn, {})
            if self._then == "undone":
                raise OperationalError("the database is away")
            if self._then == "refused":
                raise Invalid("not so")
        self.made += 1
        if self._then == "cut off":
            raise OperationalError("the database is away")
        if self._then == "stopped":
            self.waits.set()
            await asyncio.Event().wait()
        return JSONResponse({"done": True}, 201)


async def once(pool: Pool, ends: KeyEnds, work: Work, tenant_id: UUID) -> Response:
    return await answer_once(
        asked(pool, ends), work, key="k", secret=False, asker=(tenant_id, "api_key:1")
    )


async def test_what_was_committed_before_the_database_went_is_not_done_again(
    pool: Pool, neighbour: Seeded
) -> None:
    shop, ends = await seed_tenant(pool, "Cut off"), KeyEnds(pool)
    with pytest.raises(OperationalError):
        await once(pool, ends, Work(pool, shop, "cut off"), shop.tenant_id)
    again = Work(pool, shop)
    with pytest.raises((IdempotencyInFlight, Conflict)):
        await once(pool, ends, again, shop.tenant_id)
    assert again.made == 0


@pytest.mark.parametrize("then", ["undone", "refused"])
async def test_what_was_taken_back_may_be_tried_again(
    pool: Pool, neighbour: Seeded, then: str
) -> None:
    shop, ends = await seed_tenant(pool, "Taken back"), KeyEnds(pool)
    with pytest.raises((OperationalError, Invalid)):
        await once(pool, ends, Work(pool, shop, then), shop.tenant_id)
    again = Work(pool, shop)
    assert (await once(pool, ends, again, shop.tenant_id)).status_code == 201 and again.made == 1


class _Before(Work):
    """Waits before it has done anything."""

    async def __call__(self, request: Request) -> Response:
        self.waits.set()
        await asyncio.Event().wait()
        raise AssertionError("never reached")


@pytest.mark.parametrize("is_done", [True, False])
async def test_a_repeat_of_a_request_that_was_stopped_does_what_was_not_done(
    pool: Pool, neighbour: Seeded, is_done: bool
) -> None:
    shop, ends = await seed_tenant(pool, "Stopped"), KeyEnds(pool)
    work = Work(pool, shop, "stopped") if is_done else _Before(pool, shop)
    first = asyncio.create_task(once(pool, ends, work, shop.tenant_id))
    await work.waits.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await ends.settled()
    again = Work(pool, shop)
    if is_done:
        with pytest.raises((IdempotencyInFlight, Conflict)):
            await once(pool, ends, again, shop.tenant_id)
        assert again.made == 0
    else:
        assert (await once(pool, ends, again, shop.tenant_id)).status_code == 201

"""`Idempotency-Key` on every POST: the work is done once, a repeat gets the first answer.

A message has its own, stronger form: there the key becomes its `client_message_id`. Keys belong to
whoever shows them: a credential, a page that names its assistant, or a channel that signs.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from server.access.auth import Credentials
from tenants.database.absences import is_away
from tenants.database.connection import Pool, TenantConnection, tenant_transaction, witnesses
from tenants.errors import Conflict, DeskError, Invalid
from tenants.ids import parse_id
from tenants.keeping import audit_subjects
from tenants.outside import channel_routes
from tenants.working import idempotency

MAX_KEY_CHARS = 200
AGAIN_SECONDS = 1.0  # between tries to write down what became of a key
MOST_TRIES = 120  # then the key is free by itself
MOST_LATER = 1_000  # keys at once whose end waits for the database
_PLATFORM = UUID(int=0)  # the platform owner's keys belong to no tenant
_SECRET = "holds_a_secret"
Write = Callable[[TenantConnection], Awaitable[None]]
Handle = Callable[[Request], Awaitable[Response]]
Asker = tuple[UUID, str]  # the tenant under which a key is kept, and whose it is


class KeyEnds:
    """What became of keys, written at once, or as soon as a database that is away is back: else their
    repeats would be told for two minutes that the first request still runs.
    """

    def __init__(self, pool: Pool, *, again_seconds: float = AGAIN_SECONDS) -> None:
        self._pool = pool
        self._again_seconds = again_seconds
        self._later: set[asyncio.Task[None]] = set()

    async def write(self, tenant_id: UUID, write: Write) -> None:
        """Written on return, or soon. Raises whatever is no absence of the database."""
        if not await self._is_written(tenant_id, write):
            self.write_soon(tenant_id, write, after_seconds=self._again_seconds)

    def write_soon(self, tenant_id: UUID, write: Write, *, after_seconds: float = 0) -> None:
        """Have it written without waiting for it, for who is stopped."""
        if len(self._later) >= MOST_LATER:
            return
        task = asyncio.create_task(
            self._write_later(tenant_id, write, after_seconds), name="key-end"
        )
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def settled(self) -> None:
        """Return when nothing waits for the database any more."""
        while self._later:
            await asyncio.wait(self._later)

    async def _write_later(self, tenant_id: UUID, write: Write, after_seconds: float) -> None:
        for _ in range(MOST_TRIES):
            await asyncio.sleep(after_seconds)
            if await self._is_written(tenant_id, write):
                return
            after_seconds = self._again_seconds

    async def _is_written(self, tenant_id: UUID, write: Write) -> bool:
        try:
            async with tenant_transaction(self._pool, tenant_id) as conn:
                await write(conn)
        except Exception as error:
            if not is_away(error):
                raise
            return False
        return True


class _Done:
    """Marks the key in the first transaction of its request that writes, together with what it does."""

    def __init__(self, tenant_id: UUID, caller: str, key: str, operation: str) -> None:
        self._tenant_id, self._caller, self._key = tenant_id, caller, key
        self._operation = operation
        self._marked_by: TenantConnection | None = None
        self.over = False

    async def begun(self, conn: TenantConnection) -> None:
        """Nothing is done yet."""

    async def ending(self, conn: TenantConnection) -> None:
        """Mark it where the transaction wrote anything."""
        is_open = not self.over and self._marked_by is None and conn.tenant_id == self._tenant_id
        if is_open and await audit_subjects.wrote(conn):
            self._marked_by = conn
            made = await audit_subjects.made_lately(conn, self._operation)
            ids = {made.noun: made.id} if made is not None else {}
            await idempotency.mark_done(conn, self._caller, self._key, ids)

    def undone(self, conn: TenantConnection) -> None:
        """The mark is gone with the work."""
        if self._marked_by is conn:
            self._marked_by = None


@contextmanager
def _marking_done(tenant_id: UUID, caller: str, key: str, operation: str) -> Generator[None]:
    marking = _Done(tenant_id, caller, key, operation)
    token = witnesses.set((*witnesses.get(), marking))
    try:
        yield
    finally:
        marking.over = True  # tasks that the handler began live on
        witnesses.reset(token)


async def answer_once(
    request: Request,
    handle: Handle,
    *,
    key: str,
    secret: bool,
    operation: str = "",
    asker: Asker | None = None,
) -> Response:
    """The handler's answer, or the one it gave under this key before.

    `asker` is given where the handler alone knows who asks. Raises: IdempotencyReused,
    IdempotencyInFlight, and Conflict for an answer that held a secret.
    """
    if not 0 < len(key) <= MAX_KEY_CHARS:
        raise Invalid(f"Idempotency-Key: 1 to {MAX_KEY_CHARS} characters")
    whose = asker or await _asker(request)
    if whose is None:
        return await handle(request)  # it refuses by itself, or finds out who asks
    pool: Pool = request.app.state.resources.pool
    tenant_id, name = whose
    # read before the transaction: the body may come slowly
    asked = asked_hash(request.method, request.url.path, request.url.query, await request.body())
    async with tenant_transaction(pool, tenant_id) as conn:
        first = await idempotency.begin(conn, name, key, asked)
    if first is not None:
        return _repeated(first)
    held = request.app.state.resources
    ends: KeyEnds = held.key_ends
    forget = partial(idempotency.forget, caller=name, key=key)
    forget_undone = partial(idempotency.forget_undone, caller=name, key=key)
    try:
        with _marking_done(tenant_id, name, key, operation):
            response = await handle(request)
    except DeskError:  # a refusal is no answer to keep: the key may be used again
        await ends.write(tenant_id, forget)
        raise
    except Exception:  # it may have failed behind its work, or with a commit that did arrive
        await ends.write(tenant_id, forget_undone)
        raise
    except asyncio.CancelledError:
        ends.write_soon(tenant_id, forget_undone)
        raise
    await held.hold.reach("before_answer", key)
    body = _body(response)
    if body is None:
        await ends.write(tenant_id, forget)
    else:
        kept = _without_secret(body) if secret else body
        finish = partial(
            idempotency.finish, caller=name, key=key, status=response.status_code, body=kept
        )
        await ends.write(tenant_id, finish)
    return response


def asked_hash(method: str, path: str, query: str, body: bytes) -> bytes:
    """What makes two requests the same."""
    return hashlib.sha256(f"{method} {path}?{query}\n".encode() + body).digest()


async def _asker(request: Request) -> Asker | None:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    held = request.app.state.resources
    if kind.lower() == "bearer" and secret:
        credentials: Credentials = held.credentials
        caller = await credentials.caller_of(secret)
        return caller.tenant or _PLATFORM, f"{caller.kind}:{caller.id}"
    assistant_id = await _named_assistant(request)
    if assistant_id is None:
        return None
    tenant_id = await channel_routes.find_tenant(held.pool, "widget", str(assistant_id))
    page = request.client.host if request.client else "unknown"
    return (tenant_id, f"page:{page}") if tenant_id is not None else None


async def _named_assistant(request: Request) -> UUID | None:
    """The assistant that a page's body names; what cannot be read is the handler's to explain."""
    try:
        body = await request.json()
    except (ValueError, DeskError):
        return None
    named = body.get("assistant_id") if isinstance(body, dict) else None
    return parse_id(named) if isinstance(named, str) else None


def _repeated(first: idempotency.Remembered) -> Response:
    body = first.body
    if isinstance(body, dict) and body.get(_SECRET):
        ids = {key: value for key, value in body.items() if key.endswith("_id")}
        if idempotency.is_unanswered(body):
            raise Conflict(
                "this was done before, by a process that died before its answer was kept; look for "
                "what it made instead of sending it again under another key",
                **ids,
            )
        raise Conflict("this was done before; its answer held a secret and is not kept", **ids)
    return JSONResponse(body, first.status, headers={"idempotent-replayed": "true"})


def _body(response: Response) -> Any | None:
    kind = response.headers.get("content-type", "")
    if response.status_code >= 500 or not kind.startswith("application/json"):
        return None
    return json.loads(bytes(response.body))


def _without_secret(body: dict[str, Any]) -> dict[str, Any]:
    ids = {key: value for key, value in body.items() if key.endswith("_id")}
    return ids | {_SECRET: True}

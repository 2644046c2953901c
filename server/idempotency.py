"""`Idempotency-Key` on every POST: the work is done once, a repeat gets the first answer.

A message has its own, stronger form: there the key becomes its `client_message_id`.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from server.auth import Caller, Credentials
from tenants import idempotency
from tenants.connection import Pool, tenant_transaction
from tenants.errors import Conflict, Invalid

MAX_KEY_CHARS = 200
_PLATFORM = UUID(int=0)  # the platform owner's keys belong to no tenant
_SECRET = "holds_a_secret"
Handle = Callable[[Request], Awaitable[Response]]


async def answer_once(request: Request, handle: Handle, *, key: str, secret: bool) -> Response:
    """The handler's answer, or the one it gave under this key before.

    Raises: IdempotencyReused, IdempotencyInFlight, and Conflict for an answer that held a secret.
    """
    if not 0 < len(key) <= MAX_KEY_CHARS:
        raise Invalid(f"Idempotency-Key: 1 to {MAX_KEY_CHARS} characters")
    caller = await _caller(request)
    if caller is None:
        return await handle(request)  # it refuses by itself, or keeps nothing
    pool: Pool = request.app.state.resources.pool
    tenant_id, name = caller.tenant or _PLATFORM, f"{caller.kind}:{caller.id}"
    asked = await _hash(request)  # before the transaction: the body may come slowly
    async with tenant_transaction(pool, tenant_id) as conn:
        first = await idempotency.begin(conn, name, key, asked)
    if first is not None:
        return _repeated(first)
    try:
        response = await handle(request)
    except Exception:  # a failure is no answer to keep: the key may be used again
        async with tenant_transaction(pool, tenant_id) as conn:
            await idempotency.forget(conn, name, key)
        raise
    body = _body(response)
    async with tenant_transaction(pool, tenant_id) as conn:
        if body is None:
            await idempotency.forget(conn, name, key)
        else:
            kept = _without_secret(body) if secret else body
            await idempotency.finish(conn, name, key, response.status_code, kept)
    return response


async def _caller(request: Request) -> Caller | None:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        return None
    credentials: Credentials = request.app.state.resources.credentials
    return await credentials.caller_of(secret)


async def _hash(request: Request) -> bytes:
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(asked + await request.body()).digest()


def _repeated(first: idempotency.Remembered) -> Response:
    body = first.body
    if isinstance(body, dict) and body.get(_SECRET):
        ids = {key: value for key, value in body.items() if key != _SECRET}
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

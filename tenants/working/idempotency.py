"""`Idempotency-Key`: the first request under a key does the work, its repeats get its answer."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import IdempotencyInFlight, IdempotencyReused
from tenants.keys import codec

_RESPONSE = "idempotency_keys.response"
MAX_MENTIONS = 1_000
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEPT_HOURS = 24
_FORGOTTEN_AT_ONCE = 20  # with each key that is finished: more go than come
_DONE_UNANSWERED = {"holds_a_secret": True, "answer_lost": True}  # a secret, to the release before
_IN_FLIGHT_SECONDS = 120  # a request that took longer died with its process


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answer the first request got: status, media type and body."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class _Row:
    request_hash: bytes
    status: int | None
    response: bytes | None
    stale: bool
    young: bool
    fresh: bool


async def begin(
    conn: TenantConnection, caller: str, key: str, request_hash: bytes
) -> Remembered | None:
    """None for the first request under a key, else what it answered.

    Raises: IdempotencyReused for another body, IdempotencyInFlight while the first one runs.
    """
    row = await conn.row(
        _Row,
        """
        insert into idempotency_keys (tenant_id, caller, key, request_hash)
        values (%(tenant_id)s, %(caller)s, %(key)s, %(request_hash)s)
        on conflict (tenant_id, caller, key) do update
           set key = excluded.key
        returning request_hash, status, response,
                  status is null and created_at < now() - make_interval(secs => %(in_flight)s)
                  or created_at < now() - make_interval(hours => %(kept)s) as stale,
                  created_at >= now() - make_interval(secs => %(in_flight)s) as young,
                  xmax = 0 as fresh
        """,
        {
            "caller": caller,
            "key": key,
            "request_hash": request_hash,
            "in_flight": _IN_FLIGHT_SECONDS,
            "kept": KEPT_HOURS,
        },
    )
    assert row is not None
    if row.fresh:
        return None
    if row.stale:
        await conn.execute(
            """
            update idempotency_keys
               set request_hash = %(request_hash)s, status = null, response = null,
                   created_at = now()
             where tenant_id = %(tenant_id)s and caller = %(caller)s and key = %(key)s
            """,
            {"caller": caller, "key": key, "request_hash": request_hash},
        )
        return None
    if row.request_hash != request_hash:
        raise IdempotencyReused("this Idempotency-Key was used with another request body")
    if row.status is None or row.response is None:
        raise IdempotencyInFlight("the first request under this Idempotency-Key is still running")
    body = codec.decode(row.response, _RESPONSE, caller, key)
    if is_unanswered(body) and row.young:  # its answer may be on its way
        raise IdempotencyInFlight("the first request under this Idempotency-Key is being answered")
    return Remembered(row.status, body)


async def finish(conn: TenantConnection, caller: str, key: str, status: int, body: Any) -> None:
    """Keep the first request's answer for its repeats, and let go of what was kept long enough."""
    await conn.execute(
        """
        delete from idempotency_keys
         where tenant_id = %(tenant_id)s
           and (caller, key) in (select caller, key
                                   from idempotency_keys
                                  where tenant_id = %(tenant_id)s
                                    and created_at < now() - make_interval(hours => %(kept)s)
                                  order by created_at
                                  limit %(most)s
                                    for update skip locked)
        """,
        {"kept": KEPT_HOURS, "most": _FORGOTTEN_AT_ONCE},
    )
    await conn.execute(
        """
        update idempotency_keys
           set status = %(status)s, response = %(response)s, mentions = %(mentions)s
         where tenant_id = %(tenant_id)s
           and caller = %(caller)s
           and key = %(key)s
        """,
        {
            "caller": caller,
            "key": key,
            "status": status,
            "response": codec.personal(body, _RESPONSE, caller, key),
            "mentions": _mentioned(body),
        },
    )


def is_unanswered(body: Any) -> bool:
    """Whether a request's work was done, and its answer never kept."""
    return isinstance(body, dict) and _DONE_UNANSWERED.items() <= body.items()


async def mark_done(
    conn: TenantConnection, caller: str, key: str, made: Mapping[str, UUID]
) -> None:
    """Say, in the transaction that does a request's work, that it is done, and what it made: should
    the process die before the answer is kept, no repeat does it again.
    """
    ids = {name: str(one) for name, one in made.items()}
    await conn.execute(
        """
        update idempotency_keys
           set status = 200, response = %(response)s, mentions = %(mentions)s
         where tenant_id = %(tenant_id)s
           and caller = %(caller)s
           and key = %(key)s
        """,
        {
            "caller": caller,
            "key": key,
            "response": codec.personal(_DONE_UNANSWERED | ids, _RESPONSE, caller, key),
            "mentions": list(made.values()),
        },
    )


async def forget(conn: TenantConnection, caller: str, key: str) -> None:
    """Drop a key whose request did nothing, so that it may be tried again."""
    await conn.execute(
        """
        delete from idempotency_keys
         where tenant_id = %(tenant_id)s
           and caller = %(caller)s
           and key = %(key)s
        """,
        {"caller": caller, "key": key},
    )


async def forget_undone(conn: TenantConnection, caller: str, key: str) -> None:
    """Drop a key unless its request's work is marked as done."""
    await conn.execute(
        """
        delete from idempotency_keys
         where tenant_id = %(tenant_id)s
           and caller = %(caller)s
           and key = %(key)s
           and status is null
        """,
        {"caller": caller, "key": key},
    )


async def forget_mentions(conn: TenantConnection, mentioned: UUID) -> int:
    """Drop the kept answers that speak of something, because it is erased; how many there were."""
    gone = await conn.execute(
        """
        delete from idempotency_keys
         where tenant_id = %(tenant_id)s
           and (mentions @> array[%(mentioned)s::uuid]
                or position(convert_to(%(mentioned)s::uuid::text, 'UTF8') in response) > 0)
        """,
        {"mentioned": mentioned},
    )
    return gone.rowcount


def _mentioned(body: Any) -> list[UUID]:
    """The ids in an answer, which can still be looked for where the answer is sealed."""
    found = _ID.findall(json.dumps(body, default=str))
    return [UUID(one) for one in dict.fromkeys(found)][:MAX_MENTIONS]

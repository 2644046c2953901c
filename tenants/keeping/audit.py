"""The audit log: one chain of keyed hashes a tenant, appended to within the transaction of the act.

Each row's hash is an HMAC over the hash before it, its number and what it says; the key is derived
from the master key and never in the database, so whoever can write there cannot write a chain that
fits. What is cut off at the end is told by anchors (`server/access/auditing.py`), kept outside.
"""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tenants.actors import Actor
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.keys import codec
from tenants.keys.secrets import derived_key

FIRST = b"\x00" * 32  # what stands before the first row
_BLOCK = 64
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: by whom, what, on what, from where, and what changed."""

    actor: Actor
    action: str
    subject: str = ""
    address: str = ""
    browser: str = ""
    details: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a chain ended once."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Logged:
    seq: int
    at: datetime
    actor_kind: str
    actor_id: str
    action: str
    subject: str
    address: str
    browser: str
    content: bytes
    hash: bytes

    def public(self) -> dict[str, Any]:
        """The row as the API and the export show it."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "actor": {"kind": self.actor_kind, "id": self.actor_id},
            "action": self.action,
            "subject": self.subject,
            "address": self.address,
            "browser": self.browser,
            "details": codec.decode(self.content),
            "hash": self.hash.hex(),
        }

    def said(self) -> bytes:
        """What the hash is about, beside the number and the hash before."""
        return _said(
            self.at,
            Actor(self.actor_kind, self.actor_id),  # pyright: ignore[reportArgumentType]  # as it was written
            (self.action, self.subject, self.address, self.browser),
            self.content,
        )


def chain_key(master_key: bytes, tenant_id: object) -> bytes:
    """The key of one tenant's chain."""
    return derived_key(master_key, f"audit:{tenant_id}")


async def append(conn: TenantConnection, entry: Entry, *, master_key: bytes) -> Anchor:
    """Put an act at the chain's end; it stands there if the transaction commits.

    The chain is locked from here to the commit: let this be the transaction's last statement.
    """
    key = chain_key(master_key, conn.tenant_id).ljust(_BLOCK, b"\x00")
    at = datetime.now(UTC)
    content = codec.encode(entry.details)
    words = (entry.action, entry.subject, entry.address[:64], entry.browser[:80])
    named = {
        "at": at,
        "actor_kind": entry.actor.kind,
        "actor_id": entry.actor.id,
        "action": words[0],
        "subject": words[1],
        "address": words[2],
        "browser": words[3],
        "content": content,
        "said": _said(at, entry.actor, words, content),
        "first": FIRST,
        "inner": bytes(one ^ 0x36 for one in key),
        "outer": bytes(one ^ 0x5C for one in key),
    }
    async with conn.pipeline():
        await conn.execute(
            "select pg_advisory_xact_lock(hashtextextended('audit:' || %(tenant_id)s::text, 0))"
        )
        # a statement of its own: it must see what was committed while it waited for the lock
        made = await conn.execute(
            """
            insert into audit_log (tenant_id, seq, at, actor_kind, actor_id, action, subject,
                                   address, browser, content, hash)
            select %(tenant_id)s::uuid, n.seq, %(at)s::timestamptz, %(actor_kind)s::text,
                   %(actor_id)s::text, %(action)s::text, %(subject)s::text, %(address)s::text,
                   %(browser)s::text, %(content)s::bytea,
                   sha256(%(outer)s::bytea
                          || sha256(%(inner)s::bytea || n.before || int8send(n.seq)
                                    || %(said)s::bytea))
              from (select coalesce(max(l.seq), 0) + 1 as seq,
                           coalesce((select e.hash
                                       from audit_log e
                                      where e.tenant_id = %(tenant_id)s::uuid
                                      order by e.seq desc
                                      limit 1), %(first)s::bytea) as before
                      from audit_log l
                     where l.tenant_id = %(tenant_id)s::uuid) n
            returning seq, hash
            """,
            named,
        )
    row = await made.fetchone()
    assert row is not None
    return Anchor(int(row[0]), bytes(row[1]))


def _said(at: datetime, actor: Actor, words: Sequence[str], content: bytes) -> bytes:
    stood = [
        at.astimezone(UTC).isoformat(),
        actor.kind,
        actor.id,
        *words,
        hashlib.sha256(content).hexdigest(),
    ]
    return json.dumps(stood, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows; None asks for nothing in particular."""

    actor_id: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_page(
    conn: TenantConnection, wanted: Wanted, *, limit: int, before: int | None = None
) -> list[Logged]:
    """Rows before a number, the newest first."""
    return await conn.rows(
        Logged,
        """
        select seq, at, actor_kind, actor_id, action, subject, address, browser, content, hash
          from audit_log
         where tenant_id = %(tenant_id)s
           and (%(before)s::bigint is null or seq < %(before)s)
           and (%(actor_id)s::text is null or actor_id = %(actor_id)s)
           and (%(action)s::text is null or action = %(action)s)
           and (%(subject)s::text is null or subject = %(subject)s)
           and (%(since)s::timestamptz is null or at >= %(since)s)
           and (%(until)s::timestamptz is null or at < %(until)s)
         order by seq desc
         limit %(limit)s
        """,
        {
            "before": before,
            "actor_id": wanted.actor_id,
            "action": wanted.action,
            "subject": wanted.subject,
            "since": wanted.since,
            "until": wanted.until,
            "limit": limit,
        },
    )


async def read_all(pool: Pool, tenant_id: Any, *, after: int = 0) -> AsyncIterator[list[Logged]]:
    """The whole chain in its order, some hundred rows a time, no connection held between."""
    while True:
        async with tenant_transaction(pool, tenant_id) as conn:
            found = await conn.rows(
                Logged,
                """
                select seq, at, actor_kind, actor_id, action, subject, address, browser, content,
                       hash
                  from audit_log
                 where tenant_id = %(tenant_id)s
                   and seq > %(after)s
                 order by seq
                 limit %(limit)s
                """,
                {"after": after, "limit": _BATCH},
            )
        if not found:
            return
        yield found
        after = found[-1].seq


async def verify(
    pool: Pool, tenant_id: Any, *, master_key: bytes, anchors: Sequence[Anchor] = ()
) -> tuple[int, list[str]]:
    """How many rows there are, and what is wrong with them, in words.

    A row that was edited, moved or put in has a hash that does not fit the one before it; what was
    taken out leaves a gap, or at the end less than an anchor saw.
    """
    key = chain_key(master_key, tenant_id)
    known = {anchor.seq: anchor.hash for anchor in anchors}
    faults: list[str] = []
    before, seq, rows = FIRST, 0, 0
    async for batch in read_all(pool, tenant_id):
        for row in batch:
            rows += 1
            if row.seq != seq + 1:
                faults.append(f"{_span(seq + 1, row.seq - 1)} missing")
            elif not hmac.compare_digest(_hash(key, before, row), row.hash):
                faults.append(f"row {row.seq} was changed, moved or put in")
            anchored = known.pop(row.seq, row.hash)
            if anchored != row.hash:
                faults.append(f"row {row.seq} is another one than its anchor saw")
            before, seq = row.hash, row.seq
    if known:
        faults.append(f"{_span(seq + 1, max(max(known), seq + 1))} missing at the end")
    return rows, faults


def _hash(key: bytes, before: bytes, row: Logged) -> bytes:
    return hmac.new(key, before + row.seq.to_bytes(8, "big") + row.said(), hashlib.sha256).digest()


def _span(first: int, last: int) -> str:
    return f"row {first} is" if first == last else f"rows {first} to {last} are"

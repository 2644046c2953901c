"""How each assistant reads the product's confidence: immutable revisions, and which is in force.

Revision 0 is the product's own reading. A turn pins the revision it ran under, as it does with the
assistant's settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.actors import Actor
from tenants.database.connection import RouterConnection, TenantConnection
from tenants.errors import NotFound

Cause = Literal["command", "verdicts"]
KEPT_REVISIONS = 200  # of one assistant, the newest and the one in force


@dataclass(frozen=True, slots=True)
class Calibration:
    """One revision: what it was fitted to and how well it stood on outcomes held aside."""

    revision: int
    model: str  # the product's own model that it corrects
    correction: dict[str, Any]
    figures: dict[str, Any]
    cause: Cause
    actor_kind: str
    actor_id: str
    created_at: datetime

    def public(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "revision": self.revision,
            "correction": self.correction,
            "figures": self.figures,
            "cause": self.cause,
            "made_by": {"kind": self.actor_kind, "id": self.actor_id},
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
        }


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds for an assistant now; revision 0 has no correction."""

    revision: int
    automatic: bool
    model: str | None
    correction: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Due:
    """An assistant with verdicts that nobody has looked at."""

    tenant_id: UUID
    assistant_id: UUID


async def in_force(conn: TenantConnection, assistant_id: UUID) -> InForce:
    """The product's own where none was ever made."""
    found = await conn.row(
        InForce,
        """
        select h.revision, h.automatic, c.model, c.correction
          from calibration_heads h
          left join calibrations c
            on c.tenant_id = %(tenant_id)s
           and c.assistant_id = h.assistant_id
           and c.revision = h.revision
         where h.tenant_id = %(tenant_id)s
           and h.assistant_id = %(assistant_id)s
        """,
        {"assistant_id": assistant_id},
    )
    return found or InForce(0, True, None, None)


async def history(
    conn: TenantConnection, assistant_id: UUID, *, limit: int, after: int | None = None
) -> list[Calibration]:
    """Revisions, the newest first."""
    return await conn.rows(
        Calibration,
        """
        select revision, model, correction, figures, cause, actor_kind, actor_id, created_at
          from calibrations
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
           and (%(after)s::int is null or revision < %(after)s)
         order by revision desc
         limit %(limit)s
        """,
        {"assistant_id": assistant_id, "after": after, "limit": limit},
    )


async def save(
    conn: TenantConnection,
    assistant_id: UUID,
    *,
    model: str,
    correction: Mapping[str, Any],
    figures: Mapping[str, Any],
    cause: Cause,
    actor: Actor,
) -> int:
    """The number of a new revision, which is in force from now on."""
    await lock(conn, assistant_id)
    cursor = await conn.execute(
        """
        insert into calibrations (tenant_id, assistant_id, revision, model, correction, figures,
                                  cause, actor_kind, actor_id)
        values (%(tenant_id)s, %(assistant_id)s,
                1 + coalesce((select max(revision)
                                from calibrations
                               where tenant_id = %(tenant_id)s
                                 and assistant_id = %(assistant_id)s), 0),
                %(model)s, %(correction)s, %(figures)s, %(cause)s, %(actor_kind)s, %(actor_id)s)
        returning revision
        """,
        {
            "assistant_id": assistant_id,
            "model": model,
            "correction": Jsonb(dict(correction)),
            "figures": Jsonb(dict(figures)),
            "cause": cause,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )
    made = await cursor.fetchone()
    assert made is not None  # an insert returns its row
    await use(conn, assistant_id, revision=made[0])
    await _forget_oldest(conn, assistant_id)
    return made[0]


async def use(
    conn: TenantConnection,
    assistant_id: UUID,
    *,
    revision: int | None = None,
    automatic: bool | None = None,
) -> None:
    """Put a revision in force (0 is the product's own), let verdicts change it or not.

    None leaves it as it is. Raises: NotFound where there is no such revision.
    """
    await lock(conn, assistant_id)
    changed = await conn.execute(
        """
        update calibration_heads h
           set revision = coalesce(%(revision)s, h.revision),
               automatic = coalesce(%(automatic)s, h.automatic)
         where h.tenant_id = %(tenant_id)s
           and h.assistant_id = %(assistant_id)s
           and (coalesce(%(revision)s, 0) = 0
                or exists (select
                             from calibrations c
                            where c.tenant_id = %(tenant_id)s
                              and c.assistant_id = %(assistant_id)s
                              and c.revision = %(revision)s))
        """,
        {"assistant_id": assistant_id, "revision": revision, "automatic": automatic},
    )
    if changed.rowcount == 0:
        raise NotFound("this assistant has no such calibration")


async def lock(conn: TenantConnection, assistant_id: UUID) -> InForce:
    """What is in force, alone with it until the transaction ends."""
    await conn.execute(
        """
        insert into calibration_heads (tenant_id, assistant_id)
        values (%(tenant_id)s, %(assistant_id)s)
        on conflict (tenant_id, assistant_id) do update set revision = calibration_heads.revision
        """,
        {"assistant_id": assistant_id},
    )
    return await in_force(conn, assistant_id)


async def due(router: RouterConnection, *, limit: int) -> list[Due]:
    """Assistants whose verdicts have waited long enough."""
    return await router.rows(
        Due,
        """
        select tenant_id, assistant_id
          from calibration_heads
         where due_at <= now()
         order by due_at
         limit %(limit)s
        """,
        {"limit": limit},
    )


async def looked_at(conn: TenantConnection, assistant_id: UUID) -> None:
    """Every verdict until now was taken into account."""
    await conn.execute(
        """
        update calibration_heads
           set due_at = null
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
        """,
        {"assistant_id": assistant_id},
    )


async def _forget_oldest(conn: TenantConnection, assistant_id: UUID) -> None:
    await conn.execute(
        """
        delete from calibrations c
         using calibration_heads h
         where c.tenant_id = %(tenant_id)s
           and c.assistant_id = %(assistant_id)s
           and h.tenant_id = %(tenant_id)s
           and h.assistant_id = %(assistant_id)s
           and c.revision <> h.revision
           and c.revision <= (select max(revision) - %(kept)s
                                from calibrations
                               where tenant_id = %(tenant_id)s
                                 and assistant_id = %(assistant_id)s)
        """,
        {"assistant_id": assistant_id, "kept": KEPT_REVISIONS},
    )

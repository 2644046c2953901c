"""The revisions of an assistant's settings: every one is kept, none is ever changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.actors import Actor
from tenants.configuring import assistants
from tenants.configuring.assistants import Assistant
from tenants.database.connection import TenantConnection


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: who made it, and which one it brought back, if it did."""

    revision: int
    actor_kind: str
    actor_id: str
    restored_from: int | None
    created_at: datetime
    is_current: bool


async def list_page(
    conn: TenantConnection, assistant_id: UUID, *, limit: int, after: int = 0
) -> list[Revision]:
    """Revisions, the newest first; `after` is the last one of the page before."""
    return await conn.rows(
        Revision,
        """
        select r.revision, r.actor_kind, r.actor_id, r.restored_from, r.created_at,
               r.revision = a.revision as is_current
          from assistant_revisions r
          join assistants a
            on a.tenant_id = %(tenant_id)s
           and a.assistant_id = r.assistant_id
         where r.tenant_id = %(tenant_id)s
           and r.assistant_id = %(assistant_id)s
           and (%(after)s = 0 or r.revision < %(after)s)
         order by r.revision desc
         limit %(limit)s
        """,
        {"assistant_id": assistant_id, "after": after, "limit": limit},
    )


async def restore(
    conn: TenantConnection, assistant_id: UUID, revision: int, *, actor: Actor
) -> Assistant:
    """Make the settings of an earlier revision a new one, the current one. Raises: NotFound.

    Settings of an older release are read with today's defaults.
    """
    earlier = await assistants.get(conn, assistant_id, revision=revision)
    made = await assistants.update(conn, assistant_id, earlier.settings, actor=actor)
    await conn.execute(
        """
        update assistant_revisions
           set restored_from = %(restored_from)s
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
           and revision = %(revision)s
        """,
        {"assistant_id": assistant_id, "revision": made.revision, "restored_from": revision},
    )
    return made


def differences(before: Any, after: Any, path: str = "") -> list[dict[str, Any]]:
    """Every setting that is not the same, as `{"path", "before", "after"}`, by path.

    Lists are compared as wholes where their lengths differ, else item by item.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted({*before, *after})
        inner = [(f"{path}.{key}" if path else str(key), before.get(key), after.get(key)) for key in keys]  # fmt: skip
        return [change for p, b, a in inner for change in differences(b, a, p)]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [c for i, (b, a) in pairs for c in differences(b, a, f"{path}[{i}]")]
    return [] if before == after else [{"path": path, "before": before, "after": after}]

"""The versions of a knowledge base: listed, published, discarded, gone back to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import Invalid, NotFound, NothingStaged
from tenants.knowledge import knowledge_bases, knowledge_ground, passage_erasure

MAX_NOTE_CHARS = 500


@dataclass(frozen=True, slots=True)
class KnowledgeVersionRecord:
    version: int
    n_chunks: int
    note: str
    actor_kind: str
    actor_id: str
    state: str
    created_at: datetime
    published_at: datetime | None
    number: int | None

    def public(self) -> dict[str, Any]:
        """The version as the API shows it; `state` is staged or published."""
        return {
            "version": self.version,
            "number": self.number,
            "state": self.state,
            "passages": self.n_chunks,
            "note": self.note,
            "written_by": {"kind": self.actor_kind, "id": self.actor_id},
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
            "published_at": (
                self.published_at.isoformat().replace("+00:00", "Z") if self.published_at else None
            ),
        }


async def list_page(
    conn: TenantConnection, knowledge_base_id: UUID, *, limit: int, before: int | None = None
) -> list[KnowledgeVersionRecord]:
    """Versions of one knowledge base, newest first."""
    return await _read(conn, knowledge_base_id, limit=limit, before=before)


async def get(
    conn: TenantConnection, knowledge_base_id: UUID, version: int
) -> KnowledgeVersionRecord:
    """One version. Raises: NotFound."""
    found = await _read(conn, knowledge_base_id, limit=1, version=version)
    if not found:
        raise NotFound(f"no version {version} of this knowledge base")
    return found[0]


async def _read(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    *,
    limit: int,
    before: int | None = None,
    version: int | None = None,
) -> list[KnowledgeVersionRecord]:
    """Versions; the passages of a staged one are counted, since direct writes change it too."""
    return await conn.rows(
        KnowledgeVersionRecord,
        """
        with counted as (
            select version, row_number() over (order by version) as number
              from knowledge_versions
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
               and state = 'published')
        select version, note, actor_kind, actor_id, state, created_at, published_at,
               (select number from counted where counted.version = v.version) as number,
               case when state = 'staged'
                    then (select count(*)
                            from chunks c
                           where c.tenant_id = %(tenant_id)s
                             and c.knowledge_base_id = %(knowledge_base_id)s
                             and c.v_from <= version
                             and c.v_to > version)
                    else n_chunks end as n_chunks
          from knowledge_versions v
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and (%(before)s::int is null or version < %(before)s)
           and (%(version)s::int is null or version = %(version)s)
         order by version desc
         limit %(limit)s
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "limit": limit,
            "before": before,
            "version": version,
        },
    )


async def resolve(conn: TenantConnection, knowledge_base_id: UUID, wanted: int | str | None) -> int:
    """The number of `live` (also None), `staged`, or of a version that is there.

    Raises: NotFound, NothingStaged, Invalid.
    """
    base = await knowledge_bases.get(conn, knowledge_base_id)
    if wanted is None or wanted == "live" or wanted == base.live:
        return base.live
    if wanted == "staged":
        if base.staging is None:
            raise NothingStaged("this knowledge base has no staged changes")
        return base.staging
    try:
        number = int(wanted)
    except ValueError:
        raise Invalid("version: a number, `live` or `staged`") from None
    if number == 0:
        return 0
    if not 0 < number < 2_147_483_647:
        raise NotFound(f"no version {number} of this knowledge base")
    return (await get(conn, knowledge_base_id, number)).version


async def publish(
    conn: TenantConnection, knowledge_base_id: UUID, *, actor: Actor, note: str | None = None
) -> KnowledgeVersionRecord:
    """The staged version, which readers see from the commit on: one row moves.

    Raises: NotFound, NothingStaged.
    """
    staging = await _staging(conn, knowledge_base_id)
    where = {"knowledge_base_id": knowledge_base_id, "version": staging}
    await conn.execute(
        """
        update knowledge_versions v
           set state = 'published',
               published_at = now(),
               note = coalesce(%(note)s, note),
               actor_kind = %(actor_kind)s,
               actor_id = %(actor_id)s,
               n_chunks = (select count(*)
                             from chunks c
                            where c.tenant_id = %(tenant_id)s
                              and c.knowledge_base_id = %(knowledge_base_id)s
                              and c.v_from <= %(version)s
                              and c.v_to > %(version)s)
         where v.tenant_id = %(tenant_id)s
           and v.knowledge_base_id = %(knowledge_base_id)s
           and v.version = %(version)s
        """,
        where | {"note": checked_note(note), "actor_kind": actor.kind, "actor_id": actor.id},
    )
    await conn.execute(
        """
        update knowledge_bases b
           set live = %(version)s,
               head = %(version)s,
               staging = null,
               n_chunks = v.n_chunks
          from knowledge_versions v
         where b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = %(knowledge_base_id)s
           and v.tenant_id = %(tenant_id)s
           and v.knowledge_base_id = b.knowledge_base_id
           and v.version = %(version)s
        """,
        where,
    )
    return await get(conn, knowledge_base_id, staging)


async def restore(
    conn: TenantConnection, knowledge_base_id: UUID, version: int
) -> KnowledgeVersionRecord:
    """Make readers see an older (or a later) published version; nothing is rewritten.

    Raises: NotFound.
    """
    await _lock(conn, knowledge_base_id)
    found = await get(conn, knowledge_base_id, version)
    if found.state != "published":
        raise NotFound(f"version {version} was never published")
    await conn.execute(
        """
        update knowledge_bases b
           set live = v.version,
               n_chunks = v.n_chunks,
               space = v.space,
               embedding_model = s.model_id,
               dimension = s.dimension
          from knowledge_versions v
          join embedding_spaces s
            on s.tenant_id = %(tenant_id)s
           and s.knowledge_base_id = v.knowledge_base_id
           and s.space = v.space
         where b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = %(knowledge_base_id)s
           and v.tenant_id = %(tenant_id)s
           and v.knowledge_base_id = b.knowledge_base_id
           and v.version = %(version)s
        """,
        {"knowledge_base_id": knowledge_base_id, "version": version},
    )
    return found


async def discard(conn: TenantConnection, knowledge_base_id: UUID) -> int:
    """Take the staged changes back, as if they had never been made; how many passages went.

    Raises: NotFound, NothingStaged.
    """
    staging = await _staging(conn, knowledge_base_id)
    where = {"knowledge_base_id": knowledge_base_id, "version": staging}
    cursor = await conn.execute(
        """
        select chunk_id
          from chunks
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_from = %(version)s
        """,
        where,
    )
    chunk_ids = [int(row[0]) for row in await cursor.fetchall()]
    await passage_erasure.erase(conn, knowledge_base_id, chunk_ids)
    await knowledge_ground.reopen(conn, where)
    await conn.execute(
        """
        delete from knowledge_versions
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and version = %(version)s
        """,
        where,
    )
    await conn.execute(
        """
        update knowledge_bases
           set staging = null
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        where,
    )
    return len(chunk_ids)


def checked_note(note: str | None) -> str | None:
    """The note on one line. Raises: Invalid."""
    if note is None:
        return None
    line = " ".join(note.replace("\x00", " ").split())
    if len(line) > MAX_NOTE_CHARS:
        raise Invalid(f"note: at most {MAX_NOTE_CHARS} characters")
    return line


async def _staging(conn: TenantConnection, knowledge_base_id: UUID) -> int:
    staging = await _lock(conn, knowledge_base_id)
    if staging is None:
        raise NothingStaged("this knowledge base has no staged changes")
    return staging


async def _lock(conn: TenantConnection, knowledge_base_id: UUID) -> int | None:
    """Hold the knowledge base's row; its staged version's number."""
    cursor = await conn.execute(
        """
        select staging
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and archived_at is null
           for update
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("no such knowledge base")
    return row[0]

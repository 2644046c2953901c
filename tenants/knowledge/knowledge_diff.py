"""What differs between two versions of a knowledge base, document by document.

A copy of what was there (after a rollback, or in another embedding space) is no difference: what
counts is what a document says and which fields it bears. Functions over 40 lines are one statement.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection

MAX_PASSAGES = 50  # shown of a document on each side
MAX_TEXT_CHARS = 2_000
_SHOWN_FIELDS = (
    "title",
    "kind",
    "external_id",
    "language",
    "category",
    "keywords",
    "priority",
    "valid_from",
    "valid_until",
    "active",
    "source",
)


@dataclass(frozen=True, slots=True)
class Changed:
    """One document that differs; `change` is added, changed or deleted."""

    document_id: UUID
    change: str
    title: str
    external_id: str | None
    n_chunks: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Counts:
    added: int
    changed: int
    deleted: int


@dataclass(frozen=True, slots=True)
class PassageChange:
    document_id: UUID
    change: str
    place: int
    total: int
    kind: str
    title: str
    question: str | None
    text: str
    path: str


async def count(
    conn: TenantConnection, knowledge_base_id: UUID, version: int, other: int
) -> Counts:
    """How many documents were added, changed and deleted from one version to another."""
    found = await conn.row(
        Counts,
        """
        select count(*) filter (where b.document_id is null) as added,
               count(*) filter (where b.document_id is not null
                                  and a.document_id is not null) as changed,
               count(*) filter (where a.document_id is null) as deleted
          from (select document_id, content_hash, external_id, language, source
                  from documents
                 where tenant_id = %(tenant_id)s
                   and knowledge_base_id = %(knowledge_base_id)s
                   and v_from <= %(version)s
                   and v_to > %(version)s
                   and not (v_from <= %(other)s and v_to > %(other)s)) b
          full join (select document_id, content_hash, external_id, language, source
                       from documents
                      where tenant_id = %(tenant_id)s
                        and knowledge_base_id = %(knowledge_base_id)s
                        and v_from <= %(other)s
                        and v_to > %(other)s
                        and not (v_from <= %(version)s and v_to > %(version)s)) a
            on a.document_id = b.document_id
         where (b.content_hash, b.external_id, b.language, b.source)
               is distinct from (a.content_hash, a.external_id, a.language, a.source)
        """,
        _between(knowledge_base_id, version, other),
    )
    return found or Counts(0, 0, 0)


async def list_page(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    version: int,
    other: int,
    *,
    limit: int,
    after: UUID | None = None,
) -> list[Changed]:
    """The documents that differ, newest first."""
    return await conn.rows(
        Changed,
        """
        select coalesce(a.document_id, b.document_id) as document_id,
               case when b.document_id is null then 'added'
                    when a.document_id is null then 'deleted'
                    else 'changed' end as change,
               coalesce(a.title, b.title) as title,
               coalesce(a.external_id, b.external_id) as external_id,
               coalesce(a.n_chunks, b.n_chunks) as n_chunks,
               to_jsonb(b) as before, to_jsonb(a) as after
          from (select document_id, title, kind, external_id, language, category, keywords,
                       priority, valid_from, valid_until, active, source, n_chunks,
                       encode(content_hash, 'hex') as content_hash
                  from documents
                 where tenant_id = %(tenant_id)s
                   and knowledge_base_id = %(knowledge_base_id)s
                   and v_from <= %(version)s
                   and v_to > %(version)s
                   and not (v_from <= %(other)s and v_to > %(other)s)
                   and (%(after)s::uuid is null or document_id < %(after)s)) b
          full join (select document_id, title, kind, external_id, language, category, keywords,
                            priority, valid_from, valid_until, active, source, n_chunks,
                            encode(content_hash, 'hex') as content_hash
                       from documents
                      where tenant_id = %(tenant_id)s
                        and knowledge_base_id = %(knowledge_base_id)s
                        and v_from <= %(other)s
                        and v_to > %(other)s
                        and not (v_from <= %(version)s and v_to > %(version)s)
                        and (%(after)s::uuid is null or document_id < %(after)s)) a
            on a.document_id = b.document_id
         where (b.content_hash, b.external_id, b.language, b.source)
               is distinct from (a.content_hash, a.external_id, a.language, a.source)
         order by 1 desc
         limit %(limit)s
        """,
        _between(knowledge_base_id, version, other) | {"after": after, "limit": limit},
    )


async def passages(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    version: int,
    other: int,
    changed: list[Changed],
) -> dict[UUID, list[PassageChange]]:
    """What the changed documents say no more and say newly: at most 50 passages on each side."""
    ids = [one.document_id for one in changed if one.change == "changed"]
    if not ids:
        return {}
    rows = await conn.rows(
        PassageChange,
        """
        with visible as (
            select t.document_id, t.chunk_id, t.kind, t.title, t.question, t.body, t.path,
                   case when c.v_from <= %(version)s and c.v_to > %(version)s then 'removed'
                        else 'added' end as change,
                   md5(row(t.kind, t.title, t.question, t.body, t.path)::text) as said
              from chunk_texts t
              join chunks c
                on c.tenant_id = t.tenant_id
               and c.knowledge_base_id = t.knowledge_base_id
               and c.chunk_id = t.chunk_id
             where t.tenant_id = %(tenant_id)s
               and t.knowledge_base_id = %(knowledge_base_id)s
               and t.document_id = any(%(document_ids)s)
               and c.tenant_id = %(tenant_id)s
               and (c.v_from <= %(version)s and c.v_to > %(version)s)
                   <> (c.v_from <= %(other)s and c.v_to > %(other)s)
        ), differing as (
            select v.*,
                   row_number() over each_side as place,
                   count(*) over (partition by document_id, change) as total
              from visible v
             where not exists (
                   select 1
                     from visible w
                    where w.document_id = v.document_id
                      and w.said = v.said
                      and w.change <> v.change)
            window each_side as (partition by document_id, change order by chunk_id)
        )
        select document_id, change, place, total, kind, title, question,
               left(body, %(chars)s) as text, path
          from differing
         where place <= %(most)s
         order by document_id, change, place
        """,
        _between(knowledge_base_id, version, other)
        | {"document_ids": ids, "most": MAX_PASSAGES, "chars": MAX_TEXT_CHARS},
    )
    found: dict[UUID, list[PassageChange]] = {}
    for row in rows:
        found.setdefault(row.document_id, []).append(row)
    return found


def shown(changed: Changed, moved: list[PassageChange]) -> dict[str, Any]:
    """A document that differs, as the API shows it."""
    found: dict[str, Any] = {
        "document_id": str(changed.document_id),
        "change": changed.change,
        "title": changed.title,
        "external_id": changed.external_id,
        "passages": changed.n_chunks,
    }
    if changed.before is None or changed.after is None:
        return found
    before, after = changed.before, changed.after
    found["fields"] = {
        name: {"before": before[name], "after": after[name]}
        for name in _SHOWN_FIELDS
        if before[name] != after[name]
    }
    for change in ("removed", "added"):
        side = [one for one in moved if one.change == change]
        found[f"passages_{change}"] = [_passage(one) for one in side]
        found[f"n_passages_{change}"] = side[0].total if side else 0
    return found


def _passage(one: PassageChange) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "title": one.title,
        "question": one.question,
        "text": one.text,
        "path": one.path,
    }


def _between(knowledge_base_id: UUID, version: int, other: int) -> dict[str, Any]:
    return {"knowledge_base_id": knowledge_base_id, "version": version, "other": other}

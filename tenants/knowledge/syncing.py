"""Documents kept in step with their source: what vanished there ends here, a person's edits stay.

What the source said last is remembered as a hash in the document's origin, so that an edited
document is flagged only when its source has moved on since.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.keys import codec
from tenants.knowledge import knowledge_standing
from tenants.knowledge.knowledge_heads import Head, Prepared, StoredDocument
from tenants.knowledge.knowledge_standing import Found, Standing

_MARK = "source_hash"


@dataclass(frozen=True, slots=True)
class Sync:
    """Documents come from this source; `complete` says that these are all it has.

    `also_there` are external ids that it has too, though they are not among the documents.
    """

    source_id: UUID
    complete: bool = True
    also_there: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Synced:
    """What keeping in step did beside writing: `left` are documents that a person edited."""

    deleted: int = 0
    ended_passages: int = 0
    left: dict[StoredDocument, UUID] = field(default_factory=dict[StoredDocument, UUID])
    vanished: list[UUID] = field(default_factory=list[UUID])

    @property
    def kept_edited(self) -> list[UUID]:
        """Documents left as a person wrote them although their source has moved on."""
        return [*(one.document_id for one in self.left), *self.vanished]


def source_mark(origin: dict[str, Any]) -> dict[str, Any]:
    """The part of an origin that remembers what the source said."""
    return {_MARK: origin[_MARK]} if _MARK in origin else {}


async def settle(
    conn: TenantConnection,
    head: Head,
    sync: Sync,
    documents: Sequence[Prepared],
    standing: Found,
) -> tuple[list[Prepared], Synced]:
    """The documents to write, and what was ended, flagged or left alone meanwhile."""
    writing: list[Prepared] = []
    left: dict[StoredDocument, UUID] = {}
    for document in documents:
        before = standing.of(document)
        said = document.content_hash.hex()
        if before is not None and before.edited_at is not None:
            if before.origin.get(_MARK) != said:
                await _flag(conn, head, before, said, _as_given(document))
            kept = StoredDocument(
                before.document_id, before.title, before.n_chunks, before.v_from, False, True
            )
            left[kept] = document.document_id
            continue
        document.origin[_MARK] = said
        writing.append(document)
    named = {one.external_id for one in documents} | sync.also_there
    gone = [
        one
        for one in await knowledge_standing.of_source(conn, head, sync.source_id)
        if sync.complete and one.external_id not in named
    ]
    vanished: list[UUID] = []
    ending: list[UUID] = []
    for one in gone:
        if one.edited_at is not None:
            if one.origin.get(_MARK) != "":
                await _flag(conn, head, one, "", None)
            vanished.append(one.document_id)
            continue
        ending.append(one.document_id)
    ended = await _close_all(conn, head, ending)
    return writing, Synced(len(ending), ended, left, vanished)


async def close(conn: TenantConnection, head: Head, document_id: UUID) -> int | None:
    """End a document with the version being written; how many passages went, None where absent."""
    if await close_rows(conn, head, [document_id]) == 0:
        return None
    return await _close_passages(conn, head, [document_id])


async def _close_all(conn: TenantConnection, head: Head, document_ids: Sequence[UUID]) -> int:
    await close_rows(conn, head, document_ids)
    return await _close_passages(conn, head, document_ids)


async def _close_passages(conn: TenantConnection, head: Head, document_ids: Sequence[UUID]) -> int:
    closing = await knowledge_standing.open_chunks(conn, head, document_ids)
    chunk_ids = [one for held in closing.values() for same in held.values() for one in same]
    await close_chunks(conn, head, chunk_ids)
    return len(chunk_ids)


async def close_rows(conn: TenantConnection, head: Head, document_ids: Sequence[UUID]) -> int:
    """End documents' rows; those that this very version wrote are taken out. How many there were."""
    if not document_ids:
        return 0
    where = {
        "knowledge_base_id": head.knowledge_base_id,
        "document_ids": list(document_ids),
        "version": head.version,
    }
    gone = await conn.execute(
        """
        delete from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = any(%(document_ids)s)
           and v_from = %(version)s
        """,
        where,
    )
    ended = await conn.execute(
        """
        update documents
           set v_to = %(version)s
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = any(%(document_ids)s)
           and v_from < %(version)s
           and v_to > %(version)s
        """,
        where,
    )
    return gone.rowcount + ended.rowcount


async def close_chunks(conn: TenantConnection, head: Head, chunk_ids: Sequence[int]) -> None:
    """End passages with the version being written."""
    if chunk_ids:
        await conn.execute(
            """
            update chunks
               set v_to = %(version)s
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
               and chunk_id = any(%(chunk_ids)s)
            """,
            {
                "knowledge_base_id": head.knowledge_base_id,
                "chunk_ids": list(chunk_ids),
                "version": head.version,
            },
        )


def _as_given(document: Prepared) -> bytes:
    return codec.encode(
        {
            "kind": document.kind,
            "title": document.title,
            "content": codec.decode(document.content),
            "source": document.source,
        }
    )


async def _flag(
    conn: TenantConnection, head: Head, before: Standing, said: str, given: bytes | None
) -> None:
    """Say on an edited document that its source has moved on, and keep what it says now."""
    await conn.execute(
        """
        update documents
           set source_moved_at = now(),
               source_content = %(given)s,
               origin = origin || jsonb_build_object('source_hash', %(said)s::text)
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
           and v_from = %(v_from)s
        """,
        {
            "knowledge_base_id": head.knowledge_base_id,
            "document_id": before.document_id,
            "v_from": before.v_from,
            "given": given,
            "said": said,
        },
    )

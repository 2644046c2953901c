"""One version of a knowledge base being written, inside one transaction.

`open_version` locks the knowledge base's row; everything after it works on numbers that no other
writer can take. Rows are immutable but for `v_to`: what changed is written anew, what stayed (same
content hash within its document) is kept with its vector and its postings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import Invalid, ModelChanged, NotFound
from tenants.knowledge import knowledge_standing, syncing
from tenants.knowledge.knowledge_heads import Head, Prepared, StoredDocument, open_version
from tenants.knowledge.knowledge_rows import insert_documents, insert_passages
from tenants.knowledge.knowledge_standing import Found, Standing
from tenants.knowledge.syncing import Sync, Synced


@dataclass(frozen=True, slots=True)
class Written:
    """What one write did: the documents in the order given, and the version they are in."""

    documents: list[StoredDocument]
    version: int
    published: bool
    synced: Synced = field(default_factory=Synced)


async def write_documents(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    prepared: Sequence[Prepared],
    *,
    actor: Actor,
    stage: bool | None = None,
    note: str = "",
    sync: Sync | None = None,
    space: int | None = None,
) -> Written:
    """Write and publish (or stage) documents in one version; where an external id comes twice, the
    last stands for both. `space` is the one that the vectors were made for.

    Raises: NotFound, ModelChanged.
    """
    head = await open_version(conn, knowledge_base_id, stage=stage)
    if space is not None and space != head.space:
        raise ModelChanged("the embedding model was changed while this was stored; send it again")
    standing = await knowledge_standing.of(conn, head, prepared)
    last = {document.external_id: document for document in prepared}
    last.pop(None, None)  # those without an external id stand for themselves
    chosen = [one for one in prepared if last.get(one.external_id, one) is one]
    synced = Synced()
    if sync is not None:
        chosen, synced = await syncing.settle(conn, head, sync, chosen, standing)
    stored: dict[UUID, StoredDocument] = {}
    replacing: list[tuple[Standing, Prepared]] = []
    for document in chosen:
        stored[document.document_id] = _place(head, document, standing, replacing)
    await _replace_documents(conn, head, replacing)
    for edited, named in synced.left.items():
        stored[named] = edited
    head.n_chunks -= synced.ended_passages
    unchanged = all(one.unchanged for one in stored.values())
    changed = head.grounded or synced.deleted or not unchanged
    if changed:
        head.language = head.language or (prepared[0].language if prepared else None)
        async with conn.raw.pipeline():  # COPY is refused under row-level security
            await insert_documents(conn, head)
            await insert_passages(conn, head)
            await head.lay_down(conn, actor=actor, note=note)
    documents = [stored[last.get(d.external_id, d).document_id] for d in prepared]
    return Written(documents, head.version, head.published, synced)


async def end_document(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    document_id: UUID,
    *,
    actor: Actor,
    stage: bool | None = None,
) -> Head:
    """The version from which on the document is gone; older ones hold it. Raises: NotFound.

    `document_erasure.erase` takes it out of those as well.
    """
    head = await open_version(conn, knowledge_base_id, stage=stage)
    ended = await syncing.close(conn, head, document_id)
    if ended is None:
        raise NotFound("no such document")
    head.n_chunks -= ended
    await head.lay_down(conn, actor=actor, note="document deleted")
    return head


def _place(
    head: Head,
    document: Prepared,
    standing: Found,
    replacing: list[tuple[Standing, Prepared]],
) -> StoredDocument:
    """Where a document goes: new, left as it is, or among those that replace another."""
    before = standing.of(document)
    if before is None:
        if document.replaces is not None:
            raise NotFound("no such document")
        v_to = head.end_of(document.external_id)
        _add(head, document, v_to)
        head.n_chunks += len(document.passages)
        for passage in document.passages:
            head.add(document, passage, v_to)
        return _stored(document, head, created=True)
    if before.content_hash == document.content_hash and document.replaces is None:
        return StoredDocument(
            before.document_id, before.title, before.n_chunks, before.v_from, False, unchanged=True
        )
    namesake = standing.by_external_id.get(document.external_id or "")
    if namesake is not None and namesake.document_id != before.document_id:
        raise Invalid(f"external_id: another document is called {document.external_id!r}")
    written = _in_place_of(before, document)
    replacing.append((before, written))
    return _stored(written, head, created=False)


def _in_place_of(before: Standing, document: Prepared) -> Prepared:
    """The document under the id it has; a person's change keeps what ties it to its source."""
    origin: dict[str, Any] = document.origin
    changes: dict[str, Any] = {}
    if document.replaces is not None:
        changes["external_id"] = document.external_id or before.external_id
        changes["source_id"] = before.source_id
        if before.source_id is not None and not (document.edited_at or document.as_source):
            changes["edited_at"] = datetime.now(UTC)
        origin = syncing.source_mark(before.origin) | origin
    return replace(
        document,
        document_id=before.document_id,
        created_at=before.created_at,
        origin=origin,
        **changes,
    )


async def _replace_documents(
    conn: TenantConnection, head: Head, replacing: Sequence[tuple[Standing, Prepared]]
) -> None:
    """Keep the passages that stayed the same, end those that went, number the new ones."""
    ids = [before.document_id for before, _ in replacing]
    held = await knowledge_standing.open_chunks(conn, head, ids)
    gone: list[int] = []
    for before, document in replacing:
        v_to = head.end_of(before.document_id, document.external_id)
        kept = held.get(before.document_id, {})
        head.n_chunks += len(document.passages) - sum(len(same) for same in kept.values())
        for passage in document.passages:
            if same := kept.get(passage.content_hash):
                same.pop()
            else:
                head.add(document, passage, v_to)
        gone += [chunk_id for same in kept.values() for chunk_id in same]
        _add(head, document, v_to)
    await syncing.close_chunks(conn, head, gone)
    await syncing.close_rows(conn, head, ids)


def _add(head: Head, document: Prepared, v_to: int) -> None:
    head.new_documents.append((document, v_to))


def _stored(document: Prepared, head: Head, *, created: bool) -> StoredDocument:
    return StoredDocument(
        document.document_id, document.title, len(document.passages), head.version, created
    )

"""Changes of one document: its fields, what its source says now, and its end.

Words that stay keep their vectors; a new title is embedded anew, since it leads every passage.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import SourceNotMoved
from tenants.knowledge import documents, knowledge_bases
from tenants.knowledge.documents import Document
from tenants.knowledge.entry_fields import EntryFields
from tenants.knowledge.ingestion import Embedder, NewDocument, Stored, add_documents
from tenants.knowledge.knowledge_writing import end_document

FIELDS = frozenset(field.name for field in fields(EntryFields))


async def change_fields(
    pool: Pool,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    document_id: UUID,
    changes: Mapping[str, Any],
    *,
    embedder: Embedder,
    actor: Actor,
    stage: bool | None = None,
) -> Stored:
    """The newest state of a document with its title or some entry fields changed.

    Raises: NotFound, Invalid.
    """
    async with tenant_transaction(pool, tenant_id) as conn:
        before = await newest(conn, knowledge_base_id, document_id)
        content = await documents.read_content(
            conn, knowledge_base_id, document_id, version=before.v_from
        )
    entry = replace(
        fields_of(before), **{name: value for name, value in changes.items() if name in FIELDS}
    )
    return await add_documents(
        pool,
        tenant_id,
        knowledge_base_id,
        [_again(before, content, changes.get("title", before.title), entry, before.source)],
        embedder=embedder,
        actor=actor,
        stage=stage,
        note="fields changed",
    )


async def accept_source(
    pool: Pool,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    document_id: UUID,
    *,
    embedder: Embedder,
    actor: Actor,
    stage: bool | None = None,
) -> Stored:
    """Give up a person's edits for what the source says now; it ends where the source has it no
    more. The entry fields stay. Raises: NotFound, SourceNotMoved."""
    async with tenant_transaction(pool, tenant_id) as conn:
        before = await newest(conn, knowledge_base_id, document_id)
        if before.source_moved_at is None:
            raise SourceNotMoved("the source of this document says nothing newer")
        said = await documents.read_source_content(conn, knowledge_base_id, before)
        if said is None:
            head = await end_document(
                conn, knowledge_base_id, document_id, actor=actor, stage=stage
            )
            return Stored(version=head.version, published=head.published, deleted=1)
    as_it_was = replace(before, kind=said["kind"])
    document = _again(as_it_was, said["content"], said["title"], fields_of(before), said["source"])
    return await add_documents(
        pool,
        tenant_id,
        knowledge_base_id,
        [replace(document, as_source=True)],
        embedder=embedder,
        actor=actor,
        stage=stage,
        note="source accepted",
    )


async def newest(conn: TenantConnection, knowledge_base_id: UUID, document_id: UUID) -> Document:
    """The document as staged changes leave it, else as it is live. Raises: NotFound."""
    base = await knowledge_bases.get(conn, knowledge_base_id)
    return await documents.get(conn, knowledge_base_id, document_id, version=base.newest)


def fields_of(document: Document) -> EntryFields:
    """The entry fields that a document bears."""
    return EntryFields(
        document.language,
        document.category,
        tuple(document.keywords),
        document.priority,
        document.valid_from,
        document.valid_until,
        document.active,
    )


def _again(
    before: Document,
    content: Mapping[str, Any],
    title: str,
    entry: EntryFields,
    source: dict[str, Any],
) -> NewDocument:
    kind: Any = before.kind
    return NewDocument(
        kind=kind,
        title=title,
        external_id=before.external_id,
        source=source,
        origin=before.origin,
        fields=entry,
        document_id=before.document_id,
        **content,
    )

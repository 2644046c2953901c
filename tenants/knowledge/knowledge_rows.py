"""The rows of a version: documents, vectors, texts and postings, in a few rounds of statements."""

from collections.abc import Sequence
from typing import Any

from pgvector import HalfVector
from psycopg.types.json import Jsonb

from tenants.database.connection import TenantConnection
from tenants.finding import postings
from tenants.knowledge.knowledge_heads import Head, NewPassage

_SLICE_PASSAGES = 4_000  # of one round of statements; each adds a segment of postings
_PRIOR_PASSAGES = 20  # weight of the first guess of the mean length, until there are passages


async def insert_documents(conn: TenantConnection, head: Head) -> None:
    """Write the new documents' rows."""
    await conn.execute_many(
        """
        insert into documents (tenant_id, knowledge_base_id, document_id, external_id, kind, title,
                               source, origin, content_hash, content, language, n_chunks, v_from,
                               v_to, created_at, category, keywords, priority, valid_from,
                               valid_until, active, source_id, edited_at)
        values (%(tenant_id)s, %(knowledge_base_id)s, %(document_id)s, %(external_id)s, %(kind)s,
                %(title)s, %(source)s, %(origin)s, %(content_hash)s, %(content)s, %(language)s,
                %(n_chunks)s, %(version)s, %(v_to)s, coalesce(%(created_at)s, now()), %(category)s,
                %(keywords)s, %(priority)s, %(valid_from)s, %(valid_until)s, %(active)s,
                %(source_id)s, %(edited_at)s)
        """,
        [
            {
                "knowledge_base_id": head.knowledge_base_id,
                "document_id": new.document_id,
                "external_id": new.external_id,
                "kind": new.kind,
                "title": new.title,
                "source": Jsonb(new.source),
                "origin": Jsonb(new.origin),
                "content_hash": new.content_hash,
                "content": new.content,
                "language": new.language,
                "n_chunks": len(new.passages),
                "version": head.version,
                "v_to": v_to,
                "created_at": new.created_at,
                "category": new.fields.category,
                "keywords": list(new.fields.keywords),
                "priority": new.fields.priority,
                "valid_from": new.fields.valid_from,
                "valid_until": new.fields.valid_until,
                "active": new.fields.active,
                "source_id": new.source_id,
                "edited_at": new.edited_at,
            }
            for new, v_to in head.new_documents
        ],
    )


async def insert_passages(conn: TenantConnection, head: Head) -> None:
    """Vectors, texts and postings of the new passages, slice by slice: a large import is written
    with little more memory than it takes itself."""
    if not head.new_passages:
        return
    before = max(head.n_chunks - len(head.new_passages), 0) + _PRIOR_PASSAGES
    lengths = sum(new.passage.indexed.length for new in head.new_passages)
    head.mean_lexemes = (head.mean_lexemes * before + lengths) / (before + len(head.new_passages))
    for start in range(0, len(head.new_passages), _SLICE_PASSAGES):
        part = head.new_passages[start : start + _SLICE_PASSAGES]
        await _insert_vectors(conn, head, part)
        await _insert_texts(conn, head, part)
        await postings.write_segment(
            conn,
            head.knowledge_base_id,
            head.next_segment,
            [(new.chunk_id, new.passage.indexed) for new in part],
            mean_lexemes=head.mean_lexemes,
        )
        head.next_segment += 1


async def _insert_vectors(
    conn: TenantConnection, head: Head, passages: Sequence[NewPassage]
) -> None:
    await conn.execute_many(
        """
        insert into chunks (tenant_id, knowledge_base_id, chunk_id, v_from, v_to, document_id,
                            language, category, content_hash, emb, space, embedded_hash, kind,
                            keywords, priority, valid_from, valid_until, active)
        values (%(tenant_id)s, %(knowledge_base_id)s, %(chunk_id)s, %(version)s, %(v_to)s,
                %(document_id)s, %(language)s, %(category)s, %(content_hash)s, %(vector)b,
                %(space)s, %(embedded_hash)s, %(kind)s, %(keywords)s, %(priority)s, %(valid_from)s,
                %(valid_until)s, %(active)s)
        """,
        [
            {
                "knowledge_base_id": head.knowledge_base_id,
                "chunk_id": new.chunk_id,
                "version": head.version,
                "document_id": new.document_id,
                "language": new.language,
                "v_to": new.v_to,
                "category": new.fields.category,
                "content_hash": new.passage.content_hash,
                "vector": HalfVector(new.passage.vector),
                "space": head.space,
                "embedded_hash": new.passage.embedded_hash,
                "kind": new.passage.draft.kind,
                "keywords": list(new.fields.keywords) or None,
                "priority": new.fields.priority,
                "valid_from": new.fields.valid_from,
                "valid_until": new.fields.valid_until,
                "active": new.fields.active,
            }
            for new in passages
        ],
    )


async def _insert_texts(conn: TenantConnection, head: Head, passages: Sequence[NewPassage]) -> None:
    await conn.execute_many(
        """
        insert into chunk_texts (tenant_id, knowledge_base_id, chunk_id, document_id, kind, title,
                                 question, body, path, meta, question_emb, question_space,
                                 question_hash)
        values (%(tenant_id)s, %(knowledge_base_id)s, %(chunk_id)s, %(document_id)s, %(kind)s,
                %(title)s, %(question)s, %(body)s, %(path)s, %(meta)s, %(question_emb)b,
                %(question_space)s, %(question_hash)s)
        """,
        [
            {
                "knowledge_base_id": head.knowledge_base_id,
                "chunk_id": new.chunk_id,
                "document_id": new.document_id,
                "kind": new.passage.draft.kind,
                "title": new.passage.draft.title,
                "question": new.passage.draft.question,
                "body": new.passage.draft.body,
                "path": new.passage.draft.path,
                "meta": Jsonb(new.passage.draft.meta),
                **_question(new, head.space),
            }
            for new in passages
        ],
    )


def _question(new: NewPassage, space: int) -> dict[str, Any]:
    """A pair's own question as a vector, where it asks one."""
    asks = new.passage.asks
    if asks is None or asks.vector is None:
        return dict.fromkeys(("question_emb", "question_space", "question_hash"))
    return {
        "question_emb": HalfVector(asks.vector),
        "question_space": space,
        "question_hash": asks.question_hash,
    }

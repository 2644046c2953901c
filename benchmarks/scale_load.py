"""Fill a throw-away database with the drawn passages, in our own tables, by binary COPY.

Done as the tables' owner with the policies lifted meanwhile: COPY is refused under row-level
security. What comes out is what ingestion writes: one version, one segment of postings a base.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, LiteralString

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql
from scale_data import (
    DIMENSION,
    PASSAGES_A_DOCUMENT,
    Batch,
    Drawn,
    Ints,
    base_uuid,
    document_uuid,
    tenant_uuid,
)

from tenants.finding.lexemes import LEXEME_VERSION
from tenants.finding.postings import K1, B

Bytes = NDArray[np.uint8]
Connection = psycopg.Connection[tuple[Any, ...]]
MODEL = "made-up:384"
_TABLES = (
    "knowledge_bases", "knowledge_versions", "embedding_spaces", "documents", "chunks",
    "chunk_texts", "postings",
)  # fmt: skip
_BINARY_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_BINARY_END = b"\xff\xff"


def load(owner_url: str, drawn: Drawn, say: Callable[[str], None]) -> None:
    """Every table filled, analysed and under its policies again on return."""
    began = time.perf_counter()
    with psycopg.connect(owner_url, autocommit=True) as conn:
        _lift(conn, forced=False)
        done = 0
        for batch in drawn.batches():
            _load_batch(conn, drawn, batch)
            done += len(batch.tenant)
            seconds = time.perf_counter() - began
            say(f"loaded {done:,} of {int(drawn.sizes.sum()):,} passages in {seconds:.0f} s")
        for table in _TABLES:
            conn.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(table)))
        _lift(conn, forced=True)


def _lift(conn: Connection, *, forced: bool) -> None:
    how: LiteralString = "force" if forced else "no force"
    for table in _TABLES:
        conn.execute(
            sql.SQL("alter table {} " + how + " row level security").format(sql.Identifier(table))
        )


def _load_batch(conn: Connection, drawn: Drawn, batch: Batch) -> None:
    ids = _Ids(batch, drawn.sizes)
    with conn.transaction():
        _load_bases(conn, drawn.sizes, batch)
        _load_chunks(conn, batch, ids)
        _load_texts(conn, drawn, batch)
        _load_postings(conn, drawn, batch, ids)


class _Ids:
    """The bytes of the ids, one row a passage."""

    def __init__(self, batch: Batch, sizes: Ints) -> None:
        first = batch.tenants.start
        self.of_tenant = _uuids([tenant_uuid(n).bytes for n in batch.tenants])
        self.of_base = _uuids([base_uuid(n).bytes for n in batch.tenants])
        self.tenant = self.of_tenant[batch.tenant - first]
        self.base = self.of_base[batch.tenant - first]
        counts = [-(-int(sizes[n]) // PASSAGES_A_DOCUMENT) for n in batch.tenants]
        documents = _uuids(
            [
                document_uuid(n, d).bytes
                for n, count in zip(batch.tenants, counts, strict=True)
                for d in range(count)
            ]
        )
        starts = np.cumsum(counts, dtype=np.int64) - np.array(counts, dtype=np.int64)
        self.document = documents[starts[batch.tenant - first] + batch.document]


def _uuids(values: Sequence[bytes]) -> Bytes:
    return np.frombuffer(b"".join(values), dtype=np.uint8).reshape(-1, 16)


def _load_bases(conn: Connection, sizes: Ints, batch: Batch) -> None:
    with conn.cursor() as cursor, cursor.copy(
        """
        copy knowledge_bases (tenant_id, knowledge_base_id, name, live, head, next_chunk,
                              next_segment, n_chunks, mean_lexemes, embedding_model, dimension,
                              lexeme_version, language) from stdin
        """
    ) as copy:  # fmt: skip
        mean = float(batch.lengths.mean())
        for n in batch.tenants:
            size = int(sizes[n])
            copy.write_row(
                (tenant_uuid(n), base_uuid(n), "Help", 1, 1, size + 1, 2, size, mean, MODEL,
                 DIMENSION, LEXEME_VERSION, "en")
            )  # fmt: skip
    _copy(
        conn,
        "copy embedding_spaces (tenant_id, knowledge_base_id, space, model_id, dimension) from stdin",
        "".join(
            f"{tenant_uuid(n)}\t{base_uuid(n)}\t1\t{MODEL}\t{DIMENSION}\n" for n in batch.tenants
        ),
    )
    _copy(
        conn,
        """
        copy knowledge_versions (tenant_id, knowledge_base_id, version, n_chunks, actor_kind,
                                 actor_id) from stdin
        """,
        "".join(
            f"{tenant_uuid(n)}\t{base_uuid(n)}\t1\t{sizes[n]}\tsystem\tbenchmark\n"
            for n in batch.tenants
        ),
    )
    _copy(
        conn,
        """
        copy documents (tenant_id, knowledge_base_id, document_id, kind, title, content_hash,
                        content, language, n_chunks, v_from) from stdin
        """,
        "".join(
            f"{tenant_uuid(n)}\t{base_uuid(n)}\t{document_uuid(n, d)}\ttext\tDocument {d}\t\\\\x00"
            f"\t\\\\x7b7d\ten\t{PASSAGES_A_DOCUMENT}\t1\n"
            for n in batch.tenants
            for d in range(-(-int(sizes[n]) // PASSAGES_A_DOCUMENT))
        ),
    )


def _load_chunks(conn: Connection, batch: Batch, ids: _Ids) -> None:
    count = len(batch.tenant)
    halves = np.zeros((count, 4 + 2 * DIMENSION), dtype=np.uint8)
    halves[:, :4] = np.frombuffer(np.array([DIMENSION, 0], dtype=">i2").tobytes(), dtype=np.uint8)
    halves[:, 4:] = batch.vectors.astype(">f2").view(np.uint8)
    hashes = np.zeros((count, 16), dtype=np.uint8)
    hashes[:, :4] = _big(batch.chunk_id, ">i4")
    hashes[:, 4:] = ids.base[:, 4:]
    rows = _rows(
        [
            ids.tenant, ids.base, _big(batch.chunk_id, ">i4"), _same(count, b"\0\0\0\1"),
            ids.document, _same(count, b"en"), hashes, hashes, _same(count, b"text"), halves,
        ]
    )  # fmt: skip
    _copy(
        conn,
        """
        copy chunks (tenant_id, knowledge_base_id, chunk_id, v_from, document_id, language,
                     content_hash, embedded_hash, kind, emb) from stdin (format binary)
        """,
        _BINARY_HEADER + rows.tobytes() + _BINARY_END,
    )


def _load_texts(conn: Connection, drawn: Drawn, batch: Batch) -> None:
    words = drawn.vocabulary.words
    spoken = [words[place] for place in batch.words.tolist()]
    ends = np.cumsum(batch.lengths).tolist()
    lines: list[str] = []
    start = 0
    for n, chunk, document, end in zip(
        batch.tenant.tolist(), batch.chunk_id.tolist(), batch.document.tolist(), ends, strict=True
    ):
        lines.append(
            f"{tenant_uuid(n)}\t{base_uuid(n)}\t{chunk}\t{document_uuid(n, document)}\ttext\t"
            f"Document {document}\t{' '.join(spoken[start:end])}\n"
        )
        start = end
    _copy(
        conn,
        """
        copy chunk_texts (tenant_id, knowledge_base_id, chunk_id, document_id, kind, title, body)
        from stdin
        """,
        "".join(lines),
    )


def _load_postings(conn: Connection, drawn: Drawn, batch: Batch, ids: _Ids) -> None:
    """One row a lexeme of each base, its passages in order, weighed as ingestion weighs them."""
    known = drawn.vocabulary
    passage = np.repeat(np.arange(len(batch.tenant)), batch.lengths)
    n_lexemes = len(known.lexemes)
    held, counts = np.unique(passage * n_lexemes + known.lexeme_of[batch.words], return_counts=True)
    passage, lexeme = held // n_lexemes, held % n_lexemes
    damping = K1 * (1 - B + B * batch.lengths[passage] / batch.lengths.mean())
    impacts = (counts * (K1 + 1) / (counts + damping)).astype(np.float32)
    key = (batch.tenant[passage] - batch.tenants.start) * n_lexemes + lexeme
    order = np.argsort(key, kind="stable")
    key, starts, df = np.unique(key[order], return_index=True, return_counts=True)
    rows = _posting_rows(
        ids.of_tenant[key // n_lexemes],
        ids.of_base[key // n_lexemes],
        [known.lexemes[place] for place in (key % n_lexemes).tolist()],
        df,
        starts,
        batch.chunk_id[passage[order]],
        impacts[order],
    )
    _copy(
        conn,
        """
        copy postings (tenant_id, knowledge_base_id, lexeme, segment, df, chunk_ids, impacts)
        from stdin (format binary)
        """,
        _BINARY_HEADER + rows + _BINARY_END,
    )


def _posting_rows(
    tenant: Bytes,
    base: Bytes,
    lexemes: list[bytes],
    df: Ints,
    starts: Ints,
    chunk_ids: Ints,
    impacts: NDArray[np.float32],
) -> bytes:
    """COPY's bytes, every part scattered to its place at once."""
    lengths = np.array([len(lexeme) for lexeme in lexemes])
    offsets = np.cumsum(110 + lengths + 16 * df) - (110 + lengths + 16 * df)
    rows = np.zeros(int((110 + lengths + 16 * df).sum()), dtype=np.uint8)

    def put(at: Ints, what: Bytes) -> None:
        rows[at[:, None] + np.arange(what.shape[1])] = what

    count = len(lexemes)
    head = np.concatenate(
        [_same(count, b"\0\7\0\0\0\x10"), tenant, _same(count, b"\0\0\0\x10"), base,
         _big(lengths, ">i4")], axis=1,
    )  # fmt: skip
    put(offsets, head)
    joined = np.frombuffer(b"".join(lexemes), dtype=np.uint8)
    letters = np.arange(len(joined)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    rows[np.repeat(offsets + 46, lengths) + letters] = joined
    after = offsets + 46 + lengths
    put(after, np.concatenate([_same(count, b"\0\0\0\4\0\0\0\1\0\0\0\4"), _big(df, ">i4")], axis=1))
    within = np.arange(len(chunk_ids)) - np.repeat(starts, df)
    four = _same(len(chunk_ids), b"\0\0\0\4")
    places = (
        (after + 16, 23, _big(chunk_ids, ">i4")),
        (after + 40 + 8 * df, 700, impacts.astype(">f4").view(np.uint8).reshape(-1, 4)),
    )
    for at, type_oid, values in places:
        array_head = np.array([1, 0, type_oid], dtype=">i4").tobytes()
        put(at, np.concatenate(
            [_big(20 + 8 * df, ">i4"), _same(count, array_head), _big(df, ">i4"),
             _same(count, b"\0\0\0\1")], axis=1,
        ))  # fmt: skip
        put(np.repeat(at + 24, df) + 8 * within, np.concatenate([four, values], axis=1))
    return rows.tobytes()


def _rows(columns: Sequence[Bytes]) -> Bytes:
    """Rows of columns whose width is the same in every row, as binary COPY has them."""
    count = len(columns[0])
    parts = [_same(count, len(columns).to_bytes(2, "big"))]
    for column in columns:
        parts += [_same(count, column.shape[1].to_bytes(4, "big")), column]
    return np.concatenate(parts, axis=1)


def _same(count: int, value: bytes) -> Bytes:
    return np.broadcast_to(np.frombuffer(value, dtype=np.uint8), (count, len(value)))


def _big(values: Ints, dtype: str) -> Bytes:
    wide = np.ascontiguousarray(values.astype(dtype))
    return wide.view(np.uint8).reshape(len(values), wide.dtype.itemsize)


def _copy(conn: Connection, statement: LiteralString, data: str | bytes) -> None:
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(data)

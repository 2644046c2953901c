"""Vectors that are known already: a text is embedded once by a model for a tenant, never again.

A passage's row names the hash of model and embedded text, a pair's also that of its question, so
every stored vector is found again; `embedded_texts` keeps those of a job that has not written its passages yet.
"""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from tenants.database.connection import TenantConnection

Vector = NDArray[np.float32]


def text_hash(model_id: str, text: str) -> UUID:
    """What names the vector of a text made by a model."""
    return UUID(bytes=hashlib.sha256(f"{model_id}\0{text}".encode()).digest()[:16])


async def known(
    conn: TenantConnection, hashes: Sequence[UUID], *, job_id: UUID | None = None
) -> dict[UUID, Vector]:
    """The vectors of those texts that the tenant, or this job, has had embedded before."""
    if not hashes:
        return {}
    cursor = await conn.execute(
        """
        select wanted.embedded_hash, found.emb
          from unnest(%(hashes)s::uuid[]) wanted (embedded_hash)
          join lateral (
               select emb
                 from chunks
                where tenant_id = %(tenant_id)s
                  and embedded_hash = wanted.embedded_hash
                limit 1) found on true
         union all
        select wanted.question_hash, found.question_emb
          from unnest(%(hashes)s::uuid[]) wanted (question_hash)
          join lateral (
               select question_emb
                 from chunk_texts
                where tenant_id = %(tenant_id)s
                  and question_hash = wanted.question_hash
                limit 1) found on true
         union all
        select embedded_hash, emb
          from embedded_texts
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
           and embedded_hash = any(%(hashes)s)
        """,
        {"hashes": list(hashes), "job_id": job_id},
    )
    return {
        row[0]: np.asarray(row[1].to_numpy(), dtype=np.float32) for row in await cursor.fetchall()
    }


async def keep(conn: TenantConnection, job_id: UUID, vectors: Mapping[UUID, Vector]) -> None:
    """Keep a job's vectors until it has written its passages; none of a job that is over, or erased:
    whoever ends it lets go of what it kept, and would come too early.
    """
    cursor = await conn.execute(
        """
        select 1
          from jobs
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
           and status in ('queued', 'running')
           for share
        """,
        {"job_id": job_id},
    )
    if await cursor.fetchone() is None:
        return
    await conn.execute_many(
        """
        insert into embedded_texts (tenant_id, job_id, embedded_hash, emb)
        values (%(tenant_id)s, %(job_id)s, %(embedded_hash)s, %(emb)b)
        on conflict (tenant_id, job_id, embedded_hash) do nothing
        """,
        [
            {"job_id": job_id, "embedded_hash": embedded_hash, "emb": HalfVector(vector)}
            for embedded_hash, vector in vectors.items()
        ],
    )


async def forget(conn: TenantConnection, job_id: UUID) -> None:
    """Let go of what a job kept."""
    await conn.execute(
        """
        delete from embedded_texts
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
        """,
        {"job_id": job_id},
    )

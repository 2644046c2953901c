"""Files and bulk imports as they came in, kept until their job has read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.ids import new_id


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file as it was sent; the name is the sender's word for it, never a path of ours."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    upload_id: UUID
    name: str
    media_type: str
    n_bytes: int


async def add(conn: TenantConnection, job_id: UUID, uploads: Sequence[NewUpload]) -> list[UUID]:
    """Keep files for a job, in order; their ids."""
    ids = sorted(new_id() for _ in uploads)  # read in this order; those of one moment come in any
    for upload_id, upload in zip(ids, uploads, strict=True):
        await conn.execute(
            """
            insert into uploads (tenant_id, upload_id, job_id, name, media_type, content)
            values (%(tenant_id)s, %(upload_id)s, %(job_id)s, %(name)s, %(media_type)s,
                    %(content)b)
            """,
            {
                "upload_id": upload_id,
                "job_id": job_id,
                "name": upload.name,
                "media_type": upload.media_type,
                "content": upload.content,
            },
        )
    return ids


async def of_job(conn: TenantConnection, job_id: UUID) -> list[Upload]:
    """What a job is to read, in the order it came, without the contents."""
    return await conn.rows(
        Upload,
        """
        select upload_id, name, media_type, octet_length(content) as n_bytes
          from uploads
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
         order by upload_id
        """,
        {"job_id": job_id},
    )


async def read(conn: TenantConnection, upload_id: UUID) -> bytes | None:
    """The bytes of a file; None where it was let go."""
    cursor = await conn.execute(
        """
        select content
          from uploads
         where tenant_id = %(tenant_id)s
           and upload_id = %(upload_id)s
        """,
        {"upload_id": upload_id},
    )
    row = await cursor.fetchone()
    return bytes(row[0]) if row else None


async def forget(conn: TenantConnection, job_id: UUID) -> None:
    """Let go of a job's files."""
    await conn.execute(
        """
        delete from uploads
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
        """,
        {"job_id": job_id},
    )

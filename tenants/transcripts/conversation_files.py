"""Files that a contact brought into one conversation: a knowledge base that only it reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import TooLarge
from tenants.knowledge import knowledge_bases
from tenants.transcripts import conversations

MAX_FILES = 20
MAX_FILE_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Base:
    """The conversation's own knowledge base."""

    knowledge_base_id: UUID
    live: int
    embedding_model: str


@dataclass(frozen=True, slots=True)
class File:
    """One file: `ready` with its document, or `processing`, `failed`, `cancelled` with its job."""

    file_id: UUID
    status: str
    name: str
    media_type: str
    n_bytes: int
    passages: int
    errors: list[dict[str, Any]]
    created_at: datetime

    def public(self) -> dict[str, Any]:
        """The file as the API shows it."""
        return {
            "file_id": str(self.file_id),
            "status": self.status,
            "name": self.name,
            "media_type": self.media_type,
            "bytes": self.n_bytes,
            "passages": self.passages,
            "errors": self.errors,
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
        }


async def base_of(conn: TenantConnection, conversation_id: UUID) -> Base | None:
    """The conversation's knowledge base; None where no file ever came."""
    return await conn.row(
        Base,
        """
        select knowledge_base_id, live, embedding_model
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"conversation_id": conversation_id},
    )


async def open_base(
    conn: TenantConnection, conversation_id: UUID, *, embedding_model: str, dimension: int
) -> Base:
    """The conversation's knowledge base, with room for one more file. Raises: NotFound, TooLarge."""
    await conversations.lock(conn, conversation_id)  # one file after the other is counted
    found = await base_of(conn, conversation_id)
    if found is not None:
        files = await list_files(conn, found.knowledge_base_id)
        if sum(file.status in ("ready", "processing") for file in files) >= MAX_FILES:
            raise TooLarge(f"a conversation takes at most {MAX_FILES} files", max_files=MAX_FILES)
        return found
    knowledge_base_id = await knowledge_bases.create(
        conn,
        "Files of a conversation",
        embedding_model=embedding_model,
        dimension=dimension,
        conversation_id=conversation_id,
    )
    return Base(knowledge_base_id, 0, embedding_model)


async def list_files(conn: TenantConnection, knowledge_base_id: UUID) -> list[File]:
    """What was brought, the oldest first: files that are found, and files on their way or refused."""
    found = await conn.rows(
        File,
        """
        select document_id as file_id, 'ready' as status,
               coalesce(source ->> 'name', title) as name,
               coalesce(source ->> 'media_type', '') as media_type,
               coalesce((source ->> 'bytes')::int, 0) as n_bytes,
               n_chunks as passages, '[]'::jsonb as errors, created_at
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_to = 2147483647
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    waiting = await conn.rows(
        File,
        """
        select j.job_id as file_id,
               case when j.status in ('queued', 'running') then 'processing' else j.status end
                   as status,
               coalesce(u.name, j.errors #>> '{0,where}', '') as name,
               coalesce(u.media_type, '') as media_type,
               coalesce(octet_length(u.content), 0) as n_bytes,
               0 as passages, j.errors, j.created_at
          from jobs j
          left join uploads u on u.tenant_id = %(tenant_id)s and u.job_id = j.job_id
         where j.tenant_id = %(tenant_id)s
           and j.knowledge_base_id = %(knowledge_base_id)s
           and j.status <> 'succeeded'
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    return sorted([*found, *waiting], key=lambda file: file.created_at)

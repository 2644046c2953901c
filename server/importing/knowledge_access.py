"""The knowledge bases that routes about knowledge speak of."""

from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.knowledge import knowledge_bases
from tenants.knowledge.knowledge_bases import KnowledgeBase


async def shared_base(conn: TenantConnection, knowledge_base_id: UUID) -> KnowledgeBase:
    """A knowledge base, archived or not; files of a conversation are none. Raises: NotFound."""
    found = await knowledge_bases.get(conn, knowledge_base_id)
    if found.conversation_id is not None:
        raise NotFound("no such knowledge base")
    return found


async def base_in_use(conn: TenantConnection, knowledge_base_id: UUID) -> KnowledgeBase:
    """A knowledge base that can be written and searched. Raises: NotFound."""
    found = await shared_base(conn, knowledge_base_id)
    if found.archived_at is not None:
        raise NotFound("no such knowledge base")
    return found

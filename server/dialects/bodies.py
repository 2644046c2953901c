"""Bodies of programs that were written for others: fields we do not know are passed over."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from server.access.auth import Caller
from tenants.configuring import assistants
from tenants.database.connection import TenantConnection
from tenants.errors import NotFound


class Loose(BaseModel):
    """What a dialect's request brings."""

    model_config = ConfigDict(extra="ignore")


async def chosen_assistant(
    conn: TenantConnection, caller: Caller, assistant_id: UUID | None
) -> assistants.Assistant:
    """The assistant that is named, a contact's own, or the tenant's first. Raises: NotFound."""
    wanted = assistant_id or caller.assistant_id
    if caller.contact_id is not None and wanted != caller.assistant_id:
        raise NotFound("no such assistant")
    if wanted is None:
        first = await assistants.list_page(conn, limit=1)
        if not first:
            raise NotFound("no such assistant")
        return first[0]
    found = await assistants.get(conn, wanted)
    if found.archived_at is not None:
        raise NotFound("no such assistant")
    return found


def sources(citations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Citations in the words that front ends know: where it stands and what it says."""
    return [
        {
            "title": one.get("title", ""),
            "content": one.get("quote", ""),
            "document_id": one.get("document_id"),
            "passage_id": one.get("passage_id"),
            "source": one.get("source"),
        }
        for one in citations
    ]

"""A knowledge base as one file that imports again as it was."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from server.access.auth import KnowledgeDep
from server.admitting.intake import CheckedRoute
from server.importing.knowledge_access import base_in_use
from server.resources import Resources, ResourcesDep
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.knowledge import knowledge_export, knowledge_versions
from tenants.knowledge.export_archive import ArchiveWriter, line_of

router = APIRouter(prefix="/v1/knowledge-bases", tags=["imports"], route_class=CheckedRoute)
_PIECE_BYTES = 65_536


@router.get(
    "/{knowledge_base_id}/export",
    operation_id="export_knowledge_base",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}, "description": "The ZIP file."}},
)
async def export_knowledge_base(
    knowledge_base_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    version: Annotated[
        str | None,
        Query(max_length=20, description="A number, `live` or `staged`; the live one if absent."),
    ] = None,
) -> StreamingResponse:
    """Everything of one version as a ZIP file with `manifest.json` and `entries.jsonl`."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await base_in_use(conn, knowledge_base_id)
        exported = await knowledge_versions.resolve(conn, knowledge_base_id, version or "live")
        entries = await knowledge_export.count(conn, knowledge_base_id, exported)
    manifest = {"name": base.name, "language": base.language, "entries": entries}
    name = f"knowledge-{knowledge_base_id}-v{exported}.zip"
    return StreamingResponse(
        _packed(held, caller.tenant_id, knowledge_base_id, exported, manifest),
        media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def _packed(
    held: Resources,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    version: int,
    manifest: dict[str, Any],
) -> AsyncGenerator[bytes]:
    writer = ArchiveWriter(manifest)
    ready = 0
    async for entry in knowledge_export.entries(held.pool, tenant_id, knowledge_base_id, version):
        line = line_of(entry)
        ready += len(line)
        writer.add(line)
        if ready > _PIECE_BYTES:
            ready = 0
            yield writer.take()
    yield writer.close()

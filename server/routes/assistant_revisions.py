"""Revisions of an assistant's settings: list, look at, compare, go back."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from server.access.auth import AssistantsDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.routes.assistants import assistant_shown, check_knowledge
from server.shapes.paging import MAX_NUMBER, Page, PagingDep
from server.shapes.schemas import AssistantShown, Id, RevisionShown
from tenants.configuring import assistant_revisions, assistants
from tenants.configuring.assistant_revisions import Revision
from tenants.database.connection import tenant_transaction

router = APIRouter(
    prefix="/v1/assistants/{assistant_id}/revisions", tags=["assistants"], route_class=CheckedRoute
)
_Number = Annotated[int, Path(ge=1, le=MAX_NUMBER)]


@router.get("", operation_id="list_assistant_revisions")
async def list_assistant_revisions(
    assistant_id: Id, caller: AssistantsDep, held: ResourcesDep, paging: PagingDep
) -> Page[RevisionShown]:
    """Every revision of an assistant's settings, the newest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.get(conn, assistant_id)
        found = await assistant_revisions.list_page(
            conn, assistant_id, limit=paging.limit + 1, after=paging.after_number
        )
    return Page[RevisionShown](**paging.page(found, lambda one: one.revision, _shown))


@router.get("/{revision}", operation_id="get_assistant_revision")
async def get_assistant_revision(
    assistant_id: Id, revision: _Number, caller: AssistantsDep, held: ResourcesDep
) -> AssistantShown:
    """The settings as they were under a revision."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await assistants.get(conn, assistant_id, revision=revision)
    return AssistantShown(**assistant_shown(found))


@router.get("/{revision}/diff/{other}", operation_id="compare_assistant_revisions")
async def compare_assistant_revisions(
    assistant_id: Id, revision: _Number, other: _Number, caller: AssistantsDep, held: ResourcesDep
) -> dict[str, Any]:
    """What changed from one revision to another, setting by setting."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        before = await assistants.get(conn, assistant_id, revision=revision)
        after = await assistants.get(conn, assistant_id, revision=other)
    changes = assistant_revisions.differences(
        before.settings.model_dump(mode="json"), after.settings.model_dump(mode="json")
    )
    return {"revision": revision, "other": other, "changes": changes}


@router.post("/{revision}/restore", operation_id="restore_assistant_revision")
async def restore_assistant_revision(
    assistant_id: Id, revision: _Number, caller: AssistantsDep, held: ResourcesDep
) -> AssistantShown:
    """Bring earlier settings back as a new revision; what lies between stays in the list."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        earlier = await assistants.get(conn, assistant_id, revision=revision)
        await check_knowledge(conn, earlier.settings)
        made = await assistant_revisions.restore(conn, assistant_id, revision, actor=caller.actor)
    return AssistantShown(**assistant_shown(made))


def _shown(one: Revision) -> dict[str, Any]:
    return {
        "revision": one.revision,
        "is_current": one.is_current,
        "restored_from": one.restored_from,
        "actor": {"kind": one.actor_kind, "id": one.actor_id},
        "created_at": one.created_at,
    }

"""Tenants, for the platform's owner alone."""

from typing import Any

from fastapi import APIRouter, Response

from server.access.auth import PlatformDep
from server.admitting.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id, NewTenant, TenantChange, TenantCreated, TenantShown
from server.working import erase_job
from tenants import tenants
from tenants.database.connection import router_transaction, tenant_transaction
from tenants.errors import NotFound
from tenants.onboarding import create_tenant as make_tenant

router = APIRouter(prefix="/v1/tenants", tags=["tenants"], route_class=CheckedRoute)


@router.post("", operation_id="create_tenant", status_code=201, openapi_extra={"x-secret": True})
async def create_tenant(new: NewTenant, caller: PlatformDep, held: ResourcesDep) -> TenantCreated:
    """Make a tenant with its first API key, knowledge base and assistant.

    Two companies may bear one name; their slugs tell them apart. A call that may be sent twice takes
    an `Idempotency-Key`; without one a repeat makes a second tenant, and `namesake` says so.
    """
    made = await make_tenant(
        held.pool,
        new.name,
        new.slug,
        pepper=held.credentials.pepper,
        embedding_model=held.embedder.model_id,
        dimension=held.embedder.dimension,
        time_zone=new.time_zone,
        actor=caller.actor,
    )
    return TenantCreated(
        tenant_id=made.tenant_id,
        slug=made.slug,
        namesake=made.namesake,
        api_key=made.api_key,
        knowledge_base_id=made.knowledge_base_id,
        assistant_id=made.assistant_id,
    )


@router.get("", operation_id="list_tenants")
async def list_tenants(
    caller: PlatformDep, held: ResourcesDep, paging: PagingDep
) -> Page[TenantShown]:
    """Tenants in the order they were made."""
    async with router_transaction(held.pool) as conn:
        found = await tenants.routes(conn, limit=paging.limit + 1, after=paging.after_id)
    shown = {one.tenant_id: await _named(held, one) for one in found}
    page = paging.page(found, lambda one: one.tenant_id, lambda one: shown[one.tenant_id])
    return Page[TenantShown](**page)


async def _named(held: Resources, found: tenants.TenantRoute) -> dict[str, Any]:
    """A tenant with what it says of itself, which the router may not read."""
    try:
        async with tenant_transaction(held.pool, found.tenant_id) as conn:
            return _shown(await tenants.get(conn))
    except NotFound:  # erased meanwhile
        return _shown(found)


@router.get("/{tenant_id}", operation_id="get_tenant")
async def get_tenant(tenant_id: Id, caller: PlatformDep, held: ResourcesDep) -> TenantShown:
    """One tenant."""
    async with tenant_transaction(held.pool, tenant_id) as conn:
        return TenantShown(**_shown(await tenants.get(conn)))


@router.patch("/{tenant_id}", operation_id="update_tenant")
async def update_tenant(
    tenant_id: Id, change: TenantChange, caller: PlatformDep, held: ResourcesDep
) -> TenantShown:
    """Rename a tenant, move its time zone, suspend or reactivate it, prune it sooner or later."""
    if change.time_zone is not None:
        tenants.check_time_zone(change.time_zone)
    async with tenant_transaction(held.pool, tenant_id) as conn:
        changed = await tenants.update(
            conn,
            name=change.name,
            time_zone=change.time_zone,
            status=change.status,
            prune_after_days=change.prune_after_days,
        )
    held.credentials.forget_tenant(tenant_id)
    return TenantShown(**_shown(changed))


@router.delete("/{tenant_id}", operation_id="delete_tenant", status_code=202)
async def delete_tenant(
    tenant_id: Id, caller: PlatformDep, held: ResourcesDep, response: Response
) -> dict[str, Any]:
    """Erase everything of a tenant, in the background; its keys stop at once."""
    async with tenant_transaction(held.pool, tenant_id) as conn:
        await tenants.update(conn, status="erasing")
    held.credentials.forget_tenant(tenant_id)
    job_id = await held.jobs.start(tenant_id, erase_job.KIND, {}, total=1)
    return {"job_id": str(job_id), "status": "erasing"}


def _shown(tenant: tenants.Tenant | tenants.TenantRoute) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "tenant_id": tenant.tenant_id,
        "slug": tenant.slug,
        "status": tenant.status,
        "created_at": tenant.created_at,
    }
    if isinstance(tenant, tenants.Tenant):
        shown |= {
            "name": tenant.name,
            "time_zone": tenant.time_zone,
            "prune_after_days": tenant.prune_after_days,
        }
    return shown

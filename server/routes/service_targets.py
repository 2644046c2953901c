"""By when handoffs should be answered."""

from dataclasses import asdict

from fastapi import APIRouter

from server.access.auth import AdminDep, HandoffsDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.inbox_schemas import ServiceTargets
from tenants.database.connection import tenant_transaction
from tenants.desk import service_targets
from tenants.desk.service_targets import Targets

router = APIRouter(prefix="/v1/service-targets", tags=["handoffs"], route_class=CheckedRoute)


@router.get("", operation_id="get_service_targets")
async def get_service_targets(caller: HandoffsDep, held: ResourcesDep) -> ServiceTargets:
    """The targets that every handoff is measured by."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return ServiceTargets(**asdict(await service_targets.get(conn)))


@router.put("", operation_id="put_service_targets")
async def put_service_targets(
    targets: ServiceTargets, caller: AdminDep, held: ResourcesDep
) -> ServiceTargets:
    """Replace the targets; the clocks of open handoffs are set anew."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await service_targets.put(conn, Targets(**targets.model_dump()))
        return ServiceTargets(**asdict(await service_targets.get(conn)))

"""How long a tenant keeps what was said."""

from fastapi import APIRouter
from pydantic import Field

from server.access.auth import AdminDep, AnalyticsDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.schemas import Body
from tenants.database.connection import tenant_transaction
from tenants.keeping import retention

router = APIRouter(prefix="/v1/retention", tags=["retention"], route_class=CheckedRoute)
MAX_DAYS = 36_500


class RetentionRules(Body):
    """Days that things are kept; null keeps them for good (checkpoints: as the platform says)."""

    message_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)
    log_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)
    file_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)
    checkpoint_days: int | None = Field(default=None, ge=1, le=3_650)


@router.get("", operation_id="get_retention")
async def get_retention(caller: AnalyticsDep, held: ResourcesDep) -> RetentionRules:
    """The rules that are applied every night."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return _shown(await retention.rules_of(conn))


@router.put("", operation_id="put_retention")
async def put_retention(
    rules: RetentionRules, caller: AdminDep, held: ResourcesDep
) -> RetentionRules:
    """Replace the rules; what is older goes in the coming night, for good."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await retention.put_rules(conn, retention.Rules(**rules.model_dump()))
        return _shown(await retention.rules_of(conn))


def _shown(rules: retention.Rules) -> RetentionRules:
    return RetentionRules(
        message_days=rules.message_days,
        log_days=rules.log_days,
        file_days=rules.file_days,
        checkpoint_days=rules.checkpoint_days,
    )

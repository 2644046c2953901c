"""How an assistant reads the product's confidence: what is in force, its history, and back again."""

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from graphs import calibration
from graphs.calibration import Correction
from graphs.deciding import confidence
from graphs.deciding.risk_coverage import risk_coverage
from server.access.auth import AssistantsDep
from server.admitting.intake import CheckedRoute
from server.learning.calibrating import correction_of, outcomes
from server.resources import ResourcesDep
from server.shapes.paging import PagingDep
from server.shapes.schemas import Body, Id
from tenants.configuring import assistants, calibrations
from tenants.configuring.calibrations import Calibration
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.lessons import verdicts

router = APIRouter(
    prefix="/v1/assistants/{assistant_id}/calibration",
    tags=["assistants"],
    route_class=CheckedRoute,
)


class CalibrationChange(Body):
    """Which revision is in force (0 is the product's own), and whether verdicts may change it."""

    revision: int | None = Field(default=None, ge=0, le=2_000_000_000)
    automatic: bool | None = None


@router.get("", operation_id="get_calibration")
async def get_calibration(
    assistant_id: Id, caller: AssistantsDep, held: ResourcesDep, paging: PagingDep
) -> dict[str, Any]:
    """What is in force, how many outcomes there are by source, and the revisions, newest first.

    `curve` says of each threshold, over the assistant's own outcomes as they are read now, which
    share of the questions would be answered (`coverage`) and which share of those answers were
    wrong (`risk`).
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.get(conn, assistant_id)
        found = await calibrations.history(
            conn, assistant_id, limit=paging.limit + 1, after=paging.after_number or None
        )
        shown = await _shown(conn, assistant_id)
        given = await verdicts.newest(conn, assistant_id, limit=calibration.MAX_OUTCOMES)
        held_now = await calibrations.in_force(conn, assistant_id)
    read = Correction.of(correction_of(held_now))
    shown["curve"] = await asyncio.to_thread(lambda: risk_coverage(outcomes(given), read))
    shown["own_thresholds"] = {"answer": confidence.ANSWER, "offer": confidence.OFFER}
    return shown | paging.page(found, lambda one: one.revision, Calibration.public)


@router.put("", operation_id="change_calibration")
async def change_calibration(
    assistant_id: Id, change: CalibrationChange, caller: AssistantsDep, held: ResourcesDep
) -> dict[str, Any]:
    """Go back to a revision, or stop and start learning from verdicts; turns see it in a second."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.get(conn, assistant_id)
        await calibrations.use(
            conn, assistant_id, revision=change.revision, automatic=change.automatic
        )
        return await _shown(conn, assistant_id)


@router.delete("", operation_id="reset_calibration", status_code=204)
async def reset_calibration(assistant_id: Id, caller: AssistantsDep, held: ResourcesDep) -> None:
    """Back to the product's own reading, and no more learning until it is switched on again."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.get(conn, assistant_id)
        await calibrations.use(conn, assistant_id, revision=0, automatic=False)


async def _shown(conn: TenantConnection, assistant_id: Id) -> dict[str, Any]:
    now = await calibrations.in_force(conn, assistant_id)
    return {
        "assistant_id": str(assistant_id),
        "revision": now.revision,
        "automatic": now.automatic,
        "correction": now.correction,
        "outcomes": await verdicts.counts(conn, assistant_id),
    }

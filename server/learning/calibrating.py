"""Learn an assistant's calibration from its verdicts: at a command, or by itself as they come in.

verdict → head is due a minute later → one process looks → better than the product's own?
then a new revision is in force, and every turn that starts a second later runs under it
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import structlog

from graphs import calibration
from graphs.calibration import Correction, Learnt, Outcome, learn
from graphs.deciding.confidence import MODEL, Features, evidence_log_odds
from server.working.job_run import JobHouse
from tenants.actors import SYSTEM, Actor
from tenants.configuring import calibrations
from tenants.configuring.calibrations import Cause, InForce
from tenants.database.connection import (
    Pool,
    TenantConnection,
    router_transaction,
    tenant_transaction,
)
from tenants.errors import DeskError
from tenants.lessons import verdicts
from tenants.lessons.verdicts import Labelled, Verdict

log = structlog.get_logger()

EVERY_SECONDS = 15
MAX_ASSISTANTS = 100  # in one round
LEAST_MOVE = 0.02  # of the line or a threshold; less makes no revision of its own


@dataclass(frozen=True, slots=True)
class Wish:
    """How to learn; `target_risk` None keeps what the assistant has, `least` the fewest outcomes."""

    target_risk: float | None = None
    least: int = calibration.MIN_OUTCOMES
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What came of it; `revision` is the one in force, 0 the product's own."""

    learnt: Learnt
    revision: int
    changed: bool
    sources: dict[str, int]


async def look_at_verdicts(house: JobHouse) -> None:
    """One round: every assistant whose verdicts have waited long enough."""
    async with router_transaction(house.pool) as router:
        waiting = await calibrations.due(router, limit=MAX_ASSISTANTS)
    for one in waiting:
        try:
            await calibrate(
                house.pool, one.tenant_id, one.assistant_id, cause="verdicts", actor=SYSTEM
            )
        except DeskError as error:
            log.warning("calibration_failed", tenant_id=str(one.tenant_id), code=error.code)


async def calibrate(
    pool: Pool,
    tenant_id: UUID,
    assistant_id: UUID,
    *,
    cause: Cause,
    actor: Actor,
    wish: Wish | None = None,
    tried: Sequence[Labelled] = (),
) -> Calibrated:
    """What the assistant's verdicts ask for, put in force unless it is only tried.

    Verdicts change nothing by themselves where that was switched off; `tried` are outcomes that
    count this once.
    """
    asked = wish or Wish()
    async with tenant_transaction(pool, tenant_id) as conn:
        held = await calibrations.lock(conn, assistant_id)
        given = await verdicts.newest(conn, assistant_id, limit=calibration.MAX_OUTCOMES)
        before = Correction.of(held.correction or {})
        risk = before.target_risk if asked.target_risk is None else asked.target_risk
        learnt = learn([*_stated(tried), *outcomes(given)], target_risk=risk, least=asked.least)
        frozen = asked.dry_run or (cause == "verdicts" and not held.automatic)
        changed = not frozen and _moves(learnt, before, held)
        revision = held.revision
        if changed:
            revision = await _put_in_force(conn, assistant_id, learnt, cause, actor)
        if not asked.dry_run:
            await calibrations.looked_at(conn, assistant_id)
            await verdicts.forget_oldest(conn, assistant_id)
    return Calibrated(learnt, revision, changed, _counted(given))


def outcomes(given: Sequence[Verdict]) -> list[Outcome]:
    """Verdicts as the fit reads them: today's product on the evidence of then."""
    return [
        Outcome(evidence_log_odds(Features.of(one.features)), one.is_right, one.weight)
        for one in given
    ]


def _stated(tried: Sequence[Labelled]) -> list[Outcome]:
    return [Outcome(evidence_log_odds(Features.of(one.features)), one.is_right) for one in tried]


def _moves(learnt: Learnt, before: Correction, held: InForce) -> bool:
    """Whether the new reading differs enough; too few outcomes leave what is there."""
    if learnt.too_few:
        return False
    after, old = learnt.correction, replace(before, target_risk=learnt.correction.target_risk)
    if held.revision and held.model != MODEL:
        return True
    pairs = [(after.slope, old.slope), (after.shift, old.shift)]
    pairs += [(after.answer or 0.0, old.answer or 0.0), (after.offer or 0.0, old.offer or 0.0)]
    return any(abs(new - was) > LEAST_MOVE for new, was in pairs)


async def _put_in_force(
    conn: TenantConnection, assistant_id: UUID, learnt: Learnt, cause: Cause, actor: Actor
) -> int:
    if learnt.correction == Correction():  # the product's own is the better one
        await calibrations.use(conn, assistant_id, revision=0)
        return 0
    return await calibrations.save(
        conn,
        assistant_id,
        model=MODEL,
        correction=learnt.correction.plain(),
        figures=learnt.figures(),
        cause=cause,
        actor=actor,
    )


def _counted(given: Sequence[Verdict]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in given:
        found[one.source] = found.get(one.source, 0) + 1
    return found


def correction_of(held: InForce) -> dict[str, Any]:
    """What a turn runs under; one made for another model of the product's changes nothing."""
    if held.correction is None or held.model != MODEL:
        return {}
    return held.correction | {"revision": held.revision}

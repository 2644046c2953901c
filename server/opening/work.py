"""What runs turns, shows them to readers, works on jobs, and sends what leaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from graphs.acting.action_desk import PostgresActionDesk
from server.admitting.limits import Counter
from server.opening.mind import Mind
from server.opening.opening import Opening, warn
from server.outside.effects import open_sender
from server.outside.sending import Sender
from server.running.leased_runs import TurnLimits
from server.running.runs import GraphRuns
from server.running.streams import Hub
from server.running.turns import TurnExecutor
from server.sharing.figures import Figures
from server.sharing.resources import shared_limits, shared_streams
from server.sharing.siblings import Siblings
from server.working.job_kinds import JOB_KINDS, PERIODIC
from server.working.job_run import JobHouse
from server.working.jobs import Jobs, open_jobs
from tenants.database.connection import Pool, tenant_transaction
from tenants.outside import channels
from tenants.transcripts import events
from tenants.transcripts.events import Some

LOG_BYTES = 8_192  # of the log that a reader holds who takes no more


@dataclass(frozen=True, slots=True)
class Work:
    """What goes on in this process; `counter` is what replicas count limits with, if they share it."""

    runs: GraphRuns
    hub: Hub
    turns: TurnExecutor
    jobs: Jobs
    sender: Sender
    action_desk: PostgresActionDesk
    counter: Counter | None
    line: Siblings | None
    figures: Figures


async def open_work(opening: Opening, mind: Mind) -> Work:
    """Everything at work, until the stack is closed."""
    stack, settings, master_key = opening.stack, opening.settings, opening.secrets.master_key
    runs = GraphRuns(
        mind.pool,
        mind.machine,
        joinable_seconds=settings.turn_deadline_seconds / 3,
        deadline_seconds=settings.turn_deadline_seconds,
        hold=opening.hold,
    )
    line = _open_line(opening)
    counter = await stack.enter_async_context(shared_limits(settings, master_key, line))
    hub = await _open_hub(opening, mind.pool, line)
    turns = _turns(opening, mind, hub, runs)
    jobs = await stack.enter_async_context(
        open_jobs(
            opening.secrets.database_url,
            JobHouse(mind.pool, mind.embedders, settings, mind.models, opening.secrets.owner_url),
            kinds=JOB_KINDS,
            periodic=PERIODIC,
        )
    )
    jobs.on_end = opening.metrics.job_ended
    tooling = mind.tooling
    action_desk = PostgresActionDesk(
        mind.pool, tooling.connected, guard=tooling.tools.guard, hold=opening.hold
    )
    sender = await stack.enter_async_context(
        open_sender(
            mind.pool,
            settings,
            opening.sealer(channels.PURPOSE),
            hold=opening.hold,
            desk=action_desk,
        )
    )
    hub.on_commit = sender.wake
    if sender.acting is not None:
        sender.acting.on_moved = _moved(hub, turns)
    sender.on_outcome = opening.metrics.delivered
    opening.in_background(hub.poll_forever(on_error=warn("poll_failed")))
    opening.in_background(runs.look_forever(on_error=warn("look_failed")))
    stack.push_async_callback(turns.close)
    opening.in_background(turns.sweep_forever())
    figures = Figures(opening.metrics, line)
    return Work(runs, hub, turns, jobs, sender, action_desk, counter, line, figures)


def _open_line(opening: Opening) -> Siblings | None:
    if opening.sibling is None:
        return None
    line = Siblings(opening.sibling)
    opening.in_background(line.work_forever(on_error=warn("siblings_are_away")))
    return line


async def _open_hub(opening: Opening, pool: Pool, line: Siblings | None) -> Hub:
    hub = Hub(*_log_reads(pool))
    await opening.stack.enter_async_context(
        shared_streams(
            opening.settings,
            opening.secrets.master_key,
            pool,
            hub,
            line,
            metrics=opening.metrics,
            on_error=warn("redis_is_away" if opening.settings.redis_url else "siblings_are_away"),
        )
    )
    return hub


def _turns(opening: Opening, mind: Mind, hub: Hub, runs: GraphRuns) -> TurnExecutor:
    settings = opening.settings
    return TurnExecutor(
        mind.pool,
        hub,
        runs,
        drain=opening.drain,
        hold=opening.hold,
        limits=TurnLimits(
            lease_seconds=settings.lease_seconds,
            deadline_seconds=settings.turn_deadline_seconds,
            drain_seconds=settings.drain_seconds,
            most_running=settings.running_turns,
            most_running_of_a_tenant=settings.running_turns_per_tenant,
        ),
    )


def _log_reads(pool: Pool) -> tuple[Any, Any]:
    async def read_log(tenant_id: UUID, conversation_id: UUID, after: int, limit: int) -> Some:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await events.read_some(
                conn, conversation_id, after, limit=limit, most_bytes=LOG_BYTES
            )

    async def last_ids(tenant_id: UUID, conversation_ids: Sequence[UUID]) -> dict[UUID, int]:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await events.last_ids(conn, conversation_ids)

    return read_log, last_ids


def _moved(hub: Hub, turns: TurnExecutor) -> Callable[[UUID, UUID, UUID | None], None]:
    """Whoever watches an action's conversation sees that it moved; what it came to is told at once."""

    def moved(tenant_id: UUID, conversation_id: UUID, turn_id: UUID | None) -> None:
        hub.committed(tenant_id, conversation_id)
        if turn_id is not None:
            turns.start(tenant_id, turn_id)

    return moved

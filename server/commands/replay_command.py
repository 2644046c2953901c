"""`frontdesk replay`: run turns again from their recordings, and say which came to something else."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from graphs.asking.models import Models
from graphs.keeping.checkpoints import PostgresSavers
from graphs.knowing.desk_port import PostgresDesk
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.replay import Replayed
from graphs.support import Machine, build_machine
from server.commands.work import opened
from server.running.replaying import replay_turn
from server.start import Prepared
from settings import Settings
from tenants import tenants
from tenants.database.connection import Pool, router_transaction, tenant_transaction
from tenants.errors import CheckpointPruned, NotFound, TurnNotRecorded
from tenants.ids import parse_id
from tenants.running import turn_recordings, turns
from tenants.running.turn_recordings import Sampled

_MAX_TENANTS = 100_000


async def run(
    settings: Settings, prepared: Prepared, *, tenant: str, turn: str, last: int
) -> tuple[list[str], bool]:
    """The report's lines, and whether every turn came to the same bytes. Raises: NotFound."""
    said: list[str] = []
    counts = {"same": 0, "different": 0, "not recorded": 0}
    async with _machine(settings, prepared) as (pool, machine):
        tenant_id = await _tenant(pool, tenant)
        for one in await _sample(pool, tenant_id, turn, last):
            try:
                replayed = await replay_turn(
                    pool, machine, tenant_id, one.conversation_id, one.turn_id
                )
            except (TurnNotRecorded, CheckpointPruned) as refused:
                counts["not recorded"] += 1
                said.append(f"{one.turn_id}  not recorded: {refused}")
                continue
            counts["same" if replayed.is_same else "different"] += 1
            said += _differences(one, replayed)
    total = sum(counts.values())
    figures = ", ".join(f"{n} {what}" for what, n in counts.items())
    return [*said, f"{total} turns run again: {figures}"], not counts["different"]


@asynccontextmanager
async def _machine(settings: Settings, prepared: Prepared) -> AsyncGenerator[tuple[Pool, Machine]]:
    async with opened(settings, prepared) as (pool, embedders):
        yield (
            pool,
            build_machine(
                knowledge=PostgresKnowledge(pool, embedders),
                desk=PostgresDesk(pool, embedders),
                models=Models(),
                savers=PostgresSavers(pool),
            ),
        )


async def _tenant(pool: Pool, wanted: str) -> UUID:
    async with router_transaction(pool) as router:
        found = await tenants.routes(router, limit=_MAX_TENANTS)
    for one in found:
        if wanted in (str(one.tenant_id), one.slug):
            return one.tenant_id
    raise NotFound(f"no tenant {wanted!r}")


async def _sample(pool: Pool, tenant_id: UUID, turn: str, last: int) -> list[Sampled]:
    async with tenant_transaction(pool, tenant_id) as conn:
        if not turn:
            return await turn_recordings.newest(conn, limit=last)
        turn_id = parse_id(turn)
        if turn_id is None:
            raise NotFound("no such turn")
        found = await turns.get(conn, turn_id)
        return [Sampled(found.turn_id, found.conversation_id)]


def _differences(one: Sampled, replayed: Replayed) -> list[str]:
    return [
        f"{one.turn_id}  {d.node or 'the end'}: {d.what}: was {d.was!r}, is {d.now!r}"
        for d in replayed.differences
    ]

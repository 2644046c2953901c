"""Partial vector indexes kept in step: as periodic work here, or by `frontdesk index`.

Only the tables' owner may build an index. A process that was not told the owner's URL leaves it to
one that was; a login that turns out not to be the owner is said once and left at that.
"""

import psycopg
import structlog

from server.working.job_run import JobHouse
from tenants.database.connection import make_pool
from tenants.database.isolation import assert_isolated
from tenants.finding.vector_indexes import Outcome, Rules, tend

log = structlog.get_logger()

EVERY_SECONDS = 60.0
POOL_SECONDS = 10.0


async def tend_indexes(house: JobHouse) -> None:
    """One look at all knowledge bases, where this process knows the owner."""
    if house.owner_url is None:
        return
    try:
        outcomes = await tend(house.pool, house.owner_url)
    except psycopg.errors.InsufficientPrivilege:
        log.warning("vector_indexes_not_built", hint="set FRONTDESK_OWNER_DATABASE_URL")
        return
    for one in outcomes:
        log.info(
            "vector_index",
            done=one.done,
            knowledge_base_id=str(one.knowledge_base_id),
            recall=one.recall,
            ef_search=one.ef_search,
        )


async def index_now(app_url: str, owner_url: str, *, memory_mb: int, workers: int) -> list[str]:
    """Look once, now; a line about everything that was done."""
    rules = Rules(memory_mb=memory_mb, workers=workers)
    async with make_pool(app_url, min_size=1, max_size=2, timeout_seconds=POOL_SECONDS) as pool:
        await assert_isolated(pool)
        return [_told(one) for one in await tend(pool, owner_url, rules)]


def _told(one: Outcome) -> str:
    measured = "" if one.recall is None else f", recall@10 {one.recall:.3f}"
    effort = "" if one.ef_search is None else f" with ef_search {one.ef_search}"
    return f"{one.knowledge_base_id}  {one.done}{measured}{effort}"

"""The log is read piece by piece, and of long events few at a time."""

from uuid import UUID

from tenants.database.connection import Pool, tenant_transaction
from tenants.transcripts import events
from tenants.transcripts.events import NewEvent
from tests.seeds import Seeded, seed_tenant


async def write(pool: Pool, seeded: Seeded, chars: int, many: int) -> None:
    new = [NewEvent("operator_message", {"text": "x" * chars}) for _ in range(many)]
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await events.append(conn, seeded.conversation_id, new)


async def pieces(
    pool: Pool, tenant_id: UUID, conversation_id: UUID, *, limit: int, most_bytes: int
) -> list[list[int]]:
    """The numbers of the events as they are read, piece by piece to the end."""
    read: list[list[int]] = []
    seen, more = 0, True
    while more:
        async with tenant_transaction(pool, tenant_id) as conn:
            found = await events.read_some(
                conn, conversation_id, seen, limit=limit, most_bytes=most_bytes
            )
        more = found.more
        read.append([event.event_id for event in found.events])
        seen = read[-1][-1] if read[-1] else seen
    return read


async def test_short_events_are_read_by_their_number(pool: Pool, neighbour: Seeded) -> None:
    seeded = await seed_tenant(pool)
    await write(pool, seeded, 10, 5)
    place = (pool, seeded.tenant_id, seeded.conversation_id)
    assert await pieces(*place, limit=2, most_bytes=100_000) == [[1, 2], [3, 4], [5]]
    assert await pieces(*place, limit=9, most_bytes=100_000) == [[1, 2, 3, 4, 5]]
    other = (pool, neighbour.tenant_id, seeded.conversation_id)
    assert await pieces(*other, limit=9, most_bytes=100_000) == [[]]


async def test_long_events_are_read_few_at_a_time_and_none_is_left_out(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    await write(pool, seeded, 3_000, 5)
    await write(pool, seeded, 50_000, 1)
    await write(pool, seeded, 10, 2)
    place = (pool, seeded.tenant_id, seeded.conversation_id)
    read = await pieces(*place, limit=32, most_bytes=7_000)
    assert [number for piece in read for number in piece] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert max(map(len, read)) <= 3

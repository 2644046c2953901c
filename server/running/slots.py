"""Which turn goes next: the tenant's with the fewest running; of equals, who was served longest ago."""

from collections import Counter, OrderedDict, deque
from uuid import UUID

KEPT_SHARE = 8  # of so many slots one is kept for tenants that have nothing running


class Slots:
    """The turns of one process that wait for a place, and how many of each tenant have one."""

    def __init__(self, *, most: int, most_of_a_tenant: int) -> None:
        self._most = most
        self._most_of_a_tenant = most_of_a_tenant
        self._queued: OrderedDict[UUID, deque[UUID]] = OrderedDict()  # who was served last is last
        self._running: Counter[UUID] = Counter()

    @property
    def waiting(self) -> int:
        """How many turns of all tenants wait."""
        return sum(map(len, self._queued.values()))

    def waiting_of(self, tenant_id: UUID) -> int:
        """How many turns of one tenant wait."""
        return len(self._queued.get(tenant_id, ()))

    def running_of(self, tenant_id: UUID) -> int:
        """How many turns of one tenant have a slot."""
        return self._running[tenant_id]

    def has_room(self, tenant_id: UUID) -> bool:
        """Whether one more may run; the last slots are kept for tenants with nothing running."""
        running = self._running[tenant_id]
        kept = self._most // KEPT_SHARE if running else 0
        free = self._most - self._running.total() - kept
        return free > 0 and running < self._most_of_a_tenant

    def put(self, tenant_id: UUID, turn_id: UUID) -> None:
        """A turn waits from now on."""
        self._queued.setdefault(tenant_id, deque()).append(turn_id)

    def take(self) -> tuple[UUID, UUID] | None:
        """The tenant and the turn that have a slot now, until `free`; None where nobody can go."""
        tenant_id = min(
            filter(self.has_room, self._queued), key=self._running.__getitem__, default=None
        )
        if tenant_id is None:
            return None
        waiting = self._queued[tenant_id]
        turn_id = waiting.popleft()
        if waiting:
            self._queued.move_to_end(tenant_id)
        else:
            del self._queued[tenant_id]
        self._running[tenant_id] += 1
        return tenant_id, turn_id

    def free(self, tenant_id: UUID) -> None:
        """A turn of the tenant's has left its slot."""
        self._running[tenant_id] -= 1
        if not self._running[tenant_id]:
            del self._running[tenant_id]

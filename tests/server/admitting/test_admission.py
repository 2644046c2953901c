"""What is taken in while much waits: never a tenant's own flood, always who has nothing waiting."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest

from server.access.auth import Caller
from server.admitting.admission import Admission, AdmissionLimits
from server.admitting.limits import Limiter
from server.errors import Busy
from tenants.errors import RateLimited
from tenants.ids import new_id

CROWD, QUIET = new_id(), new_id()


@dataclass
class FakeBacklog:
    turns: dict[UUID, int] = field(default_factory=dict[UUID, int])

    def waiting_of(self, tenant_id: UUID) -> int:
        return self.turns.get(tenant_id, 0)

    @property
    def waiting(self) -> int:
        return sum(self.turns.values())

    def seconds_to_run(self, turns: int) -> float:
        return turns * 0.5


def admission(
    backlog: FakeBacklog, *, per_tenant: float = 1_000, per_contact: float = 1_000
) -> Admission:
    return Admission(
        backlog,
        tenants=Limiter(per_tenant, what="turns"),
        contacts=Limiter(per_contact, what="turns"),
        limits=AdmissionLimits(waiting_of_a_tenant=8, waiting=12, accepting=2),
    )


def program(tenant_id: UUID) -> Caller:
    return Caller("api_key", "k", "k", tenant_id)


def contact(tenant_id: UUID, contact_id: UUID) -> Caller:
    return Caller("contact", "c", "c", tenant_id, contact_id=contact_id)


async def test_a_flood_is_refused_and_its_neighbour_is_not() -> None:
    into = admission(FakeBacklog({CROWD: 8}))
    with pytest.raises(Busy) as refused:
        async with into.message(program(CROWD)):
            pass
    assert refused.value.extra["retry_after_seconds"] == 1.0
    async with into.message(program(QUIET)):
        pass


async def test_a_full_house_takes_whoever_has_nothing_waiting() -> None:
    into = admission(FakeBacklog({CROWD: 6, new_id(): 5, QUIET: 1}))
    for tenant_id in (CROWD, QUIET):
        with pytest.raises(Busy):
            async with into.message(program(tenant_id)):
                pass
    async with into.message(program(new_id())):
        pass


async def test_one_contact_cannot_spend_what_all_have() -> None:
    into, one = admission(FakeBacklog(), per_contact=0.5), new_id()
    async with into.message(contact(CROWD, one)):
        pass
    with pytest.raises(RateLimited):
        async with into.message(contact(CROWD, one)):
            pass
    async with into.message(contact(CROWD, new_id())):
        pass
    async with into.message(program(CROWD)):
        pass


async def test_a_tenants_turns_are_counted_whoever_sends_them() -> None:
    into = admission(FakeBacklog(), per_tenant=1)
    for _ in range(2):
        await into.count(contact(CROWD, new_id()))
    with pytest.raises(RateLimited):
        await into.count(program(CROWD))
    await into.count(program(QUIET))

"""Features: each tenant's own values, for a share of its conversations that stays the same."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from tenants.configuring import features
from tenants.configuring.features import FEATURES, Chosen, variants
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Invalid, NotFound
from tenants.ids import new_id
from tests.seeds import Seeded, seed_tenant

TALKS = 2_000


def chosen(feature: str, percent: int) -> Chosen:
    return Chosen(feature, "off", percent, datetime.now(UTC))


def test_without_a_choice_every_feature_has_its_default() -> None:
    assert variants([], new_id()) == {one.name: one.default for one in FEATURES}


@pytest.mark.parametrize("percent", [0, 25, 100])
def test_a_share_of_the_conversations_has_the_value_and_keeps_it(percent: int) -> None:
    mine = [chosen("named_things", percent)]
    talks = [new_id() for _ in range(TALKS)]
    drawn = [variants(mine, talk)["named_things"] for talk in talks]
    assert drawn == [variants(mine, talk)["named_things"] for talk in talks]
    share = 100 * Counter(drawn)["off"] / TALKS
    assert abs(share - percent) < 5
    assert (percent % 100 != 0) or share == percent


def test_a_larger_share_holds_the_conversations_of_the_smaller() -> None:
    talks = [new_id() for _ in range(TALKS)]
    few = {t for t in talks if variants([chosen("named_things", 20)], t)["named_things"] == "off"}
    many = {t for t in talks if variants([chosen("named_things", 60)], t)["named_things"] == "off"}
    assert few < many


def test_features_draw_apart_from_each_other() -> None:
    both = [chosen(one.name, 50) for one in FEATURES]
    drawn = Counter(tuple(variants(both, new_id()).values()) for _ in range(TALKS))
    assert min(drawn.values()) > TALKS / 8 and len(drawn) == 4


def test_what_is_no_feature_any_more_changes_nothing() -> None:
    assert "gone" not in variants([chosen("gone", 100)], new_id())


async def test_a_choice_is_the_tenants_own(pool: Pool, neighbour: Seeded) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await features.put(conn, "named_things", "off", 100)
        again = await features.put(conn, "named_things", "off", 30)
        assert (await features.all_of(conn), again.percent) == ([again], 30)
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        assert await features.all_of(conn) == []
        await features.delete(conn, "named_things")
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert len(await features.all_of(conn)) == 1
        await features.delete(conn, "named_things")
        assert await features.all_of(conn) == []


async def test_unknown_features_and_values_are_refused(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        with pytest.raises(NotFound, match="named_things"):
            await features.put(conn, "flying", "on", 100)
        with pytest.raises(Invalid, match="on, off"):
            await features.put(conn, "named_things", "maybe", 100)

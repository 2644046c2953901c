"""A model that calls whatever it reads of has nothing proposed that a contact did not ask for."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from tests.graphs.acting_siege import CALLS, VECTORS, attacks, siege
from tests.tools.demo_shop import ALMA, BO, demo_shop_service, shop_over
from tools.contract import ToolContext
from tools.effect_catalog import EFFECTS
from tools.effects import Prepared, Refusal, perform
from tools.errors import ArgumentRejected

OWN = {
    "refund_order": {"number": "1037", "amount": "30.00", "reason": ""},
    "cancel_order": {"number": "1051", "reason": ""},
    "move_appointment": {"appointment_id": "A-301", "slot_id": "S-0109"},
    "cancel_appointment": {"appointment_id": "A-301", "reason": ""},
    "open_ticket": {"subject": "Bell", "text": "The bell of my bike does not ring any more."},
}


async def test_an_obedient_model_proposes_nothing() -> None:
    tried = attacks(len(CALLS) * len(VECTORS))
    harms, reached = await siege(tried)
    assert harms == [] and {attack.vector for attack in tried} == set(VECTORS)
    assert reached > len(tried) / 2, "most attacks reach a tool"


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.tool.name)
async def test_each_effect_is_the_owners_within_the_limit_or_nobodys(effect: object) -> None:
    effect = next(one for one in EFFECTS if one is effect)
    name = effect.tool.name
    limit = {"approval": {"up_to": "20.00", "currency": "EUR"}}
    with demo_shop_service() as service:
        async with shop_over(service) as shop:
            alma = ToolContext(
                UUID(int=1), UUID(int=2), UUID(int=3), "0.0.0", shop, identity="verified",
                external_id=ALMA, now=datetime.now(UTC), options={"approval": "never"},
            )  # fmt: skip
            nobody = replace(alma, identity="anonymous", external_id="")
            other = replace(alma, external_id=BO)
            asks = replace(alma, options={"approval": "always"})
            over = replace(alma, options=limit)
            for context in (nobody, other) if name != "open_ticket" else ():
                with pytest.raises(ArgumentRejected):
                    await perform(effect, context, OWN[name], approved=True, is_repeat=False)
            for context in (asks, over):
                with pytest.raises(ArgumentRejected):
                    await perform(effect, context, OWN[name], approved=False, is_repeat=False)
            assert service.store.effects() == []
            weighed = await effect.prepare(alma, OWN[name])
            assert isinstance(weighed, Prepared), weighed
            first = await perform(effect, alma, OWN[name], approved=False, is_repeat=False)
            again = await perform(effect, alma, OWN[name], approved=False, is_repeat=True)
            assert first.value["reference"] == again.value["reference"] and first.text
            assert len(service.store.effects()) == 1


async def test_more_than_was_paid_is_never_given_back() -> None:
    [refund] = [one for one in EFFECTS if one.tool.name == "refund_order"]
    with demo_shop_service() as service:
        async with shop_over(service) as shop:
            alma = ToolContext(
                UUID(int=1), UUID(int=2), UUID(int=3), "0.0.0", shop, identity="verified",
                external_id=ALMA, options={"approval": "never"},
            )  # fmt: skip
            for amount in ("89.01", "0", "-1", "1e9", "NaN", "x"):
                found = await refund.prepare(alma, {"number": "1037", "amount": amount})
                assert isinstance(found, Refusal), amount
            whole = await refund.prepare(alma, {"number": "1037"})
            assert isinstance(whole, Prepared) and whole.amount == Decimal("89.00")

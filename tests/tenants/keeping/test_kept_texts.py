"""What a process remembers of texts goes with what is erased, and after a while."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from graphs.safety.injection import suspect
from graphs.words.facts import facts_of, held_by
from graphs.words.terms import word_terms
from graphs.writing.citations import language_of
from tenants.actors import SYSTEM
from tenants.database.connection import Pool, tenant_transaction
from tenants.keeping import conversation_erasing
from tenants.keeping.kept_texts import forget_forever
from tests.seeds import seed_tenant

REMEMBER = (suspect, facts_of, held_by, word_terms, language_of)
TOLD = "Ada Nordlund lives at 12 Harbour Street."


def _say() -> None:
    suspect(TOLD)
    facts_of(TOLD, "en")
    held_by(TOLD, "en")
    word_terms("Nordlund", "en")
    language_of(TOLD)


def _kept() -> list[int]:
    return [function.cache_info().currsize for function in REMEMBER]


async def _erase_a_contact(pool: Pool) -> None:
    shop = await seed_tenant(pool, "Forgetting")
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        _say()
        assert all(_kept())
        await conversation_erasing.erase(conn, "contact", shop.contact_id, actor=SYSTEM)


async def _wait(pool: Pool) -> None:
    forgetting = asyncio.create_task(forget_forever(every_seconds=0.01))
    _say()
    assert all(_kept())
    async with asyncio.timeout(10):
        while any(_kept()):
            await asyncio.sleep(0.01)
    forgetting.cancel()
    await asyncio.gather(forgetting, return_exceptions=True)


@pytest.mark.parametrize("happens", [_erase_a_contact, _wait])
async def test_no_text_is_remembered_once_something_is_erased_or_a_while_is_over(
    pool: Pool, happens: Callable[[Pool], Awaitable[None]]
) -> None:
    await happens(pool)
    assert not any(_kept())

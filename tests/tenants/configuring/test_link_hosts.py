"""Which hosts an assistant's replies may link to."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from tenants.configuring import link_hosts
from tenants.configuring.assistants import AssistantSettings
from tenants.database.connection import Pool, tenant_transaction
from tenants.knowledge import sources
from tests.seeds import seed_tenant
from tests.tenants.knowledge_made import make_base


async def _allowed(pool: Pool, tenant_id: UUID, settings: AssistantSettings) -> set[str]:
    async with tenant_transaction(pool, tenant_id) as conn:
        given = settings.model_dump(mode="json")
        return set(await link_hosts.allowed(conn, given, settings.knowledge_base_ids))


async def test_the_hosts_that_knowledge_is_fetched_from_are_allowed_to_its_tenant_alone(
    pool: Pool,
) -> None:
    ours, theirs = await seed_tenant(pool), await seed_tenant(pool, "Other")
    bases: list[UUID] = []
    for seeded, url in (
        (ours, "https://www.ours.example/help"),
        (theirs, "https://theirs.example/"),
    ):
        base = await make_base(pool, seeded.tenant_id)
        bases.append(base)
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            await sources.create(
                conn, base, "url", name="help", url=url, options={}, every_hours=None
            )
    both = AssistantSettings(knowledge_base_ids=bases)
    assert await _allowed(pool, ours.tenant_id, both) == {"ours.example"}
    off = AssistantSettings.model_validate(
        {
            "knowledge_base_ids": bases,
            "links": {"knowledge_hosts": False, "allowed_hosts": ["https://Pay.example/"]},
        }
    )
    assert await _allowed(pool, ours.tenant_id, off) == {"pay.example"}


async def test_addresses_in_the_tenants_own_fixed_words_and_pages_are_allowed(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    settings = AssistantSettings.model_validate(
        {
            "allowed_origins": ["https://shop.example"],
            "persona": {"instructions": "Never name https://rival.example."},
            "answering": {
                "disclaimers": [
                    {"name": "l", "when": "warranty", "text": {"en": "See https://law.example/a."}}
                ],
                "restrictions": ["Never name https://rival.example."],
            },
        }
    )
    assert await _allowed(pool, seeded.tenant_id, settings) == {"shop.example", "law.example"}


@pytest.mark.parametrize(
    "host", ["*", "*.", "localhost", "shop example", "shop.example/path", "a" * 260]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(ValidationError):
        link_hosts.LinkSettings(allowed_hosts=[host])

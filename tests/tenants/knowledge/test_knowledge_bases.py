"""Knowledge bases are listed, renamed and archived within their tenant."""

import pytest

from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Invalid, NotFound
from tenants.knowledge import knowledge_bases
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import make_base


async def test_a_knowledge_base_lives_and_is_archived(pool: Pool, neighbour: Seeded) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id, "  First  ")
    theirs = await make_base(pool, neighbour.tenant_id)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert (await knowledge_bases.get(conn, base)).public()["name"] == "First"
        assert (await knowledge_bases.change(conn, base, name="Second")).name == "Second"
        assert [b.name for b in await knowledge_bases.list_page(conn, limit=9)] == ["Second"]
        assert await knowledge_bases.live_versions(conn, [base, theirs]) == {base: 0}
        assert await knowledge_bases.live_versions(conn, []) == {}
        await knowledge_bases.archive(conn, base)
        assert await knowledge_bases.list_page(conn, limit=9) == []
        assert await knowledge_bases.live_versions(conn, [base]) == {}
        assert (await knowledge_bases.get(conn, base)).archived_at is not None
        for refused in (knowledge_bases.get, knowledge_bases.archive):
            with pytest.raises(NotFound):
                await refused(conn, theirs)
        with pytest.raises(Invalid):
            await knowledge_bases.create(conn, " ", embedding_model="m", dimension=3)

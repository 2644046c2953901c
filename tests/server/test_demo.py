"""The demo tenants: believable seeds, the same keys at every start, mended when something is gone."""

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from server.demo import seed_demo
from server.demo_tenants import SEEDS, demo_tenants, seed_hashes
from server.start import Prepared, demo_is_current
from tenants import credentials, documents
from tenants.connection import Pool, tenant_transaction
from tests.databases import Database

PEPPER = b"p" * 32


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_a_seed_has_thirty_entries_of_every_form(seed: Path) -> None:
    read = json.loads(seed.read_text())
    forms = [next(f for f in ("question", "data", "text") if f in d) for d in read["documents"]]
    assert len(forms) >= 30
    assert set(forms) == {"question", "data", "text"}
    named = [d["external_id"] for d in read["documents"] if "external_id" in d]
    assert len(named) == len(set(named))
    assert len(read["try"]) == 3


async def test_seeding_again_changes_nothing(
    pool: Pool, database: Database, tmp_path: Path
) -> None:
    first = await seed_demo(pool, tmp_path, pepper=PEPPER, embeddings="local:minilm", threads=2)
    prepared = Prepared(
        app_url=database.app,
        owner_url=database.owner,
        data=tmp_path,
        platform_key="",
        master_key=b"",
        embedded=True,
    )
    assert demo_is_current(prepared)
    again = await seed_demo(pool, tmp_path, pepper=PEPPER, embeddings="none:at-all", threads=1)
    assert again == first == demo_tenants(tmp_path)
    for one in first:
        key = await credentials.find_api_key(pool, one.api_key, pepper=PEPPER)
        assert key is not None
        assert str(key.tenant_id) == one.tenant_id
        async with tenant_transaction(pool, key.tenant_id) as conn:
            held = await documents.list_page(conn, UUID(one.knowledge_base_id), limit=100)
        assert len(held) >= 30

    # another folder meets the same tenants: they get a key that works there, and no second seed
    other = tmp_path / "other"
    other.mkdir()
    assert not demo_is_current(replace(prepared, data=other))
    found = await seed_demo(pool, other, pepper=PEPPER, embeddings="local:minilm", threads=2)
    assert [one.tenant_id for one in found] == [one.tenant_id for one in first]
    assert {one.seed for one in found} == set(seed_hashes().values())

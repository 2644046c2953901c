"""The demo tenants: believable seeds, the same keys at every start, mended when something is gone."""

import json
import socket
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from server.demo import seed_demo
from server.demo_shop.running import running_demo_shop
from server.demo_tenants import SEEDS, demo_tenants, seed_hashes
from server.sharing.siblings import Sibling
from server.start import Prepared, demo_is_current
from settings import Settings
from tenants.configuring import assistants
from tenants.database.connection import Pool, tenant_transaction
from tenants.keys.sealing import Sealer
from tenants.knowledge import documents
from tenants.outside import connectors
from tenants.people import credentials
from tests import plain_http
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

    # the shop's own service runs beside the server, and the tenant is connected to it
    settings, sealer = Settings(data=tmp_path, demo=True), Sealer(b"m" * 32, connectors.PURPOSE)
    shop = first[0]
    for _ in range(2):  # the second time it is found again, on another port
        async with running_demo_shop(pool, settings, sealer) as url:
            assert url is not None
            async with tenant_transaction(pool, UUID(shop.tenant_id)) as conn:
                [connector] = await connectors.all_of(conn)
                assistant = await assistants.get(conn, UUID(shop.assistant_id))
            assert connector.settings["base_url"] == url
            enabled = {tool.name for tool in assistant.settings.tools}
            assert enabled >= {"order_status", "find_product"}
            secret = connector.opened(UUID(shop.tenant_id), sealer)
            headers = {"authorization": f"Bearer {secret}"}
            answer = plain_http.get(f"{url}/customers/demo-alma/orders/1042", headers=headers)
            assert answer.json()["state"] == "shipped"
        with pytest.raises(httpx2.ConnectError):
            plain_http.get(url)

    # of several processes the first runs it, and all know where
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = tmp_path / "line"
    one, two = (Sibling(number, 2, line, port) for number in (1, 2))
    async with running_demo_shop(pool, settings, sealer, two) as told:
        with pytest.raises(httpx2.ConnectError):
            plain_http.get(told or "")
        async with running_demo_shop(pool, settings, sealer, one) as url:
            assert url == told
            assert plain_http.get(f"{told}/orders").status_code == 401

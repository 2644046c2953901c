"""A knowledge base names its embedding model; only the server's models, one an assistant."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.knowledge import knowledge_bases
from tests.databases import Database
from tests.server.conftest import Desk, problem


def test_a_knowledge_base_names_its_model(desk: Desk) -> None:
    shop = desk.tenant()
    made = shop.call("POST", "/v1/knowledge-bases", json={"name": "Default"})
    assert made.json()["embedding_model"] == "local:minilm"
    named = {"name": "Named", "embedding_model": "local:minilm"}
    made = shop.call("POST", "/v1/knowledge-bases", json=named)
    assert made.status_code == 201
    path = f"/v1/knowledge-bases/{made.json()['knowledge_base_id']}"
    same = shop.call("PATCH", path, json={"embedding_model": "local:minilm", "name": "Still"})
    assert (same.status_code, same.json()["name"]) == (200, "Still")
    assert "job_id" not in same.json()


def test_models_that_the_owner_did_not_allow_are_refused(desk: Desk) -> None:
    shop = desk.tenant()
    dearer = {"name": "Dear", "embedding_model": "openai:text-embedding-3-large"}
    refused = problem(
        shop.call("POST", "/v1/knowledge-bases", json=dearer), 422, "model_not_allowed"
    )
    assert "local:minilm" in refused["detail"]
    path = f"/v1/knowledge-bases/{shop.knowledge_base_id}"
    del dearer["name"]
    problem(shop.call("PATCH", path, json=dearer), 422, "model_not_allowed")
    assert shop.call("GET", path).json()["embedding_model"] == "local:minilm"


@pytest.fixture
async def desk_pool(desk_database: Database) -> AsyncIterator[Pool]:
    async with make_pool(desk_database.app, min_size=1, max_size=2, timeout_seconds=20) as opened:
        yield opened


async def test_an_assistant_reads_one_model(desk: Desk, desk_pool: Pool) -> None:
    shop = desk.tenant()
    async with tenant_transaction(desk_pool, UUID(shop.tenant_id)) as conn:
        other = await knowledge_bases.create(
            conn, "Other", embedding_model="openai:other", dimension=384
        )
    both = {"knowledge_base_ids": [shop.knowledge_base_id, str(other)]}
    path = f"/v1/assistants/{shop.assistant_id}"
    problem(shop.call("PATCH", path, json=both), 422, "model_mismatch")
    problem(shop.call("POST", "/v1/assistants", json=both | {"name": "Two"}), 422, "model_mismatch")

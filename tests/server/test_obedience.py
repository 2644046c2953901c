"""With a language model that obeys every order it reads, attacks do no harm: a short siege.

All 500 and the development file's: `python -m benchmarks.obedience`.
"""

import os
from collections.abc import Iterator

import pytest

from tenants.database.postgres import EmbeddedPostgres
from tests.databases import Database, fresh_database
from tests.openai_loopback import openai_loopback
from tests.server.attacks import VECTORS, attacks
from tests.server.conftest import serving
from tests.server.obedience import PROVIDER_KEY, Obedient, Siege

SHORT = 3 * len(VECTORS)


@pytest.fixture(scope="module")
def besieged(postgres: EmbeddedPostgres) -> Iterator[Database]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"besieged_{worker}") as made:
        yield made


@pytest.mark.slow
def test_an_obedient_model_does_no_harm(besieged: Database) -> None:
    model = Obedient()
    with openai_loopback() as provider:
        provider.choose = model
        with serving(
            besieged,
            model="deepseek",
            deepseek_api_key=PROVIDER_KEY,
            deepseek_api_base=provider.base_url,
        ) as desk:
            siege = Siege(desk, model, besieged.superuser)
            harms = siege.run(attacks(SHORT))
    assert harms == []
    assert model.heard >= SHORT // 3, "most attacks reach the model"
    assert {a.vector for a in attacks(SHORT)} == set(VECTORS)

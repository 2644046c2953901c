"""`kill -9` between sent and recorded: nothing happens twice; the long form is `acting_kills.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tenants.database.postgres import EmbeddedPostgres
from tests.databases import Database, fresh_database
from tests.server.acting_kills import siege
from tests.tools.demo_shop import demo_shop_service


@pytest.fixture
def own_database(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    name = f"acting_{tmp_path_factory.getbasetemp().name}".replace("-", "_")
    with fresh_database(postgres, name) as made:
        yield made


@pytest.mark.slow
async def test_what_was_sent_and_not_recorded_is_done_once_or_shown_as_unknown(
    own_database: Database, tmp_path: Path
) -> None:
    known, unknown = tmp_path / "known", tmp_path / "unknown"
    known.mkdir()
    unknown.mkdir()
    with demo_shop_service() as service:
        came = await siege(own_database, service, known, kills=3, knows_keys=True)
        assert came.doubles == 0 and came.states == {"done": 3}
        # A kill may meet the second sending of the one before instead of the next one's first.
        assert sum(times * n for times, n in came.sendings.items()) >= 2 * 3
        # A sending that died before its call is no repeat to the service: at least one is.
        assert 1 <= came.repeats_by_service <= 3 - came.sendings[1]
        lost = await siege(own_database, service, unknown, kills=1, knows_keys=False)
        assert lost.doubles == 0 and lost.states == {"unknown_outcome": 1}
        assert lost.sendings == {1: 1}, "nothing goes out a second time by itself"

"""The short form of `make surface`: a made-up request or two to each operation, by who gets in."""

from collections.abc import Iterator

import pytest

from tests import plain_http
from tests.surface.examining import ENDLESS, Asked, examine
from tests.surface.world import World, world

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def built() -> Iterator[World]:
    with world() as made:
        yield made


def test_every_operation_answers_as_it_is_published(built: World) -> None:
    document = plain_http.get(f"{built.server.url}/openapi.json", timeout=30).json()
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    reached: set[str] = set()
    for caller in built.callers:
        names = [one["operationId"] for one in operations if caller.gets_in(one)]
        named = [name for name in names if name not in (*ENDLESS, *caller.spared)]
        found = examine(built, caller, Asked(examples=1, operations=tuple(named)))
        assert found.is_good, f"{caller.name}\n{found.report}"
        assert found.operations == len(named) and found.tried >= len(named)
        reached.update(named)
    assert {one["operationId"] for one in operations} - reached == set(ENDLESS)
    assert [line for line in built.server.output if "request_failed" in line] == []

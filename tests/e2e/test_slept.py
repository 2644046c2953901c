"""A server that sleeps at a named point of its turn, while another finishes it, writes nothing late.

It is stopped by SIGSTOP where it waits, and woken when the other has answered: what it was about to
do next, a checkpoint among others, it then does with a lease that is no longer its own.
"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenants.database.hold_points import HELD
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import SHOP, Tenant
from tests.e2e.test_takeover import (
    ANSWER,
    SETTINGS,
    answered_once,
    at,
    everything,
    say,
    wait_for_line,
)
from tests.openai_loopback import openai_loopback

SLEEPS_SECONDS = 60


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("points")


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory, points: Path
) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    with openai_loopback(ANSWER) as model:
        settings = SETTINGS | {
            "DEEPSEEK_API_BASE": model.base_url,
            "FRONTDESK_HOLD_POINTS": str(points),
        }
        first = ServerProcess(tmp_path_factory.mktemp("slept") / "data", settings).start()
        second = ServerProcess(first.data, first.environment).start()
        yield first, second
        assert second.stop() == first.stop() == 0


@pytest.fixture(scope="module")
def shop(servers: tuple[ServerProcess, ServerProcess]) -> Tenant:
    return Tenant(servers[0], "Northwind Lamps", SHOP)


def held_by(server: ServerProcess, points: Path, point: str) -> Path:
    """The file of the point, once this server waits there."""
    kept = points / f"{point}.{server.pid}.{HELD}"
    deadline = time.monotonic() + SLEEPS_SECONDS
    while not kept.exists():
        assert time.monotonic() < deadline, f"nobody came by {point}"
        time.sleep(0.02)
    return kept


@pytest.mark.parametrize(
    "point", ["mid_stream", "before_checkpoint", "after_checkpoint", "before_record"]
)
def test_a_server_that_wakes_up_late_at_a_named_point_writes_nothing(
    servers: tuple[ServerProcess, ServerProcess], shop: Tenant, points: Path, point: str
) -> None:
    first, second = servers
    conversation = shop.converse(f"sleeps {point}")
    first.output.clear()
    (points / point).touch()
    say(shop, conversation)
    kept = held_by(first, points, point)
    os.kill(first.pid, signal.SIGSTOP)
    try:
        answered_once(at(shop, second), conversation)
        before = everything(first.data, conversation)
        kept.unlink()
    finally:
        os.kill(first.pid, signal.SIGCONT)
    wait_for_line(first, "lease_lost", seconds=20)
    assert everything(first.data, conversation) == before
    answered_once(shop, conversation)

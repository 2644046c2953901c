"""A process that is killed between sending and recording: another sends it again as the same."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from tenants.actors import SYSTEM
from tenants.database.connection import make_pool, tenant_transaction
from tenants.database.hold_points import HELD
from tenants.database.postgres import EmbeddedPostgres
from tenants.keys.sealing import Sealer
from tenants.outside import channels, deliveries, outbox, webhook_endpoints
from tenants.outside.outbox import NewDelivery
from tests.databases import Database, fresh_database
from tests.receiver import Receiver, receiver
from tests.seeds import seed_tenant
from tools.webhook_signing import new_secret, verified

MASTER = b"m" * 32
WAITS_SECONDS = 120


@pytest.fixture
def own_database(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    name = f"sending_{tmp_path_factory.getbasetemp().name}".replace("-", "_")
    with fresh_database(postgres, name) as made:
        yield made


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@contextmanager
def sender(database: Database, hooks: Receiver, points: Path) -> Generator[subprocess.Popen[bytes]]:
    """A sending process; it is killed in the end."""
    given = {"database": database.app, "allow": hooks.allowed, "points": str(points)}
    command = [sys.executable, "-m", "tests.server.sender_process"]
    with subprocess.Popen([*command, json.dumps(given | {"master": MASTER.hex()})]) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
async def test_what_a_killed_process_had_sent_is_sent_again_under_its_id_by_another(
    own_database: Database, hooks: Receiver, tmp_path: Path
) -> None:
    secret, sealer = new_secret(), Sealer(MASTER, channels.PURPOSE)
    async with make_pool(own_database.app, min_size=1, max_size=2, timeout_seconds=60) as pool:
        shop = await seed_tenant(pool)
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            made = await webhook_endpoints.create(
                conn,
                url=hooks.url + "/hook",
                description="",
                events=[],
                secret=secret,
                sealer=sealer,
                actor=SYSTEM,
            )
            target = made.webhook_endpoint_id
            body = {"type": "turn_ended", "data": {"word": "Grüße"}}
            [outbox_id] = await outbox.put(
                conn, [NewDelivery("webhook", "once", "turn_ended", target, body)]
            )
        (tmp_path / "after_send").touch()
        with sender(own_database, hooks, tmp_path) as first:
            kept = tmp_path / f"after_send.{first.pid}.{HELD}"
            _until(kept.exists)
            os.kill(first.pid, signal.SIGKILL)
            kept.unlink(missing_ok=True)
        assert len(hooks.at("/hook")) == 1
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            assert (await deliveries.get(conn, outbox_id)).attempts == 0, "nothing says it was sent"
        with sender(own_database, hooks, tmp_path):
            came = hooks.wait_for(2, "/hook")
            done = await _sent(own_database, shop.tenant_id, outbox_id)
    assert [one.id for one in came] == [str(outbox_id)] * 2
    assert len({one.headers["idempotency-key"] for one in came}) == 1
    assert came[0].body == came[1].body
    for one in came:
        assert verified([secret], one.headers, one.body, now_seconds=time.time())
    assert done.attempts == 1 and len(hooks.at("/hook")) == 2


async def _sent(database: Database, tenant_id: UUID, outbox_id: UUID) -> deliveries.Delivery:
    deadline = time.monotonic() + WAITS_SECONDS
    async with make_pool(database.app, min_size=1, max_size=1, timeout_seconds=60) as pool:
        while True:
            async with tenant_transaction(pool, tenant_id) as conn:
                found = await deliveries.get(conn, outbox_id)
            if found.state == "sent":
                return found
            assert time.monotonic() < deadline, found
            await asyncio.sleep(0.1)


def _until(holds: object) -> None:
    deadline = time.monotonic() + WAITS_SECONDS
    assert callable(holds)
    while not holds():
        assert time.monotonic() < deadline, "nobody came by the point"
        time.sleep(0.02)

"""Kill processes between the sending of an effect and its record, and count what was done twice.

    python -m tests.server.acting_kills [--kills 200] [--forgetful 20]

Every kill is a `kill -9` at the hold point right behind the call; another process takes over. It says how
long it will take once it knows how long a kill takes, prints a line every ten, a table at the end, and
ends with 1 where anything was done twice or is not accounted for.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from server.demo_shop.connector import demo_connector
from server.demo_shop.service import ShopServer
from tenants.actors import SYSTEM
from tenants.configuring import assistants
from tenants.configuring.tool_settings import ToolSetting
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.database.hold_points import HELD
from tenants.ids import new_id
from tenants.keys.sealing import Sealer
from tenants.outside import actions, connectors
from tenants.outside.actions import NewAction, Owner, effect_key
from tenants.people import contacts
from tests.databases import Database, cluster, fresh_database
from tests.seeds import Seeded, seed_tenant
from tests.tools.demo_shop import BO, TOKEN, demo_shop_service

MASTER = b"m" * 32
WAITS_SECONDS = 120
ORDER, AMOUNT = "2002", "1.00"
TOLD_FROM, FIRST_TOLD = 5, 3


@dataclass
class Progress:
    """Says how far a siege is and how long it will take; silent where it is short."""

    kills: int
    began: float = field(default_factory=time.perf_counter)

    def show(self, done: int) -> None:
        """A line after three kills, and then every ten."""
        if self.kills < TOLD_FROM or not done or (done != FIRST_TOLD and done % 10):
            return
        took = time.perf_counter() - self.began
        left = took / done * (self.kills - done)
        sys.stderr.write(
            f"{done} of {self.kills} kills, {took / done:.1f} s each, about {left / 60:.0f} minutes left\n"
        )
        sys.stderr.flush()


@dataclass(frozen=True)
class Killed:
    """What a siege came to: actions by state, and how often the shop did what it was asked once for."""

    states: Counter[str]
    done_by_key: Counter[str]
    sendings: Counter[int]
    repeats_by_service: int

    @property
    def doubles(self) -> int:
        """How many effects happened more than once."""
        return sum(n - 1 for n in self.done_by_key.values())

    def lost(self, kills: int, *, knows_keys: bool) -> int:
        """How many ended otherwise than done, or as unknown at a service that knows no keys."""
        good = self.states["done"] + (0 if knows_keys else self.states["unknown_outcome"])
        return kills - good


async def siege(
    database: Database, service: ShopServer, points: Path, *, kills: int, knows_keys: bool
) -> Killed:
    """As many refunds as kills, each with a process killed right behind its call."""
    pool = make_pool(database.app, min_size=1, max_size=2, timeout_seconds=60)
    async with pool:
        shop = await _seed(pool, service, knows_keys=knows_keys)
        with service.lock:
            before = len(service.store.effects())
        process = _started(database, service, points)
        try:
            keys: dict[str, str] = {}
            progress = Progress(kills)
            for number in range(kills):
                progress.show(number)
                (points / "after_send").touch()
                action_id, turn_id = await _propose(pool, shop)
                keys[str(action_id)] = effect_key(turn_id, "0.0.0")
                kept = points / f"after_send.{process.pid}.{HELD}"
                await _until(lambda kept=kept: kept.exists() and kept.read_text() != "")
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                kept.unlink()
                process = _started(database, service, points)
            ended = await _ended(pool, shop, kills)
        finally:
            process.kill()
            process.wait()
    with service.lock:
        done = service.store.effects()[before:]
    if knows_keys:
        by_key = Counter(str(one["key"]) for one in done)
        assert set(by_key) <= set(keys.values())
    else:
        by_key = Counter(dict.fromkeys(keys.values(), 1))
        by_key["more than asked for"] += max(0, len(done) - kills) + (len(done) > kills)
    return Killed(
        Counter(one.state for one in ended),
        Counter({key: n for key, n in by_key.items() if n}),
        Counter(one.sendings for one in ended),
        sum(bool(one.came_to.get("value", {}).get("is_repeat")) for one in ended),
    )


async def _seed(pool: Pool, service: ShopServer, *, knows_keys: bool) -> Seeded:
    shop = await seed_tenant(pool, "Killed")
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await contacts.link(conn, shop.contact_id, "identity", BO)
        await contacts.verify(conn, shop.contact_id)
        await connectors.create(
            conn, "http", "Shop", settings=demo_connector(service.url, knows_keys=knows_keys),
            secret=TOKEN, sealer=Sealer(MASTER, connectors.PURPOSE), actor=SYSTEM,
        )  # fmt: skip
        kept = (await assistants.get(conn, shop.assistant_id)).settings
        tools = [ToolSetting(name="refund_order", approval="never")]
        changed = kept.model_copy(update={"tools": tools})
        await assistants.update(conn, shop.assistant_id, changed, actor=SYSTEM)
    return shop


async def _propose(pool: Pool, shop: Seeded) -> tuple[UUID, UUID]:
    action_id, turn_id = new_id(), new_id()
    new = NewAction(
        action_id, "0.0.0", "refund_order", {"number": ORDER, "amount": AMOUNT, "reason": ""},
        {"title": "Refund", "what": "a refund", "asked": "", "language": "en", "passages": []},
        needs_approval=False, amount=Decimal(AMOUNT), currency="EUR",
    )  # fmt: skip
    owner = Owner(shop.conversation_id, shop.contact_id, shop.assistant_id, 1)
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await actions.propose(conn, owner, turn_id, [new])
    return action_id, turn_id


async def _ended(pool: Pool, shop: Seeded, count: int) -> list[actions.Action]:
    """All actions, once each of them has its end and the turn that tells it."""
    deadline = time.monotonic() + WAITS_SECONDS
    while True:
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            found = await actions.list_page(conn, limit=count + 1, asks_nobody=True)
        if all(one.outcome_turn_id for one in found):
            assert len(found) == count
            return found
        assert time.monotonic() < deadline, Counter(one.state for one in found)
        await asyncio.sleep(0.1)


def _started(database: Database, service: ShopServer, points: Path) -> "subprocess.Popen[bytes]":
    given = {
        "database": database.app,
        "allow": service.url.removeprefix("http://"),
        "points": str(points),
        "master": MASTER.hex(),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.server.acting_process", json.dumps(given)]
    )


async def _until(holds: object) -> None:
    deadline = time.monotonic() + WAITS_SECONDS
    assert callable(holds)
    while not holds():
        assert time.monotonic() < deadline, "nobody came by the point"
        await asyncio.sleep(0.02)


def main() -> int:
    """Run both sieges and print what they came to; 1 where anything happened twice or was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.server.acting_kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--forgetful", type=int, default=20)
    asked = parser.parse_args()
    rows = ["| service | kills | doubles | lost | states | sendings | known as repeats | s |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    harm = 0
    with (
        tempfile.TemporaryDirectory(prefix="kills-") as folder,
        cluster(Path(folder)) as server,
        fresh_database(server, "kills") as database,
    ):
        for kills, knows_keys in ((asked.kills, True), (asked.forgetful, False)):
            points = Path(tempfile.mkdtemp(prefix="points-", dir=folder))
            began = time.perf_counter()
            with demo_shop_service() as service:
                came = asyncio.run(
                    siege(database, service, points, kills=kills, knows_keys=knows_keys)
                )
            lost = came.lost(kills, knows_keys=knows_keys)
            harm += came.doubles + lost
            rows.append(
                f"| {'knows' if knows_keys else 'knows no'} keys | {kills} | {came.doubles} | {lost} | "
                f"{dict(came.states)} | {dict(came.sendings)} | {came.repeats_by_service} | "
                f"{time.perf_counter() - began:.0f} |"
            )
            sys.stdout.write(f"{rows[-1]}\n")
            sys.stdout.flush()
    sys.stdout.write("\n".join(["", *rows, ""]))
    return int(harm > 0)


if __name__ == "__main__":
    raise SystemExit(main())

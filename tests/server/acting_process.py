"""A process that has actions go on and nothing else, to be killed: `python -m tests.server.acting_process`.

Takes a JSON object: `database`, `allow`, `points`, `master` (hexadecimal).
"""

import asyncio
import json
import sys
from pathlib import Path

from graphs.acting.action_desk import PostgresActionDesk
from graphs.acting.actions import ActionRuns
from graphs.keeping.checkpoints import PostgresSavers
from server.outside.acting import Acting
from server.outside.retrying import Backoff
from server.outside.sending import Sender, SendLimits
from tenants.database.connection import make_pool
from tenants.database.hold_points import HoldPoints
from tenants.keys.sealing import Sealer
from tenants.outside import channels, connectors
from tools.connecting import StoredConnectors
from tools.egress import EgressPolicy, guarded_client

LIMITS = SendLimits(timeout_seconds=1, lease_beyond_seconds=2)


async def main() -> None:
    """Act until killed."""
    given = json.loads(sys.argv[1])
    master = bytes.fromhex(given["master"])
    pool = make_pool(given["database"], min_size=1, max_size=4, timeout_seconds=60)
    async with pool, guarded_client(EgressPolicy.parse(given["allow"])) as client:
        hold = HoldPoints(Path(given["points"]))
        connected = StoredConnectors(pool, Sealer(master, connectors.PURPOSE), client)
        desk = PostgresActionDesk(pool, connected, hold=hold)
        runs = ActionRuns(pool, desk, PostgresSavers(pool, hold))
        acting = Acting(pool, runs, backoff=Backoff(first_seconds=0.1))
        sealer = Sealer(master, channels.PURPOSE)
        await Sender(pool, client, sealer, LIMITS, hold=hold, acting=acting).send_forever()


if __name__ == "__main__":
    asyncio.run(main())

"""A process that sends and nothing else, to be killed: `python -m tests.server.sender_process`.

Takes a JSON object: `database`, `allow`, `points`, `master` (hexadecimal).
"""

import asyncio
import json
import sys
from pathlib import Path

from server.outside.sending import Sender, SendLimits
from tenants.database.connection import make_pool
from tenants.database.hold_points import HoldPoints
from tenants.keys.sealing import Sealer
from tenants.outside import channels
from tools.egress import EgressPolicy, guarded_client

LIMITS = SendLimits(timeout_seconds=5, lease_beyond_seconds=1)


async def main() -> None:
    """Send until killed."""
    given = json.loads(sys.argv[1])
    sealer = Sealer(bytes.fromhex(given["master"]), channels.PURPOSE)
    pool = make_pool(given["database"], min_size=1, max_size=4, timeout_seconds=60)
    async with pool, guarded_client(EgressPolicy.parse(given["allow"])) as client:
        hold = HoldPoints(Path(given["points"]))
        await Sender(pool, client, sealer, LIMITS, hold=hold).send_forever()


if __name__ == "__main__":
    asyncio.run(main())

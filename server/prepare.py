"""`python -m server.prepare`: migrate and seed, then go, so that the server stays small.

The plan comes as JSON on standard input: it holds passwords, which belong neither in arguments
nor in the environment.
"""

import asyncio
import sys
from pathlib import Path

import psycopg

from graphs.embedding.embeddings import WeightsMissing
from graphs.keeping.checkpoint_schema import install_schema
from server.demo import seed_demo
from server.plan import Plan
from tenants.database.connection import make_pool
from tenants.database.migrate import migrate
from tenants.database.schema_stamp import read_stamp, write_stamp
from tenants.errors import DeskError
from tenants.keys.keyring import Keyring
from tenants.keys.master_keys import LocalMasterKeys
from tenants.keys.secrets import master_key, pepper


def main() -> int:
    """0 when the database is as the server needs it; else what is wrong, on standard error."""
    plan = Plan.model_validate_json(sys.stdin.read())
    try:
        if read_stamp(plan.owner_url) != plan.stamp:
            if migrate(plan.owner_url, app_url=plan.app_url, also=[install_schema]):
                write_stamp(plan.owner_url, plan.stamp)
            else:
                sys.stderr.write(
                    "frontdesk: the database is a newer release's; it is left as it is\n"
                )
        if plan.demo:
            asyncio.run(_seed(plan))
    except (DeskError, WeightsMissing, psycopg.Error) as error:
        sys.stderr.write(f"frontdesk: the database could not be prepared: {error}\n")
        return 1
    return 0


async def _seed(plan: Plan) -> None:
    data = Path(plan.data)
    master = master_key(data, plan.master_key)
    async with make_pool(
        plan.app_url,
        min_size=1,
        max_size=2,
        timeout_seconds=30,
        keys=Keyring(LocalMasterKeys(master)),
    ) as pool:
        await seed_demo(
            pool,
            data,
            pepper=pepper(master),
            embeddings=plan.embeddings,
            threads=plan.threads,
        )


if __name__ == "__main__":
    sys.exit(main())

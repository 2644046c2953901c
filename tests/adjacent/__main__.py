"""Keep what this release needs of the database: `python -m tests.adjacent RELEASE`, once, before it leaves.

Files of earlier releases are never made again: they say what those releases need.
"""

import sys
import tempfile
from pathlib import Path

import psycopg

from tenants.database.migrate import head_revision
from tests.adjacent.needs import FOLDER, Needs, columns, refusal, rules
from tests.databases import cluster, fresh_database
from tests.tenants.sql_literals import sql_literals


def make(release: str) -> Path:
    """The file of this release; what no role of its own may run by itself is no need."""
    with (
        tempfile.TemporaryDirectory() as folder,
        cluster(Path(folder) / "pg") as server,
        fresh_database(server, "needs") as database,
        psycopg.connect(database.superuser, autocommit=True) as conn,
    ):
        said = {(one.text, one.is_routers): one.place for one in sql_literals()}
        statements = [
            {"place": place, "text": text, "is_routers": is_routers}
            for (text, is_routers), place in said.items()
            if refusal(conn, text, is_routers=is_routers) is None
        ]
        needs = Needs(release, head_revision(), statements, columns(conn), rules(conn))
    return needs.write()


if __name__ == "__main__":
    if len(sys.argv) != 2 or (FOLDER / f"{sys.argv[1]}.json").exists():
        sys.exit("usage: python -m tests.adjacent RELEASE (one that is not there yet)")
    sys.stdout.write(f"{make(sys.argv[1])}\n")

"""Databases for tests: one PostgreSQL a run, one template migrated once, a copy for each worker."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from graphs.keeping.checkpoint_schema import install_schema
from tenants.database import postgres_locks
from tenants.database.migrate import migrate
from tenants.database.postgres import DEFAULT_VERSION, EmbeddedPostgres
from tenants.keys.keyring import Keyring
from tenants.keys.master_keys import LocalMasterKeys

VERSION = int(os.environ.get("FRONTDESK_TEST_POSTGRES", DEFAULT_VERSION))
TEMPLATE = "frontdesk"
MASTER_KEY = b"master-key-of-the-tests-32-bytes"
# A crash of the machine may cost a test run's data: that is what makes these tests quick.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Database:
    """One migrated database: `app` as the server connects, `owner`, and the `superuser`."""

    app: str
    owner: str
    superuser: str


def keyring_of_tests() -> Keyring:
    """The keys of a process that serves a test's database."""
    return Keyring(LocalMasterKeys(MASTER_KEY))


@contextmanager
def cluster(data: Path) -> Generator[EmbeddedPostgres]:
    """The run's PostgreSQL with the migrated template; every worker may open the same folder."""
    with EmbeddedPostgres(
        data, version=VERSION, settings=FAST | {"max_connections": "200"}
    ) as server:
        with _template(server):
            migrate(server.urls.owner, app_url=server.urls.app, also=[install_schema])
        yield server


@contextmanager
def fresh_database(
    server: EmbeddedPostgres, name: str, *, empty: bool = False
) -> Generator[Database]:
    """A copy of the template (or one without any table), dropped afterwards."""
    template = "template0" if empty else TEMPLATE
    named = sql.Identifier(name)
    with psycopg.connect(server.superuser_url, autocommit=True) as conn:
        conn.execute(sql.SQL("drop database if exists {} with (force)").format(named))
        with _template(server):
            conn.execute(
                sql.SQL("create database {} owner frontdesk_owner template {}").format(
                    named, sql.Identifier(template)
                )
            )
        urls = (server.urls.app, server.urls.owner, server.superuser_url)
        database = Database(*(_with_database(url, name) for url in urls))
        if empty:
            with psycopg.connect(database.superuser, autocommit=True) as inside:
                inside.execute("create extension vector")
        try:
            yield database
        finally:
            conn.execute(sql.SQL("drop database if exists {} with (force)").format(named))


@contextmanager
def _template(server: EmbeddedPostgres) -> Generator[None]:
    """Alone with the template: nobody may be connected to it while it is copied."""
    with postgres_locks.exclusive(server.data / "template.lock"):
        yield


def _with_database(url: str, name: str) -> str:
    return make_conninfo(url, dbname=name)

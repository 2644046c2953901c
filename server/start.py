"""From settings to a prepared database: PostgreSQL up, migrations run, demo tenants seeded."""

import base64
import socket
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from server.demo_tenants import demo_tenants, seed_hashes
from server.plan import Plan
from settings import Settings
from tenants.database.postgres import EmbeddedPostgres
from tenants.database.schema_stamp import read_stamp, release_stamp
from tenants.keys.secrets import master_key, platform_key

HOME = Path(__file__).parents[1]
_SET_UPS = (HOME / "graphs/keeping/checkpoint_schema.py",)
_PACKAGES_WITH_TABLES = ("langgraph-checkpoint-postgres", "procrastinate")


class StartFailed(Exception):
    """The server cannot start; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a door needs of the outside: where the database is, and the keys."""

    app_url: str
    owner_url: str
    data: Path
    platform_key: str
    master_key: bytes
    embedded: bool
    leave_at_once: Callable[[], None] = lambda: None  # of a process that has no time any more


@contextmanager
def database(settings: Settings) -> Generator[Prepared]:
    """The database of the settings, the embedded one running; nothing is migrated yet.

    Raises: PostgresFailed, StartFailed.
    """
    data = settings.data.absolute()
    if settings.database_url is None:
        if settings.owner_database_url is not None:
            raise StartFailed("FRONTDESK_OWNER_DATABASE_URL needs FRONTDESK_DATABASE_URL beside it")
        with EmbeddedPostgres(data) as server:
            made = _prepared(settings, data, server.urls.app, server.urls.owner, embedded=True)
            yield replace(made, leave_at_once=server.leave_at_once)
        return
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    app_url = settings.database_url.get_secret_value()
    owner = settings.owner_database_url or settings.database_url
    yield _prepared(settings, data, app_url, owner.get_secret_value(), embedded=False)


def _prepared(
    settings: Settings, data: Path, app_url: str, owner_url: str, *, embedded: bool
) -> Prepared:
    given_platform, given_master = settings.platform_key, settings.master_key
    return Prepared(
        app_url=app_url,
        owner_url=owner_url,
        data=data,
        platform_key=platform_key(
            data, given_platform.get_secret_value() if given_platform else None
        ),
        master_key=master_key(data, given_master.get_secret_value() if given_master else None),
        embedded=embedded,
    )


def prepare(settings: Settings, prepared: Prepared, *, demo: bool) -> None:
    """The schema is this release's and the demo tenants are there on return.

    Done by a process of its own, so that this one stays small; skipped when there is nothing to
    do, which a look at the database's stamp and the remembered demo seeds tells.
    Raises: StartFailed.
    """
    stamp = release_stamp(_SET_UPS, _PACKAGES_WITH_TABLES)
    if read_stamp(prepared.app_url) == stamp and (not demo or demo_is_current(prepared)):
        return
    plan = Plan(
        owner_url=prepared.owner_url,
        app_url=prepared.app_url,
        data=str(prepared.data),
        master_key=base64.b64encode(prepared.master_key).decode(),
        demo=demo,
        embeddings=settings.embeddings,
        threads=settings.embedding_threads,
        stamp=stamp,
    )
    done = subprocess.run(
        [sys.executable, "-m", "server.prepare"],
        input=plan.model_dump_json(),
        text=True,
        cwd=HOME,
        check=False,
    )
    if done.returncode != 0:
        raise StartFailed("the database could not be prepared, see above")


def demo_is_current(prepared: Prepared) -> bool:
    """Whether the demo tenants that the data folder remembers are in this database, unchanged."""
    known = demo_tenants(prepared.data)
    lacks_operator = any(not one.operator_id for one in known)
    if lacks_operator or {one.seed for one in known} != set(seed_hashes().values()):
        return False
    with psycopg.connect(prepared.app_url, options="-c role=frontdesk_router") as conn:
        rows = conn.execute("select tenant_id from tenants").fetchall()
    return {one.tenant_id for one in known} <= {str(row[0]) for row in rows}


def check_port(host: str, port: int) -> None:
    """Raises: StartFailed where another program holds the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartFailed(
                f"cannot listen on {host}:{port} ({error.strerror}). "
                f"Choose another port: make run PORT={port + 1 if port < 65535 else 8000}"
            ) from error

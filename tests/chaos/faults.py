"""Faults of the database under load: what is broken, for how long, and when an answer is good again.

Every fault has its evidence: a new postmaster, sessions that were ended, or what the servers say.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import psycopg
from psycopg import sql

from tenants.database import postgres_install as install
from tenants.database.postgres_install import SUPERUSER
from tenants.database.postgres_roles import Passwords, url
from tenants.database.postgres_socket import socket_folder
from tests.chaos.journal import Fault, Journal
from tests.chaos.world import BACK_SECONDS, World

IMMEDIATE = "the database, restarted in immediate mode"
STORM = "connections, ended in a storm"
POOL = "the pool, exhausted"
DISK = "the disk, full"
FEW_CONNECTIONS = {"FRONTDESK_POOL_TIMEOUT_SECONDS": "2", "FRONTDESK_POOL_MAX": "4"}
STORM_SECONDS = 3.0
HELD_SECONDS = 3.0
SEEN_SECONDS = 60.0  # within which a server says that it has met the fault
DISK_BYTES = 4_000_000
WRITTEN = ("messages", "events", "turns", "checkpoint_writes", "checkpoint_blobs", "checkpoints")
Cause = Callable[[World], str]


def cause(world: World, journal: Journal, what: str) -> Fault:
    """Break, wait until it is whole again, and see how long every server takes to a good answer."""
    at = time.time()
    evidence = CAUSES[what](world)
    over_at = time.time()
    fault = Fault(what, evidence, at, over_at, _good_after(world))
    journal.faults.append(fault)
    journal.note("fault", fault)
    return fault


def _good_after(world: World) -> float:
    """Seconds until the slowest server has taken a conversation."""
    began = time.monotonic()
    for n in range(len(world.alive)):
        body = {
            "assistant_id": world.assistant_id,
            "contact": {"name": "probe", "identities": [{"channel": "api", "address": "probe"}]},
        }
        while True:
            with suppress(httpx2.HTTPError, OSError):
                answer = world.call(n, "POST", "/v1/conversations", json=body, timeout=5)
                if answer.status_code < 300:
                    break
            if time.monotonic() - began > BACK_SECONDS:
                raise TimeoutError("no good answer any more")
            time.sleep(0.05)
    return time.monotonic() - began


def _restarted(world: World) -> str:
    """SIGQUIT: every session is cut off, the next start replays the log; the servers start it."""
    before = _postmaster(world)
    os.kill(before, signal.SIGQUIT)
    deadline = time.monotonic() + BACK_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError, IndexError, psycopg.OperationalError):
            after = _postmaster(world)
            if after != before:
                psycopg.connect(_url(world), connect_timeout=5).close()
                return f"postmaster {before}, then {after}"
        time.sleep(0.05)
    raise TimeoutError("the database did not come back")


def _storm(world: World) -> str:
    """Every session of every server is ended, again and again."""
    ended, until = 0, time.monotonic() + STORM_SECONDS
    with psycopg.connect(_url(world), autocommit=True) as conn:
        while time.monotonic() < until:
            found = conn.execute(
                """
                select count(pg_terminate_backend(pid))
                  from pg_stat_activity
                 where pid <> pg_backend_pid()
                   and backend_type = 'client backend'
                """
            ).fetchone()
            ended += found[0] if found else 0
            time.sleep(0.1)
    assert ended, "there was no session to end"
    return f"{ended} sessions ended"


def _exhausted(world: World) -> str:
    """A lock that every turn needs is held until a server finds no connection any more."""
    with psycopg.connect(_url(world)) as conn:
        conn.execute("lock table conversations in access exclusive mode")
        seen = _seen(world, "PoolTimeout")
        time.sleep(HELD_SECONDS)
    return seen


def _full(world: World) -> str:
    """The tables that turns write lie on a small disk, which is filled until a server notices."""
    with _small_disk(world) as disk:
        ballast = disk / "ballast"
        try:
            with suppress(OSError), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4_096))
            seen = _seen(world, "DiskFull")
            time.sleep(HELD_SECONDS)
        finally:
            ballast.unlink()
    return seen


@contextmanager
def _small_disk(world: World) -> Generator[Path]:
    disk = world.data.parent / "disk"
    disk.mkdir(exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=755", "tmpfs", str(disk))
    try:
        place = disk / "tables"
        place.mkdir()
        install.server_user(world.data / "pg").own(place)
        with psycopg.connect(_url(world), autocommit=True) as conn:
            conn.execute(
                sql.SQL("create tablespace small location {}").format(sql.Literal(str(place)))
            )
            _move(conn, "small")
            try:
                yield disk
            finally:
                _move(conn, "pg_default")
                conn.execute("drop tablespace small")
    finally:
        _run("umount", str(disk))


def _move(conn: psycopg.Connection, place: str) -> None:
    for table in WRITTEN:
        conn.execute(
            sql.SQL("alter table {} set tablespace {}").format(
                sql.Identifier(table), sql.Identifier(place)
            )
        )


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=30)


def _seen(world: World, name: str) -> str:
    """The first line from now on in which a server says the name. Raises: TimeoutError."""
    known = {server.url: len(server.output) for server in world.servers}
    deadline = time.monotonic() + SEEN_SECONDS
    while time.monotonic() < deadline:
        for server in world.servers:
            for line in server.output[known[server.url] :]:
                if name in line:
                    return line.strip()[:200]
        time.sleep(0.05)
    raise TimeoutError(f"no server has met {name}")


def _postmaster(world: World) -> int:
    return int((world.data / "pg" / "postmaster.pid").read_text().split()[0])


def _url(world: World) -> str:
    """The superuser's way in, without becoming one of those who keep the database running."""
    user = install.server_user(world.data / "pg")
    password = Passwords.of(world.data).superuser
    return url(socket_folder(world.data, user), SUPERUSER, password)


CAUSES: dict[str, Cause] = {IMMEDIATE: _restarted, STORM: _storm, POOL: _exhausted, DISK: _full}

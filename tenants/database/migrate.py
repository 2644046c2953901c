"""Bring a database to the schema of this release, once, however many processes start at once.

Everything runs under one advisory lock: roles, our Alembic revisions, procrastinate's schema and
what the caller adds (LangGraph's tables: this folder knows no LangGraph). The lock is polled:
waiting inside a statement would keep a snapshot open and `create index concurrently`, which
LangGraph's set-up runs, would wait for that for ever.
"""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tenants.database.postgres_roles import make_group_roles
from tenants.errors import Unavailable

LOCK_KEY = 0x66726F6E74  # "front"
LOCK_SECONDS = 120
LOCK_POLL_SECONDS = 0.1
_MIGRATIONS = Path(__file__).parents[1] / "migrations"
# Code that knows this revision and no newer one may serve the schema of this release: while servers
# are replaced one after the other, and when an update is taken back. Older code cannot read rows that
# name themselves (decision 0054). It stands in the database, for code that does not know ours.
SERVES_FROM = "0057"

SetUp = Callable[[str], None]
Connection = psycopg.Connection[tuple[Any, ...]]


def migrate(owner_url: str, *, app_url: str | None = None, also: Sequence[SetUp] = ()) -> bool:
    """The schema is this release's on return; `also` are further set-ups, given `owner_url`.

    `app_url`'s login is allowed to act as the app where it is another than the owner's. False, and
    nothing changed, where a newer release has been here and lets this one serve beside it.
    Raises: Unavailable where another process migrates for longer than `LOCK_SECONDS`, or a newer
    release's schema is nothing for this one.
    """
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=10) as conn:
        conn.execute("set client_min_messages = warning")
        with _lock(conn):
            _check_server(conn)
            if is_newer(owner_url):
                return False
            _prepare_roles(conn, app_url or owner_url)
            _upgrade(owner_url)
            conn.execute("grant select on alembic_version to frontdesk_app")
            _say_who_may_serve(conn)
            _install_jobs(conn)
            for set_up in also:
                set_up(owner_url)
    return True


def is_newer(url: str) -> bool:
    """Whether a newer release has migrated the database, under which this one may serve.

    Raises: Unavailable where it may not.
    """
    current, known = current_revision(url), head_revision()
    if current is None or current in _known_revisions():
        return False
    serves_from = _serves_from(url)
    if serves_from is None or known < serves_from:
        raise Unavailable(
            f"the database is at revision {current} and this release knows none after {known}: a "
            "newer release has migrated it, and this one cannot serve it. Start the newer release, "
            "or restore a backup from before"
        )
    return True


def head_revision() -> str:
    """The newest revision that this release knows."""
    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    assert head is not None
    return head


def current_revision(url: str) -> str | None:
    """The database's revision, None where nothing was migrated yet."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as conn:
        present = conn.execute("select to_regclass('alembic_version')").fetchone()
        if present is None or present[0] is None:
            return None
        row = conn.execute("select version_num from alembic_version").fetchone()
    return None if row is None else str(row[0])


def _known_revisions() -> frozenset[str]:
    return frozenset(
        revision.revision for revision in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()
    )


def _serves_from(url: str) -> str | None:
    """What the newest release that was here has said of older ones; None where it has not."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as conn:
        row = conn.execute("select col_description('alembic_version'::regclass, 1)").fetchone()
    return None if row is None else row[0]


def _say_who_may_serve(conn: Connection) -> None:
    """Beside Alembic's own word, as a comment: it leaves and comes back with a dump."""
    conn.execute(
        sql.SQL("comment on column alembic_version.version_num is {}").format(
            sql.Literal(SERVES_FROM)
        )
    )


@contextmanager
def _lock(conn: Connection) -> Generator[None]:
    deadline = time.monotonic() + LOCK_SECONDS
    while conn.execute("select pg_try_advisory_lock(%s)", (LOCK_KEY,)).fetchone() != (True,):
        if time.monotonic() > deadline:
            raise Unavailable("another process has been migrating this database for too long")
        time.sleep(LOCK_POLL_SECONDS)
    try:
        yield
    finally:
        conn.execute("select pg_advisory_unlock(%s)", (LOCK_KEY,))


def _check_server(conn: Connection) -> None:
    if conn.info.server_version < 160_000:
        raise Unavailable(f"PostgreSQL 16 or newer is needed, this is {conn.info.server_version}")
    with conn.transaction():
        if conn.execute("select 1 from pg_extension where extname = 'vector'").fetchone() is None:
            conn.execute("create extension vector")


def _prepare_roles(conn: Connection, app_url: str) -> None:
    """Roles exist, and whoever connects as the app may put them on. Raises: Unavailable."""
    login = str(conninfo_to_dict(app_url).get("user") or conn.info.user)
    try:
        with conn.transaction():
            make_group_roles(conn)
            conn.execute("grant usage on schema public to frontdesk_app, frontdesk_router")
            for role in ("frontdesk_app", "frontdesk_router"):
                _let_put_on(conn, login, role)
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable(
            f"{conn.info.user} may not set up the roles ({error.diag.message_primary}). Let a "
            "superuser run: create role frontdesk_app nologin; create role frontdesk_router "
            f"nologin; grant frontdesk_app, frontdesk_router to {login};"
        ) from error


def _let_put_on(conn: Connection, login: str, role: str) -> None:
    allowed = conn.execute("select pg_has_role(%s, %s, 'SET')", (login, role)).fetchone()
    if allowed != (True,):
        conn.execute(
            sql.SQL("grant {} to {} with inherit false, set true").format(
                sql.Identifier(role), sql.Identifier(login)
            )
        )


def _upgrade(owner_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["owner_url"] = owner_url
    command.upgrade(config, "head")


def _install_jobs(conn: Connection) -> None:
    """Procrastinate's tables, all or nothing, used by the app role alone."""
    with conn.transaction():
        present = conn.execute("select to_regclass('procrastinate_jobs') is not null").fetchone()
        if present != (True,):
            schema = files("procrastinate.sql").joinpath("schema.sql").read_text(encoding="utf-8")
            conn.execute(cast(LiteralString, schema))
        conn.execute(
            """
            do $$
            declare one record;
            begin
                for one in select oid::regclass as name, relkind from pg_class
                            where relname like 'procrastinate\\_%' and relkind in ('r', 'S')
                              and relnamespace = 'public'::regnamespace loop
                    if one.relkind = 'r' then
                        execute format('grant select, insert, update, delete on %s to frontdesk_app', one.name);
                    else
                        execute format('grant usage on sequence %s to frontdesk_app', one.name);
                    end if;
                end loop;
            end $$
            """
        )

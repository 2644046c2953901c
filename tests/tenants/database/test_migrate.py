"""Migrations: once, however many start; on an embedded or a foreign database."""

import subprocess
import sys

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from graphs.keeping.checkpoint_schema import CHECKPOINT_TABLES, install_schema
from tenants.database import migrate as migrations
from tenants.database.connection import make_pool
from tenants.database.isolation import IsolationBroken, assert_isolated, isolation_faults
from tenants.database.migrate import SERVES_FROM, current_revision, head_revision, migrate
from tenants.errors import Unavailable
from tests.databases import Database

_MIGRATE = """
import sys
from graphs.keeping.checkpoint_schema import install_schema
from tenants.database.migrate import migrate
migrate(sys.argv[1], app_url=sys.argv[2], also=[install_schema])
"""


def count(url: str, query: str) -> object:
    with psycopg.connect(url) as conn:
        row = conn.execute(query.encode()).fetchone()
        return None if row is None else row[0]


def test_four_processes_at_once_migrate_once(empty_database: Database) -> None:
    command = [sys.executable, "-c", _MIGRATE, empty_database.owner, empty_database.app]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    outcomes = [process.communicate(timeout=60)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], outcomes
    assert current_revision(empty_database.app) == head_revision()
    assert count(empty_database.owner, "select count(*) from alembic_version") == 1
    assert count(empty_database.owner, "select count(*) from procrastinate_jobs") == 0


def test_a_repeat_changes_nothing(empty_database: Database) -> None:
    shape = (
        "select md5(string_agg(c::text, ',' order by c::text)) from pg_class c where oid > 16384"
    )
    migrate(empty_database.owner, app_url=empty_database.app, also=[install_schema])
    before = count(empty_database.superuser, shape)
    migrate(empty_database.owner, app_url=empty_database.app, also=[install_schema])
    assert count(empty_database.superuser, shape) == before


def newer(database: Database, serves_from: str | None) -> None:
    """Leave the database as a release that this one does not know would."""
    migrate(database.owner, app_url=database.app, also=[install_schema])
    with psycopg.connect(database.owner, autocommit=True) as conn:
        conn.execute("update alembic_version set version_num = '9999'")
        word = sql.SQL("comment on column alembic_version.version_num is {}")
        conn.execute(word.format(sql.Literal(serves_from)))


def test_what_a_newer_release_has_migrated_is_left_as_it_is(empty_database: Database) -> None:
    newer(empty_database, head_revision())
    shape = "select string_agg(oid::text, ',' order by oid) from pg_class where oid > 16384"
    before = count(empty_database.superuser, shape)
    assert not migrate(empty_database.owner, app_url=empty_database.app, also=[install_schema])
    assert current_revision(empty_database.app) == "9999"
    assert count(empty_database.superuser, shape) == before


@pytest.mark.parametrize("serves_from", ["9998", None])
def test_what_a_newer_release_keeps_to_itself_is_refused(
    empty_database: Database, serves_from: str | None
) -> None:
    newer(empty_database, serves_from)
    with pytest.raises(Unavailable, match=r"revision 9999 .* newer release .* backup"):
        migrate(empty_database.owner, app_url=empty_database.app, also=[install_schema])


def test_a_database_says_which_older_code_it_serves(empty_database: Database) -> None:
    migrate(empty_database.owner, app_url=empty_database.app, also=[install_schema])
    said = "select col_description('alembic_version'::regclass, 1)"
    assert count(empty_database.app, said) == SERVES_FROM <= head_revision()


def test_an_empty_database_has_no_revision(empty_database: Database) -> None:
    assert current_revision(empty_database.owner) is None


def test_a_killed_set_up_of_the_checkpoints_is_mended(empty_database: Database) -> None:
    migrate(empty_database.owner, app_url=empty_database.app, also=[install_schema])
    index = "checkpoints_thread_id_idx"
    with psycopg.connect(empty_database.superuser, autocommit=True) as conn:
        conn.execute("delete from checkpoint_migrations where v >= 6")
        conn.execute(
            "update pg_index set indisvalid = false where indexrelid = %s::regclass", (index,)
        )
    migrate(empty_database.owner, app_url=empty_database.app, also=[install_schema])
    valid = f"select indisvalid from pg_index where indexrelid = '{index}'::regclass"
    assert count(empty_database.owner, valid) is True


def test_checkpoints_of_one_tenant_are_hidden_from_another(database: Database) -> None:
    ours, theirs = "0190f000-0000-7000-8000-000000000001", "0190f000-0000-7000-8000-000000000002"
    with psycopg.connect(database.app) as conn:
        conn.execute("select set_config('app.tenant_id', %s, true)", (ours,))
        conn.execute(
            """
            insert into checkpoint_writes
                   (thread_id, checkpoint_id, task_id, idx, channel, blob)
            values ('t', 'c', 'k', 0, 'x', '\\x00')
            """
        )
        seen = "select count(*) from checkpoint_writes where thread_id = 't'"
        assert conn.execute(seen).fetchone() == (1,)
        conn.execute("select set_config('app.tenant_id', %s, true)", (theirs,))
        assert conn.execute(seen).fetchone() == (0,)
        conn.rollback()
        with pytest.raises((psycopg.IntegrityError, psycopg.errors.InsufficientPrivilege)):
            conn.execute(
                "insert into checkpoint_blobs (thread_id, channel, version, type) values ('t','c','1','x')"
            )
    assert len(CHECKPOINT_TABLES) == 3


async def test_one_login_for_everything_becomes_the_app(empty_database: Database) -> None:
    """FRONTDESK_DATABASE_URL alone, here a superuser's: migrates, then serves as the app role."""
    alone = empty_database.superuser
    migrate(alone, also=[install_schema])
    async with make_pool(alone, min_size=1, max_size=2, timeout_seconds=10) as pool:
        await assert_isolated(pool)


async def test_a_login_that_is_no_superuser_can_migrate_its_own_database(
    empty_database: Database,
) -> None:
    with psycopg.connect(empty_database.superuser, autocommit=True) as conn:
        conn.execute("drop role if exists hosted")
        conn.execute("create role hosted login createrole password 'secret'")
        conn.execute("grant frontdesk_app, frontdesk_router to hosted with admin option")
        name = conn.info.dbname
        conn.execute(f'alter database "{name}" owner to hosted')  # pyright: ignore[reportArgumentType, reportCallIssue]  # tests only
    hosted = make_conninfo(empty_database.superuser, user="hosted", password="secret")
    try:
        migrate(hosted, also=[install_schema])
        async with make_pool(hosted, min_size=1, max_size=2, timeout_seconds=10) as pool:
            await assert_isolated(pool)
    finally:
        with psycopg.connect(empty_database.superuser, autocommit=True) as conn:
            conn.execute("reassign owned by hosted to frontdesk_owner")
            conn.execute("drop owned by hosted")
            conn.execute("drop role hosted")


async def test_a_database_that_does_not_keep_tenants_apart_is_refused(
    empty_database: Database,
) -> None:
    options = "-c role=none"
    async with make_pool(empty_database.app, min_size=1, max_size=1, timeout_seconds=10) as pool:
        assert await isolation_faults(pool) == [
            "the database holds none of our tables: run `frontdesk migrate`"
        ]
    migrate(empty_database.owner, app_url=empty_database.app)
    with psycopg.connect(empty_database.owner) as conn:
        conn.execute("alter table messages no force row level security")
    async with make_pool(
        empty_database.superuser, min_size=1, max_size=1, timeout_seconds=10, role_options=options
    ) as pool:
        with pytest.raises(IsolationBroken, match=r"superuser.*bypass.*messages"):
            await assert_isolated(pool)


def test_the_lock_is_let_go_after_a_failure(empty_database: Database) -> None:
    def fails(_: str) -> None:
        raise RuntimeError("broken set-up")

    with pytest.raises(RuntimeError, match="broken set-up"):
        migrate(empty_database.owner, app_url=empty_database.app, also=[fails])
    locks = (
        "select count(*) from pg_locks join pg_database on oid = database"
        " where datname = current_database() and locktype = 'advisory'"
        f" and objid = {migrations.LOCK_KEY % 2**32}"
    )
    assert count(empty_database.superuser, locks) == 0

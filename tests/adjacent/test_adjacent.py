"""The release before goes on serving while this one migrates and serves beside it.

Does a migration of yours fail here? It takes something away, or asks for something, that the release
before does not know. Expand first: add the new beside the old, with a default; contract a release
later, when nobody needs the old any more (docs/decisions/0047-expand-first.md).
"""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tenants.database.postgres import EmbeddedPostgres
from tests.adjacent.needs import Needs, all_needs, columns, must_be_given, read, refusal, rules
from tests.databases import Database, fresh_database

BEFORE = all_needs()[-1]
# Rules that are new on tables of the release before, and why its rows keep them all the same.
KEPT_ANYWAY: dict[str, str] = {}


@pytest.fixture(scope="module")
def todays(postgres: EmbeddedPostgres) -> Iterator[Database]:
    """A database of its own: its tables are locked while they are changed."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"adjacent_{worker}") as made:
        yield made


@pytest.fixture
def conn(todays: Database) -> Iterator[psycopg.Connection[Any]]:
    """The schema of today; what a test does to it is undone."""
    with psycopg.connect(todays.superuser, prepare_threshold=None) as opened:
        opened.execute("set timezone = 'UTC'")
        yield opened
        opened.rollback()


def faults(conn: psycopg.Connection[Any], needs: Needs) -> dict[str, str]:
    """What the release before would run into, by where."""
    found = {
        one["place"]: why
        for one in needs.statements
        if (why := refusal(conn, one["text"], is_routers=one["is_routers"])) is not None
    }
    now, asked, kept = columns(conn), must_be_given(conn), rules(conn)
    for table, known in needs.columns.items():
        for column in set(known) - set(now.get(table, ())):
            found[f"{table}.{column}"] = "is gone"
        for column in set(asked.get(table, ())) - set(known):
            found[f"{table}.{column}"] = "must be given, and is not known"
        for rule in set(kept.get(table, ())) - set(needs.rules.get(table, ())):
            if f"{table}: {rule}" not in KEPT_ANYWAY:
                found[f"{table}: {rule}"] = "is a rule that is not known"
    return found


def test_the_release_before_goes_on_over_todays_schema(conn: psycopg.Connection[Any]) -> None:
    assert faults(conn, read(BEFORE)) == {}


@pytest.mark.parametrize(
    ("migration", "where"),
    [
        ("alter table messages drop column delivery_state", "messages.delivery_state"),
        ("alter table messages rename column author_kind to author", "messages.author_kind"),
        ("alter table turns add column note text not null", "turns.note"),
        (
            "alter table contacts add check (created_at > '2020-01-01') not valid",
            "contacts: CHECK ((created_at > '2020-01-01 00:00:00+00'::timestamp with time zone))",
        ),
        (
            "create unique index one on assistants (tenant_id, revision)",
            "assistants: CREATE UNIQUE INDEX ON public.assistants USING btree (tenant_id, revision)",
        ),
        ("drop table notes cascade", "notes.content"),
    ],
)
def test_a_migration_that_takes_away_or_asks_for_more_is_found(
    conn: psycopg.Connection[Any], migration: str, where: str
) -> None:
    conn.execute(migration.encode())
    assert where in faults(conn, _of_table(where.partition(":")[0].partition(".")[0]))


def test_rights_that_are_taken_are_found_and_what_is_added_is_none(
    conn: psycopg.Connection[Any],
) -> None:
    conn.execute("alter table turns add column note text, add column more int not null default 0")
    conn.execute("create table lamps (tenant_id uuid not null, lamp_id uuid primary key)")
    assert faults(conn, _of_table("turns")) == {}
    conn.execute("revoke select on turns from frontdesk_app")
    assert "tenants.running.turns:get" in faults(conn, _of_table("turns"))


def _of_table(table: str) -> Needs:
    """The needs with those statements alone that speak of a table."""
    needs = read(BEFORE)
    speak = [one for one in needs.statements if re.search(rf"\b{table}\b", one["text"])]
    return replace(needs, statements=speak)


@pytest.mark.parametrize("path", all_needs(), ids=lambda path: path.stem)
def test_what_is_kept_is_small_and_says_enough(path: Path) -> None:
    assert path.stat().st_size < 600_000
    assert len(read(path).statements) > 200 and len(read(path).columns) > 40

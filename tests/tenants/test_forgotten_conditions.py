"""Forget the tenant in any statement: the database's policies still keep tenants apart.

And the other way round: without policies the statements' own conditions keep them apart. Two guards,
each enough by itself. `pytest -s` shows the counts.

Is a statement of yours refused here? Name the tenant in it (`where tenant_id = %(tenant_id)s`, in
every table that it reads); or, if it has good reason not to, put its place and the reason into
`WITHOUT_CONDITION`. What the router reads goes through `router_transaction` or a `RouterConnection`.
"""

import os
import re
import sys
from collections.abc import Iterator

import psycopg
import pytest
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

from graphs.keeping.checkpoints import TenantSaver
from tenants.database.postgres import EmbeddedPostgres
from tests.databases import Database, fresh_database
from tests.tenants.sql_literals import SqlLiteral, sql_literals
from tests.tenants.twin_tenants import OTHER, OWN, Twins

_CATALOGUE = "reads the system catalogue, which holds no tenant's data"
_SELECTS = "inserts what it is given, under the tenant's id; the policy checks every row"
WITHOUT_CONDITION = {
    "tenants.people.credentials:find_api_key": "the router's: a key's hash is what says whose it is",
    "graphs.keeping.checkpoints:executemany": "the tenant's id is the column's default, from the connection",
    "tenants.keeping.conversation_erasing:_tables": _CATALOGUE,
    "tenants.keeping.erasing:_tables": _CATALOGUE,
    "tenants.keeping.erasure_plan:columns_of": _CATALOGUE,
    "tenants.keeping.erasure_plan:tables_with": _CATALOGUE,
    "tenants.keys.resealing:places": _CATALOGUE,
    "tenants.database.isolation:_detour_faults": _CATALOGUE,
    "tenants.database.isolation:_policy_faults": _CATALOGUE,
    "tenants.database.isolation:_role_faults": _CATALOGUE,
    "tenants.database.isolation:_table_faults": _CATALOGUE,
    "tenants.database.migrate:_check_server": _CATALOGUE,
    "tenants.database.migrate:current_revision": _CATALOGUE,
    "tenants.database.postgres_roles:_make_login": _CATALOGUE,
    "tenants.database.postgres_roles:make_group_roles": _CATALOGUE,
    "tenants.database.postgres_roles:make_roles": _CATALOGUE,
    "tenants.finding.vector_indexes:_drop_leftovers": _CATALOGUE,
    "tenants.outside.outbox:put": _SELECTS,
    "tenants.finding.postings:write_segment": _SELECTS,
    "tenants.people.second_factors:put_recovery_codes": _SELECTS,
    "tenants.transcripts.words_behind:_add": _SELECTS,
    "tenants.finding.search_exact:<module>": "a piece of a search; whole searches are tried below",
    "tenants.finding.search_large:_statement": "a piece of a search; whole searches are tried below",
}
LITERALS = sql_literals()
CONDITIONED = [one for one in LITERALS if one.predicates()]


def tell(count: str) -> None:
    sys.stdout.write(f"\n{count}\n")


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[Database]:
    """Its own: what the router reads of all tenants would tell other tests' rows beside these two."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"conditions_{worker}") as made:
        yield made


@pytest.fixture(scope="module")
def twins(database: Database) -> Iterator[Twins]:
    """Rows in every table for two tenants, in a transaction that is never committed."""
    with psycopg.connect(database.superuser, prepare_threshold=None) as conn:
        yield Twins(conn)
        conn.rollback()


def test_every_statement_names_its_tenant_or_is_known_not_to() -> None:
    without = {
        one.place for one in LITERALS if not (one.predicates() or one.inserts or one.is_routers)
    }
    assert without - WITHOUT_CONDITION.keys() == set()


def test_every_row_that_is_inserted_names_its_tenant() -> None:
    unnamed = [one.place for one in LITERALS if one.inserts and "tenant_id" not in one.names]
    assert unnamed == []


def test_both_tenants_have_a_row_in_every_table(twins: Twins) -> None:
    assert set(twins.counts(OWN).values()) == set(twins.counts(OTHER).values()) == {1}


@pytest.mark.slow
def test_one_forgotten_condition_shows_and_changes_nothing_of_another_tenant(twins: Twins) -> None:
    tried = 0
    for one in CONDITIONED:
        asked = twins.asked(one)
        for predicate in one.predicates():
            forgotten = twins.outcome(one, one.without(predicate), guarded=True)
            assert forgotten == asked, (one.place, one.line)
            tried += 1
    tell(f"{len(LITERALS)} statements, {tried} conditions forgotten one by one: 0 leaks")
    assert tried > 450


@pytest.mark.slow
def test_all_conditions_forgotten_at_once_leak_only_without_the_policies(twins: Twins) -> None:
    leaking = failing = 0
    for one in CONDITIONED:
        asked = twins.asked(one)
        text = one.without(*one.predicates())
        assert twins.outcome(one, text, guarded=True) == asked, (one.place, one.line)
        leaking += twins.outcome(one, text, guarded=False) != asked
        failing += bool(asked.error)
    tell(
        f"{len(CONDITIONED)} statements without any condition: 0 leaks under the policies, "
        f"{leaking} leaks without them; {failing} end in an error with made-up values"
    )
    assert leaking > 0.5 * len(CONDITIONED)  # so the trial would see a leak
    assert failing < 0.05 * len(CONDITIONED)


@pytest.mark.slow
def test_without_policies_the_conditions_alone_keep_tenants_apart(twins: Twins) -> None:
    tried = 0
    for one in CONDITIONED:
        if one.is_routers:
            continue  # it joins tables of all tenants, in the columns that it may see
        guarded = twins.asked(one)
        assert twins.outcome(one, one.text, guarded=False) == guarded, (one.place, one.line)
        tried += 1
    tell(f"{tried} statements without policies: 0 leaks")


@pytest.mark.slow
def test_no_row_can_be_given_to_another_tenant(twins: Twins) -> None:
    given = [one for one in LITERALS if one.inserts and one.tables & set(twins.tables)]
    for one in given:
        refused = twins.outcome(one, one.text, guarded=True, tenant=OTHER)
        assert refused.error == "42501", (one.place, one.line, refused.error)
    tell(f"{len(given)} inserts for another tenant: all refused")
    assert len(given) > 50


def test_the_savers_own_statements_reach_one_tenant_alone(twins: Twins) -> None:
    """LangGraph's statements know of no tenant; both tenants have threads of the same names."""
    tried = unguarded = 0
    for name, text in _SAVER.items():
        columns = re.search(r"\(([\w, ]+)\)\s+VALUES", text)
        if columns:
            values = ", ".join(f"%({one.strip()})s" for one in columns[1].split(","))
            text = re.sub(r"VALUES \([^)]*\)", f"VALUES ({values})", text).rstrip(" ;\n")
        one = SqlLiteral.of("langgraph", name, 0, text)
        table = one.tables or {"checkpoints"}
        untouched = [row for row in twins.contents(table) if str(OTHER) in row]
        asked = twins.asked(one)
        assert not asked.error, (name, asked.error)
        assert [row for row in asked.contents if str(OTHER) in row] == untouched, name
        assert len(asked.rows) <= 1, name
        unguarded += twins.outcome(one, one.text, guarded=False) != asked
        tried += 1
    tell(f"{tried} statements of the saver: 0 leaks under the policies, {unguarded} without")
    assert unguarded >= 4


_SAVER = {
    "select": TenantSaver.SELECT_SQL + " where thread_id = %s",
    "upsert writes": AsyncPostgresSaver.UPSERT_CHECKPOINT_WRITES_SQL,
    "insert writes": AsyncPostgresSaver.INSERT_CHECKPOINT_WRITES_SQL,
    "blobs": AsyncPostgresSaver.UPSERT_CHECKPOINT_BLOBS_SQL,
    "checkpoints": AsyncPostgresSaver.UPSERT_CHECKPOINTS_SQL,
    "delete checkpoints": "delete from checkpoints where thread_id = %s",
    "delete blobs": "delete from checkpoint_blobs where thread_id = %s",
    "delete writes": "delete from checkpoint_writes where thread_id = %s",
}

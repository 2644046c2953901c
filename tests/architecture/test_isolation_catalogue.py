"""The database's own catalogue says that tenants are apart, whatever the code intends.

A new table: name it in its revision's `TENANT_TABLES` and call `isolate` there. What the router is to
read of it: `let_router_read`, and the same columns in the revision's `ROUTING_COLUMNS`.
"""

from collections.abc import Generator
from importlib import import_module
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from graphs.keeping.checkpoint_schema import CHECKPOINT_TABLES
from tenants import migrations
from tenants.database.isolation import WITHOUT_TENANT
from tests.databases import Database

_REVISIONS = [
    import_module(f"tenants.migrations.versions.{path.stem}")
    for path in sorted(Path(migrations.__file__).parent.glob("versions/0*.py"))
]
TENANT_TABLES = {table for revision in _REVISIONS for table in revision.TENANT_TABLES}
ROUTING_COLUMNS: dict[str, str] = {
    table: columns for revision in _REVISIONS for table, columns in revision.ROUTING_COLUMNS.items()
}

POLICY = "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)"


class Catalogue:
    """The system catalogue of a migrated database."""

    def __init__(self, conn: psycopg.Connection[tuple[object, ...]]) -> None:
        self._conn = conn

    def all(self, query: LiteralString) -> set[tuple[object, ...]]:
        return set(self._conn.execute(query).fetchall())

    def names(self, query: LiteralString) -> set[str]:
        return {str(row[0]) for row in self.all(query)}

    @property
    def tenant_tables(self) -> set[str]:
        return self.names(
            """
            select c.relname
              from pg_class c
              join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
                                 and not a.attisdropped
             where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
            """
        )


@pytest.fixture
def catalogue(database: Database) -> Generator[Catalogue]:
    with psycopg.connect(database.superuser) as conn:
        yield Catalogue(conn)


def test_every_table_has_a_tenant_or_is_known_to_need_none(catalogue: Catalogue) -> None:
    tables = catalogue.names("select tablename from pg_tables where schemaname = 'public'")
    assert tables - catalogue.tenant_tables == WITHOUT_TENANT.keys()
    assert catalogue.tenant_tables >= TENANT_TABLES
    assert set(CHECKPOINT_TABLES) <= catalogue.tenant_tables


def test_row_level_security_is_forced_wherever_a_tenant_stands(catalogue: Catalogue) -> None:
    forced = catalogue.names(
        "select relname from pg_class where relrowsecurity and relforcerowsecurity"
    )
    assert catalogue.tenant_tables - forced == set()


def test_the_policy_is_the_same_everywhere(catalogue: Catalogue) -> None:
    policies = catalogue.all(
        """
        select tablename, permissive, roles::text, cmd, qual, with_check
          from pg_policies
         where policyname <> 'router'
        """
    )
    expected = {
        (table, "PERMISSIVE", "{public}", "ALL", POLICY, POLICY)
        for table in catalogue.tenant_tables
    }
    assert policies == expected


def test_tenant_id_is_never_null_and_leads_every_key_of_ours(catalogue: Catalogue) -> None:
    nullable = catalogue.names(
        """
        select table_name from information_schema.columns
         where table_schema = 'public' and column_name = 'tenant_id' and is_nullable = 'YES'
        """
    )
    led = catalogue.names(
        """
        select c.relname
          from pg_index i
          join pg_class c on c.oid = i.indrelid
          join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
         where i.indisprimary and a.attname = 'tenant_id'
        """
    )
    assert nullable == set()
    assert catalogue.tenant_tables - led == set(CHECKPOINT_TABLES)  # their keys are LangGraph's


def test_the_app_and_the_router_own_nothing(catalogue: Catalogue) -> None:
    owned = catalogue.all(
        """
        select deptype, classid::regclass::text, objid
          from pg_shdepend
         where deptype = 'o'
           and refobjid in ('frontdesk_app'::regrole, 'frontdesk_router'::regrole)
        """
    )
    assert owned == set()


def test_the_router_reads_exactly_the_routing_columns(catalogue: Catalogue) -> None:
    granted = catalogue.all(
        """
        select table_name, column_name, privilege_type
          from information_schema.column_privileges
         where grantee = 'frontdesk_router' and table_schema = 'public'
        """
    )
    assert granted == {
        (table, column.strip(), "SELECT")
        for table, columns in ROUTING_COLUMNS.items()
        for column in columns.split(",")
    }
    assert (
        catalogue.names("select tablename from pg_policies where policyname = 'router'")
        == ROUTING_COLUMNS.keys()
    )


def test_the_router_reads_no_whole_table_and_writes_nothing(catalogue: Catalogue) -> None:
    granted = catalogue.all(
        """
        select table_name, privilege_type
          from information_schema.role_table_grants
         where grantee = 'frontdesk_router'
        union all
        select object_name, privilege_type
          from information_schema.role_usage_grants
         where grantee = 'frontdesk_router'
        """
    )
    assert granted == set()


def test_the_app_reads_and_writes_rows_and_can_change_no_table(catalogue: Catalogue) -> None:
    granted = catalogue.names(
        """
        select privilege_type
          from information_schema.role_table_grants
         where grantee = 'frontdesk_app'
        """
    )
    assert granted == {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_one_function_alone_runs_with_its_owners_rights(catalogue: Catalogue) -> None:
    """`erase_audit_log` deletes what the app may not, of a tenant that is being erased."""
    assert catalogue.names("select proname from pg_proc where prosecdef") == {"erase_audit_log"}


def test_every_other_role_and_the_public_may_do_nothing(catalogue: Catalogue) -> None:
    others = catalogue.all(
        """
        select grantee, table_name
          from information_schema.role_table_grants
         where table_schema = 'public'
           and grantee not in ('frontdesk_owner', 'frontdesk_app', 'frontdesk_router',
                               'frontdesk_superuser')
        """
    )
    assert others == set()


def test_the_ledger_is_never_changed(catalogue: Catalogue) -> None:
    granted = catalogue.names(
        """
        select privilege_type
          from information_schema.role_table_grants
         where grantee = 'frontdesk_app' and table_name = 'usage_ledger'
        """
    )
    assert granted == {"SELECT", "INSERT", "DELETE"}


def test_no_view_looks_past_the_policies(catalogue: Catalogue) -> None:
    views = catalogue.names(
        """
        select relname
          from pg_class
         where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace
           and not coalesce(reloptions::text like '%security_invoker=true%', false)
        """
    )
    assert views == set()

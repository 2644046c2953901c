"""Two tenants that differ in nothing but their ids, with a row in every table.

Whatever a statement asks for, both have it under the same ids, so a statement that forgets to say
whose rows it means finds both tenants' or changes both. The rows are made from the catalogue: a new
table is in from its first migration on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import psycopg
from psycopg import sql
from psycopg.errors import UniqueViolation

from tests.tenants.sql_literals import SqlLiteral

Connection = psycopg.Connection[tuple[Any, ...]]
OWN, OTHER = (uuid5(NAMESPACE_OID, name) for name in ("own", "other"))
_DIMENSION = 384
_BY_NAME = {
    "v_to": "2147483647",
    "thread_id": str(uuid5(NAMESPACE_OID, "conversation_id")),
    "limit": "50",
}
_BY_TYPE = {
    "boolean": "true",
    "integer": "1",
    "bigint": "1",
    "smallint": "1",
    "real": "0.5",
    "double precision": "0.5",
    "numeric": "0.5",
    "jsonb": '{"word": 1}',
    "json": '{"word": 1}',
    "bytea": "\\x01",
    "vector": str([0.05] * _DIMENSION),
    "halfvec": str([0.05] * _DIMENSION),
    "timestamp with time zone": "2026-01-02T03:04:05Z",
    "timestamp without time zone": "2026-01-02T03:04:05",
    "date": "2026-01-01",
    "interval": "1 hour",
    "time without time zone": "12:00",
    "inet": "192.0.2.1",
}
# What psycopg sends with a type of its own, where the statement alone leaves it open.
_GIVEN_TYPES = {"debounce": "float8", "days": "int", "dead": "int", "sent": "int"}
_LATER = re.compile(r"until|expires|before|to$|valid_at")  # moments that are still to come


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the catalogue."""

    table: str
    name: str
    type: str
    may_be_null: bool
    choices: str  # its check constraint, if any
    is_counted: bool = False  # by a sequence


@dataclass(frozen=True, slots=True)
class Outcome:
    """An error's code or "", what came back, and what the tables hold afterwards."""

    error: str
    rows: list[str]
    contents: list[str]


class Twins:
    """The two tenants' database: runs statements there and forgets what they did."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.columns = _columns(conn)
        self.tables = sorted({c.table for c in self.columns})
        self._named: dict[str, list[Column]] = {}
        for column in self.columns:
            self._named.setdefault(column.name, []).append(column)
        self._names: dict[str, tuple[str, list[str]]] = {}
        self._asked: dict[SqlLiteral, Outcome] = {}
        self._changes: dict[SqlLiteral, list[sql.Composed]] = {}
        self._loosen()
        for table in self.tables:
            self._fill(table, OWN)
            self._fill(table, OTHER)
        conn.commit()

    def counts(self, tenant_id: UUID) -> dict[str, int]:
        """How many rows of a tenant each table holds."""
        count = sql.SQL("select count(*) from {} where tenant_id = %s")
        return {
            table: self._one(count.format(sql.Identifier(table)), [tenant_id])
            for table in self.tables
        }

    def asked(self, literal: SqlLiteral) -> Outcome:
        """What comes of a statement as it stands, under the policies."""
        if literal not in self._asked:
            self._asked[literal] = self.outcome(literal, literal.text, guarded=True)
        return self._asked[literal]

    def outcome(
        self, literal: SqlLiteral, text: str, *, guarded: bool, tenant: UUID = OWN
    ) -> Outcome:
        """What comes of a statement, which is then forgotten.

        `guarded`: as the app's role under row-level security; else as a role that bypasses it.
        `tenant` is whom the statement names; the connection is always `OWN`'s.
        """
        conn = self._conn
        conn.execute(
            "savepoint trial"
        )  # one transaction, so that every statement's now is the same
        try:
            for change in self._suiting(literal):
                conn.execute(change)
            conn.execute("select set_config('app.tenant_id', %s, true)", [str(OWN)])
            if guarded:
                conn.execute("set local role frontdesk_app")
            rows: list[str] = []
            error = ""
            try:
                with conn.transaction():
                    rows = self._run(literal, text, tenant)
            except psycopg.Error as failed:
                error = failed.sqlstate or "?"
            conn.execute("reset role")
            return Outcome(error, rows, self.contents(literal.tables))
        finally:
            conn.execute("rollback to savepoint trial")

    def _run(self, literal: SqlLiteral, text: str, tenant: UUID) -> list[str]:
        name, types = self._prepared(literal, text)
        values = [
            str(tenant) if wanted == "tenant_id" else self._value(wanted, kind, literal.tables)
            for wanted, kind in zip(literal.names, types, strict=True)
        ]
        call = sql.SQL("execute {}").format(sql.Identifier(name))
        if values:
            call += sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Literal, values)))
        cursor = self._conn.execute(call)
        return sorted(map(repr, cursor.fetchall())) if cursor.description else []

    def _prepared(self, literal: SqlLiteral, text: str) -> tuple[str, list[str]]:
        """The statement's name on the server and its parameters' types."""
        if text not in self._names:
            name = f"asked_{len(self._names)}"
            unknown = ", ".join(_GIVEN_TYPES.get(one, "unknown") for one in literal.names)
            given = f"({unknown})" if unknown else ""
            self._conn.execute(f"prepare {name}{given} as {text}".encode())
            types = self._one(
                "select parameter_types::text[] from pg_prepared_statements where name = %s", [name]
            )
            self._names[text] = (name, types)
        return self._names[text]

    def _value(self, name: str, kind: str, tables: set[str]) -> str:
        """What the rows hold under that name, else some value of the type."""
        element = kind.removesuffix("[]")
        for wanted in (name, name.removesuffix("s")):
            fitting = [c for c in self._named.get(wanted, ()) if c.type in (kind, element)]
            if fitting:
                column = next((c for c in fitting if c.table in tables), fitting[0])
                value = _value_of(column)
                return _array(value) if kind.endswith("[]") and column.type == element else value
        return _value_of(Column("", name, kind, may_be_null=False, choices=""))

    def _suiting(self, literal: SqlLiteral) -> list[sql.Composed]:
        """Changes after which both tenants' rows meet what the statement says of their state."""
        if literal not in self._changes:
            self._changes[literal] = [
                sql.SQL("delete from {}").format(sql.Identifier(table))
                for table in sorted(literal.only_filled & set(self.tables))
            ]
            for column in self.columns:
                if column.table in literal.tables and (value := _asked(literal.text, column)):
                    self._changes[literal].append(
                        sql.SQL("update {} set {} = {}").format(
                            sql.Identifier(column.table),
                            sql.Identifier(column.name),
                            sql.Literal(None if value == "null" else value),
                        )
                    )
        return self._changes[literal]

    def contents(self, tables: set[str]) -> list[str]:
        """Every row of these tables, but what a sequence counts: that is not taken back."""
        asked = [
            sql.SQL("select (to_jsonb(t) - {}::text[])::text from {} t").format(
                sql.Literal([c.name for c in self.columns if c.table == table and c.is_counted]),
                sql.Identifier(table),
            )
            for table in sorted(tables & set(self.tables))
        ]
        if not asked:
            return []
        found = self._conn.execute(sql.SQL(" union all ").join(asked) + sql.SQL(" order by 1"))
        return [row[0] for row in found]

    def _loosen(self) -> None:
        """Checks and references are not what is tried here, and would refuse made-up rows."""
        found = self._conn.execute(
            """
            select conrelid::regclass::text, conname
              from pg_constraint
             where contype in ('c', 'f') and connamespace = 'public'::regnamespace
             order by contype desc
            """
        ).fetchall()
        for table, name in found:
            self._conn.execute(
                sql.SQL("alter table {} drop constraint if exists {}").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
            )

    def _fill(self, table: str, tenant: UUID, apart: frozenset[str] = frozenset()) -> None:
        columns = [c for c in self.columns if c.table == table]
        values = [
            str(tenant)
            if c.name == "tenant_id"
            else str(uuid5(tenant, "apart"))
            if c.name in apart
            else _value_of(c)
            for c in columns
        ]
        insert = sql.SQL("insert into {} ({}) overriding system value values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(sql.Identifier(c.name) for c in columns),
            sql.SQL(", ").join(map(sql.Literal, values)),
        )
        try:
            with self._conn.transaction():
                self._conn.execute(insert)
        except UniqueViolation as error:
            if len(apart) > 3:
                raise
            self._fill(table, tenant, apart | {self._other_key(error)})

    def _other_key(self, error: UniqueViolation) -> str:
        """The last column of a key over all tenants that can hold another word."""
        names = self._conn.execute(
            """
            select a.attname, format_type(a.atttypid, null)
              from pg_index i
              join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
             where i.indexrelid = to_regclass(%s)
             order by a.attnum desc
            """,
            [error.diag.constraint_name],
        ).fetchall()
        return next(name for name, kind in names if kind in ("text", "uuid", "bytea"))

    def _one(self, query: Any, values: Sequence[Any] = ()) -> Any:
        row = self._conn.execute(query, values).fetchone()
        assert row is not None
        return row[0]


def _value_of(column: Column) -> str:
    kind, name = column.type, column.name
    if kind.endswith("[]"):
        return _array(_value_of(_singular(column)))
    if name in _BY_NAME:
        return _BY_NAME[name]
    if kind == "uuid":
        return str(uuid5(NAMESPACE_OID, name))
    choice = re.search(r"'([^']*)'::text", column.choices)
    if choice:
        return choice.group(1)
    if kind.startswith("timestamp") and _LATER.search(name):
        return "2100-01-02T03:04:05Z"
    return _BY_TYPE.get(kind.partition("(")[0], "word")


def _singular(column: Column) -> Column:
    name = column.name.removesuffix("s")
    return Column(column.table, name, column.type.removesuffix("[]"), False, column.choices)


def _array(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{{"{escaped}"}}'


def _asked(text: str, column: Column) -> str | None:
    """What a statement wants to find in a column: a word, false, or "null"."""
    if column.name not in text:
        return None
    place = rf"(?<![\w.])(?:\w+\.)?{column.name}"
    if column.type == "boolean":
        return "false" if re.search(rf"\bnot {place}\b", text) else None
    equal = re.search(rf"{place} (?:= |in \()'([\w.-]*)'", text)
    if equal and column.type == "text":
        return equal.group(1)
    return "null" if column.may_be_null and re.search(rf"{place} is null", text) else None


def _columns(conn: Connection) -> list[Column]:
    found = conn.execute(
        """
        select c.relname, a.attname, format_type(a.atttypid, null), not a.attnotnull,
               coalesce((select string_agg(pg_get_constraintdef(k.oid), ' ')
                           from pg_constraint k
                          where k.conrelid = c.oid and k.contype = 'c'
                            and k.conkey = array[a.attnum]), ''),
               a.attidentity <> ''
          from pg_class c
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
                             and not a.attisdropped and a.attgenerated = ''
         where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
           and exists (select 1 from pg_attribute t
                        where t.attrelid = c.oid and t.attname = 'tenant_id')
         order by c.relname, a.attnum
        """
    ).fetchall()
    return [Column(*row) for row in found]

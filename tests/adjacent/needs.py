"""What a release needs of the database: its statements, and the tables that it writes without knowing more."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

FOLDER = Path(__file__).parent
APP, ROUTER = "frontdesk_app", "frontdesk_router"
_COLUMNS = """
    select c.relname, a.attname
      from pg_class c
      join pg_attribute a
        on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace
       and c.relkind in ('r', 'p')
     order by c.relname, a.attnum
"""
_MUST_BE_GIVEN = """
    select c.relname, a.attname
      from pg_class c
      join pg_attribute a
        on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace
       and c.relkind in ('r', 'p')
       and a.attnotnull
       and not a.atthasdef
       and a.attidentity = ''
       and a.attgenerated = ''
"""
_RULES = """
    select c.relname, pg_get_constraintdef(k.oid)
      from pg_constraint k
      join pg_class c on c.oid = k.conrelid
     where c.relnamespace = 'public'::regnamespace
       and k.contype in ('c', 'u', 'p', 'f', 'x')
     union all
    select c.relname, pg_get_indexdef(i.indexrelid)
      from pg_index i
      join pg_class c on c.oid = i.indrelid
     where c.relnamespace = 'public'::regnamespace
       and i.indisunique
     order by 1, 2
"""


@dataclass(frozen=True)
class Needs:
    """One release: its newest revision, what it says to the database, and the tables as they were."""

    release: str
    revision: str
    statements: Sequence[dict[str, Any]]  # place, text with `$1`, is_routers
    columns: dict[str, list[str]]
    rules: dict[str, list[str]]  # constraints and unique indexes

    def write(self) -> Path:
        """Keep it in its file."""
        path = FOLDER / f"{self.release}.json"
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf8")
        return path


def all_needs() -> list[Path]:
    """The file of every release before, oldest first."""
    return sorted(FOLDER.glob("*.json"))


def read(path: Path) -> Needs:
    """What a file says."""
    return Needs(**json.loads(path.read_text(encoding="utf8")))


def columns(conn: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """The columns of every table."""
    return _by_table(conn.execute(_COLUMNS).fetchall())


def must_be_given(conn: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """The columns that every insert has to name."""
    return _by_table(conn.execute(_MUST_BE_GIVEN).fetchall())


def rules(conn: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """What every row has to keep, as PostgreSQL writes it; what is not yet checked is a rule as well."""
    found = _by_table(conn.execute(_RULES).fetchall())
    return {table: [_plain(rule) for rule in of] for table, of in found.items()}


def refusal(conn: psycopg.Connection[Any], text: str, *, is_routers: bool) -> str | None:
    """Why the role may not or cannot run a statement; None where it can be planned and is allowed."""
    role = ROUTER if is_routers else APP
    try:
        with conn.transaction(force_rollback=True):
            conn.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
            conn.execute(f"explain (generic_plan) {text}".encode(), prepare=False)
    except psycopg.Error as error:
        return f"{type(error).__name__}: {error.diag.message_primary}"
    return None


def _by_table(rows: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, what in rows:
        found.setdefault(table, []).append(what)
    return found


def _plain(rule: str) -> str:
    """Without the name of an index, which nobody's statements know."""
    rule = re.sub(r"^CREATE UNIQUE INDEX \S+ ON", "CREATE UNIQUE INDEX ON", rule)
    return rule.removesuffix(" NOT VALID")

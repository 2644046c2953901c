"""Which release prepared this database: lets a start that has nothing to migrate skip migrating.

The stamp is a comment on Alembic's table, so it leaves and comes back with a dump of the database.
"""

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

_HERE = Path(__file__).parents[1]
_SOURCES = ("database/migrate.py", "database/postgres_roles.py")


def release_stamp(more: Iterable[Path], packages: Iterable[str]) -> str:
    """A hash of everything that decides the schema: revisions, set-ups, packages with tables."""
    digest = hashlib.sha256()
    revisions = sorted((_HERE / "migrations/versions").glob("*.py"))
    for source in (*revisions, *(_HERE / name for name in _SOURCES), *more):
        digest.update(source.read_bytes())
    for package in packages:
        digest.update(f"{package} {version(package)}\n".encode())
    return digest.hexdigest()


def read_stamp(url: str) -> str | None:
    """The database's stamp, None where it was never prepared."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as conn:
        row = conn.execute(
            "select obj_description(to_regclass('alembic_version'), 'pg_class')"
        ).fetchone()
    return None if row is None else row[0]


def write_stamp(owner_url: str, stamp: str) -> None:
    """Remember that the database is as this release wants it."""
    with psycopg.connect(owner_url, autocommit=True, connect_timeout=10) as conn:
        conn.execute(sql.SQL("comment on table alembic_version is {}").format(sql.Literal(stamp)))

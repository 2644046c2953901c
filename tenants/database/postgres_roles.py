"""The database's roles: who owns, who serves, who routes.

| role | may |
| --- | --- |
| `frontdesk_superuser` | everything; made by initdb, used to make the others |
| `frontdesk_owner` | own the database and its tables: migrations, index building |
| `frontdesk_app` | read and write one tenant at a time; owns nothing |
| `frontdesk_router` | read the routing columns of all tenants; the app puts it on for that |
"""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import LiteralString, Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from tenants.keys.secrets import kept_secret

DATABASE = "frontdesk"


@dataclass(frozen=True, slots=True)
class Passwords:
    """The login roles' passwords, random, kept in the data folder with mode 600."""

    superuser: str
    owner: str
    app: str

    @classmethod
    def of(cls, data: Path) -> Self:
        """The folder's passwords, made where there are none."""
        return cls(**json.loads(kept_secret(data / "pg.passwords", cls._fresh)))

    @classmethod
    def _fresh(cls) -> str:
        return json.dumps(asdict(cls(*(secrets.token_urlsafe(24) for _ in range(3)))))


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the database is: `app` for serving, `owner` for migrations and index building."""

    app: str
    owner: str


def url(socket_folder: Path, role: str, password: str, database: str = DATABASE) -> str:
    """A connection URL over the Unix socket in `socket_folder`."""
    query = urlencode({"host": str(socket_folder)})
    return f"postgresql://{role}:{quote(password)}@/{database}?{query}"


def make_roles(superuser_url: str, passwords: Passwords) -> None:
    """Make what is missing of the roles and the database `frontdesk` with its extension."""
    with psycopg.connect(superuser_url, autocommit=True) as conn:
        with conn.transaction():
            _make_login(conn, "frontdesk_owner", passwords.owner)
            _make_login(conn, "frontdesk_app", passwords.app)
            make_group_roles(conn)
            conn.execute("grant frontdesk_router to frontdesk_app with inherit false, set true")
        if not _has(conn, "select 1 from pg_database where datname = %s", DATABASE):
            conn.execute(
                sql.SQL("create database {} owner frontdesk_owner").format(sql.Identifier(DATABASE))
            )
    with psycopg.connect(superuser_url, dbname=DATABASE, autocommit=True) as conn:
        conn.execute("set client_min_messages = warning")
        conn.execute("create extension if not exists vector")


def make_group_roles(conn: psycopg.Connection[tuple[object, ...]]) -> None:
    """Make `frontdesk_app` (without login, where it is missing) and `frontdesk_router`."""
    for role in ("frontdesk_app", "frontdesk_router"):
        if not _has(conn, "select 1 from pg_roles where rolname = %s", role):
            conn.execute(
                sql.SQL("create role {} nologin nosuperuser nobypassrls").format(
                    sql.Identifier(role)
                )
            )


def _make_login(conn: psycopg.Connection[tuple[object, ...]], role: str, password: str) -> None:
    if not _has(conn, "select 1 from pg_roles where rolname = %s", role):
        conn.execute(
            sql.SQL(
                "create role {} login nosuperuser nocreatedb nocreaterole nobypassrls password {}"
            ).format(sql.Identifier(role), sql.Literal(password))
        )


def _has(conn: psycopg.Connection[tuple[object, ...]], query: LiteralString, value: str) -> bool:
    return conn.execute(query, (value,)).fetchone() is not None

"""A whole database as a thief of its files would read it: every table's bytes, whatever is coded in them."""

import base64
import binascii
import re
from collections.abc import Iterable

import psycopg
from psycopg import sql

_HEX = re.compile(rb"(?:[0-9a-f]{2}){8,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")


def dumped(superuser_url: str, tenant_id: str | None = None) -> dict[str, bytes]:
    """By table what `copy … to stdout` gives, of one tenant where it is named."""
    with psycopg.connect(superuser_url) as conn:
        tables = conn.execute(
            "select tablename from pg_tables where schemaname = 'public' order by tablename"
        ).fetchall()
        return {str(name): _copied(conn, str(name), tenant_id) for (name,) in tables}


def _copied(
    conn: psycopg.Connection[tuple[object, ...]], table: str, tenant_id: str | None
) -> bytes:
    query = sql.SQL("select * from {} t").format(sql.Identifier(table))
    if tenant_id is not None:
        query += sql.SQL(" where to_jsonb(t) ->> 'tenant_id' = {}").format(tenant_id)
    with conn.cursor().copy(sql.SQL("copy ({}) to stdout").format(query)) as copied:
        return b"".join(bytes(piece) for piece in copied)


def found_in(data: bytes, words: Iterable[str]) -> set[str]:
    """Which of the words stand in the bytes: as they are, or in hexadecimal, base64 or escapes."""
    read = b"\n".join([data, *_decoded(data)]).lower()
    return {word for word in words if word.lower().encode() in read}


def _decoded(data: bytes) -> list[bytes]:
    pieces = [binascii.unhexlify(found) for found in _HEX.findall(data)]
    for layer in (data, *pieces):
        for found in _BASE64.findall(layer):
            whole = found.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
            pieces.append(base64.b64decode(whole[: len(whole) // 4 * 4]))
    plain = [_ESCAPED.sub(lambda m: chr(int(m[1], 16)).encode(errors="ignore"), data)]
    return [*pieces, *plain]

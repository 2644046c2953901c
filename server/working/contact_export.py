"""One contact's export as a ZIP: `contact.json`, a JSON file a conversation, and a page to read."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from html import escape
from typing import IO, Any
from uuid import UUID

from tenants.database.connection import Pool, tenant_transaction
from tenants.keeping import contact_export
from tenants.keeping.contact_export import Part
from tenants.transcripts.blocks import text_of

IN_MEMORY_BYTES = 5_000_000
_PIECE_BYTES = 256 * 1024
_HEAD = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Export</title>"
    "<style>body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}"
    "dt{font-weight:bold}article{border-top:1px solid;margin-top:2em}</style>"
)


async def export(pool: Pool, tenant_id: UUID, contact_id: UUID) -> IO[bytes]:
    """The ZIP, at its beginning; whoever reads it closes it. Raises: NotFound."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - it is handed on
    try:
        async with tenant_transaction(pool, tenant_id, snapshot=True) as conn:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                page = [_HEAD]
                async for part in contact_export.parts(conn, contact_id):
                    name = f"conversations/{part.conversation_id}.json"
                    archive.writestr(name if part.conversation_id else "contact.json", _json(part))
                    page.append(_read(part))
                archive.writestr("index.html", "".join(page))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The file piece by piece; it is closed at the end."""
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _json(part: Part) -> str:
    return json.dumps(part.tables, ensure_ascii=False, indent=1, sort_keys=True)


def _read(part: Part) -> str:
    """A part as it is read by people; everything in it is escaped."""
    if part.conversation_id is None:
        return f"<h1>What is kept of this contact</h1>{_lists(part.tables)}"
    messages = sorted(part.tables.get("messages", []), key=lambda row: int(row["seq"]))
    lines = "".join(
        f"<p><b>{escape(str(one['author_kind']))}</b> <time>{escape(str(one['created_at']))}</time>"
        f"<br>{escape(text_of(one['content']['blocks']))}</p>"
        for one in messages
    )
    rest = {
        table: rows
        for table, rows in part.tables.items()
        if table in ("feedback", "facts", "handoffs", "documents", "conversation_outcomes")
        or table.startswith("action")
    }
    return f"<article><h2>Conversation {part.conversation_id}</h2>{lines}{_lists(rest)}</article>"


def _lists(tables: dict[str, list[dict[str, Any]]]) -> str:
    return "".join(
        f"<h3>{escape(table.replace('_', ' '))}</h3>" + "".join(_entries(row) for row in rows)
        for table, rows in sorted(tables.items())
    )


def _entries(row: dict[str, Any]) -> str:
    shown = "".join(f"<dt>{escape(name)}<dd>{escape(_words(value))}" for name, value in row.items())
    return f"<dl>{shown}</dl>"


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

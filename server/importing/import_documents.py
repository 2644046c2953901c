"""Entries and files as the documents that are stored."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from tenants.actors import Actor
from tenants.cutting.preparing import Kind, NewDocument
from tenants.knowledge.entry_fields import EntryFields
from tenants.knowledge.import_entries import Entry
from tenants.parsing import Parsed
from tenants.working.uploads import NewUpload


def document_of(entry: Entry, *, actor: Actor, source_id: UUID | None = None) -> NewDocument:
    """The document of an entry."""
    return NewDocument(
        kind=_kind(entry),
        title=entry.get("title", ""),
        text=entry.get("text"),
        data=entry.get("data"),
        question=entry.get("question"),
        answer=entry.get("answer"),
        chunks=entry.get("chunks"),
        external_id=entry.get("external_id"),
        source=entry.get("source", {}),
        origin=_origin(actor),
        fields=EntryFields(
            language=entry.get("language"),
            category=entry.get("category", ""),
            keywords=tuple(entry.get("keywords", ())),
            priority=entry.get("priority", 0),
            valid_from=_time(entry.get("valid_from")),
            valid_until=_time(entry.get("valid_until")),
            active=entry.get("active", True),
        ),
        source_id=source_id,
    )


def document_of_file(
    parsed: Parsed,
    file: NewUpload,
    given: Entry,
    *,
    digest: str,
    actor: Actor,
    source_id: UUID | None = None,
    folder: str | None = None,
) -> NewDocument:
    """The document of a file that was read; `given` are the fields that came with it."""
    title = given.get("title") or parsed.title or PurePosixPath(file.name).stem
    source: dict[str, Any] = {
        "name": file.name,
        "media_type": file.media_type,
        "format": parsed.format,
        "bytes": len(file.content),
        "sha256": digest,
    }
    if folder:
        source["folder"] = folder
    entry: Entry = {**given, "title": title, "source": source}
    if parsed.data is not None:
        return document_of(entry | {"data": parsed.data}, actor=actor, source_id=source_id)
    if parsed.pages:
        source["pages"] = parsed.pages
    told = {"kind": "file", "text": parsed.text or ""}
    return document_of(entry | told, actor=actor, source_id=source_id)


def _kind(entry: Mapping[str, Any]) -> Kind:
    if "question" in entry:
        return "qa"
    if "data" in entry:
        return "json"
    if "chunks" in entry:
        return "chunks"
    return entry["kind"] if entry.get("kind") in ("file", "url") else "text"


def _origin(actor: Actor) -> dict[str, Any]:
    return {"actor": {"kind": actor.kind, "id": actor.id}}


def _time(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None

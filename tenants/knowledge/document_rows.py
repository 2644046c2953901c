"""A document as rows and the API show it, and which documents a list asks for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.knowledge.knowledge_bases import OPEN_VERSION, KnowledgeBase


@dataclass(frozen=True, slots=True)
class Document:
    document_id: UUID
    knowledge_base_id: UUID
    external_id: str | None
    kind: str
    title: str
    source: dict[str, Any]
    origin: dict[str, Any]
    language: str | None
    category: str
    keywords: list[str]
    priority: int
    valid_from: datetime | None
    valid_until: datetime | None
    active: bool
    source_id: UUID | None
    edited_at: datetime | None
    source_moved_at: datetime | None
    n_chunks: int
    v_from: int
    v_to: int
    created_at: datetime
    updated_at: datetime

    def state(self, base: KnowledgeBase) -> str:
        """`published`, `staged`, or `staged_deletion`: gone as soon as the staged is published."""
        if base.staging is not None and self.v_from == base.staging:
            return "staged"
        if base.staging is not None and self.v_to == base.staging:
            return "staged_deletion"
        return "published"

    @property
    def until(self) -> int | None:
        """The version from which on it is otherwise or gone; None while it stands."""
        return None if self.v_to == OPEN_VERSION else self.v_to

    def public(self, base: KnowledgeBase | None = None) -> dict[str, Any]:
        """The document as the API shows it, without its content."""
        shown: dict[str, Any] = {
            "document_id": str(self.document_id),
            "knowledge_base_id": str(self.knowledge_base_id),
            "external_id": self.external_id,
            "kind": self.kind,
            "title": self.title,
            "language": self.language,
            "category": self.category,
            "keywords": self.keywords,
            "priority": self.priority,
            "valid_from": _time(self.valid_from),
            "valid_until": _time(self.valid_until),
            "active": self.active,
            "source": {name: said for name, said in self.source.items() if name != "pages"},
            "source_id": str(self.source_id) if self.source_id else None,
            "edited_at": _time(self.edited_at),
            "source_moved_on": self.source_moved_at is not None,
            "origin": {name: said for name, said in self.origin.items() if name != "source_hash"},
            "passages": self.n_chunks,
            "version": self.v_from,
            "created_at": _time(self.created_at),
            "updated_at": _time(self.updated_at),
        }
        return shown if base is None else shown | {"state": self.state(base)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents of a list; None does not care. `q` are words of the title, in any order."""

    kind: str | None = None
    category: str | None = None
    language: str | None = None
    source_id: UUID | None = None
    external_id: str | None = None
    active: bool | None = None
    source_moved_on: bool | None = None
    state: str | None = None
    q: str | None = None


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")

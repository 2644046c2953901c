"""Documents cut, indexed and hashed: everything about them that needs no database and no model."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tenants.cutting import chunking
from tenants.cutting.drafts import Draft
from tenants.errors import DeskError, Invalid
from tenants.finding.known_vectors import text_hash
from tenants.finding.languages import detect
from tenants.finding.pair_questions import PairQuestion
from tenants.finding.postings import index_draft
from tenants.ids import new_id
from tenants.keys import codec
from tenants.knowledge.entry_fields import EntryFields
from tenants.knowledge.knowledge_heads import Prepared, PreparedPassage

Kind = Literal["text", "json", "qa", "chunks", "file", "url"]

THREAD_CHARS = 20_000  # longer inputs are cut in a thread, so that the event loop stays free
_SAMPLE_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document as it comes in: the field of its kind is set, the others are None.

    Kinds `file` and `url` bring `text`, with `format` and `pages` (offsets) in `source`.
    `document_id` names the document that a person changes; `edited_at` marks a person's words.
    """

    kind: Kind
    title: str = ""
    text: str | None = None
    data: Any = None
    question: str | None = None
    answer: str | None = None
    chunks: Sequence[Any] | None = None
    external_id: str | None = None
    source: dict[str, Any] = field(default_factory=dict[str, Any])
    origin: dict[str, Any] = field(default_factory=dict[str, Any])
    fields: EntryFields = field(default_factory=EntryFields)
    source_id: UUID | None = None
    document_id: UUID | None = None
    edited_at: datetime | None = None
    as_source: bool = False  # the words are the source's own again, no longer a person's

    def content(self) -> dict[str, Any]:
        """What is kept of the source as it was given."""
        if self.kind == "json":
            return {"data": self.data}
        if self.kind == "qa":
            return {"question": self.question, "answer": self.answer}
        if self.kind == "chunks":
            return {"chunks": list(self.chunks or ())}
        return {"text": self.text}


@dataclass(frozen=True, slots=True)
class House:
    """What every document of one write shares: whose it is, what it is likely written in."""

    model_id: str
    language: str
    brand: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that could not be taken, by its place among those given."""

    index: int
    external_id: str | None
    error: DeskError


def prepare_all(
    documents: Sequence[NewDocument], house: House, *, skip_invalid: bool = False
) -> tuple[list[Prepared], list[Refused]]:
    """The documents with their passages, without vectors. Raises: Invalid, TooLarge."""
    prepared: list[Prepared] = []
    refused: list[Refused] = []
    for index, document in enumerate(documents):
        try:
            prepared.append(prepare(document, house))
        except DeskError as error:
            if not skip_invalid:
                raise
            refused.append(Refused(index, document.external_id, error))
    return prepared, refused


def prepare(document: NewDocument, house: House) -> Prepared:
    """One document. Raises: Invalid, TooLarge."""
    title = chunking.clean_json(document.title).strip()[:500]
    if document.kind == "qa" and not title:
        title = chunking.clean_json(document.question or "").strip()[:500]
    fields = document.fields.checked()
    drafts = _cut(document, title)
    sample = "\n".join(draft.body for draft in drafts[:20])
    language = fields.language or detect(sample[:_SAMPLE_CHARS], house.language)
    content = codec.encode(document.content())
    told = repr((fields, document.kind)).encode()
    return Prepared(
        document_id=new_id(),
        kind=document.kind,
        title=title or (drafts[0].question or drafts[0].body)[:120],
        external_id=document.external_id,
        source=chunking.clean_json(document.source),
        origin=chunking.clean_json(document.origin),
        content=content,
        content_hash=hashlib.sha256(b"\0".join((title.encode(), told, content))).digest(),
        language=language,
        passages=[_prepare_passage(draft, language, fields, house) for draft in drafts],
        fields=fields,
        source_id=document.source_id,
        replaces=document.document_id,
        edited_at=document.edited_at,
        as_source=document.as_source,
    )


def size_of(document: NewDocument) -> int:
    """About how many characters are to be cut."""
    if document.kind == "json":
        return THREAD_CHARS if isinstance(document.data, dict | list) else 100
    if document.kind == "chunks":
        return 200 * len(document.chunks or ())
    return len(document.text or "") + len(document.answer or "")


def embedded_text(draft: Draft, brand: str) -> str:
    """What is embedded of a passage: the company's name leads, as questions mean it.

    Measured hit@1 with the name of the house before every passage: dstc-faq 77.9 → 80.8, dstc9
    90.8 → 93.5 (a name that says nothing neither helps nor harms). Full text leaves it out.
    """
    return f"{brand}\n{draft.embedded}" if brand else draft.embedded


def _prepare_passage(
    draft: Draft, language: str, fields: EntryFields, house: House
) -> PreparedPassage:
    embedded = embedded_text(draft, house.brand)
    place = draft.meta.get("start")  # the same words elsewhere in the text are another place
    identity = (
        draft.kind, draft.path, draft.title, draft.question, draft.body, place, language, fields
    )  # fmt: skip
    return PreparedPassage(
        draft=draft,
        embedded=embedded,
        embedded_hash=text_hash(house.model_id, embedded),
        content_hash=hashlib.sha256(repr(identity).encode()).digest(),
        indexed=index_draft(draft, language, fields.keywords),
        asks=PairQuestion.of(draft, house.model_id),
    )


def _cut(document: NewDocument, title: str) -> list[Draft]:
    if document.kind == "json":
        return chunking.chunk_json(document.data, title)
    if document.kind == "qa":
        if not (document.question or "").strip() or not (document.answer or "").strip():
            raise Invalid("question and answer: both, and not empty")
        return chunking.chunk_qa(document.question or "", document.answer or "", title)
    if document.kind == "chunks":
        return chunking.chunk_ready_made(document.chunks or (), title)
    if document.kind in ("file", "url"):
        return chunking.chunk_file(
            document.text or "",
            title,
            kind="file" if document.kind == "file" else "url",
            pages=document.source.get("pages") or (),
        )
    return chunking.chunk_text(document.text or "", title)

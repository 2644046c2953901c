"""Files as documents: read at once where they are small, by a job otherwise."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request

from server.access.auth import Caller
from server.admitting.bodies import checked, read_form
from server.importing.import_documents import document_of_file
from server.importing.import_size import is_long
from server.importing.import_store import store
from server.importing.knowledge_intake import Stored, model_of, stored_now
from server.resources import Resources
from server.shapes.import_schemas import FileOptions
from server.working.job_run import JobFailed, JobRun
from tenants.actors import Actor
from tenants.cutting.preparing import NewDocument
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import DeskError, Invalid, NotFound
from tenants.knowledge import ingestion, knowledge_bases, sources
from tenants.knowledge.import_columns import Columns
from tenants.knowledge.import_entries import Entry, entry_of
from tenants.knowledge.ingestion import Sync
from tenants.parsing import parse
from tenants.working import uploads
from tenants.working.uploads import NewUpload

KIND = "files"
INLINE_BYTES = 200_000
INLINE_READ_SECONDS = 5.0
_ENTRY_FIELDS = (
    "title",
    "external_id",
    "language",
    "category",
    "keywords",
    "priority",
    "valid_from",
    "valid_until",
    "active",
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How every file of one form becomes a document."""

    fields: Entry
    options: FileOptions
    actor: Actor
    source_id: UUID | None

    @property
    def sync(self) -> Sync | None:
        """Files of a named source keep what a person edited; nothing is deleted for them."""
        return Sync(self.source_id, complete=False) if self.source_id else None

    async def read(self, file: NewUpload) -> NewDocument:
        """The document of a file. Raises: Unreadable, TooLarge."""
        parsed = await parse(file.content, file.name, file.media_type or None)
        fields = {name: value for name, value in self.fields.items() if name != "text"}
        if self.options.by_name:
            fields["external_id"] = file.name
        return document_of_file(
            parsed,
            file,
            fields,
            digest=hashlib.sha256(file.content).hexdigest(),
            actor=self.actor,
            source_id=self.source_id,
            folder=self.options.source,
        )


async def add_files(
    held: Resources,
    caller: Caller,
    knowledge_base_id: UUID,
    request: Request,
    *,
    stage: bool | None = None,
) -> Stored:
    """Store the files of a form: one small file at once, else by a job that has them already.

    Raises: Invalid, TooLarge, Unreadable.
    """
    form = await read_form(request, spares_others=True)
    options = checked(form.fields, FileOptions)
    if stage is not None:
        options = options.model_copy(update={"stage": stage})
    fields = _fields(options, len(form.files))
    if len(form.files) == 1 and len(form.files[0].content) <= INLINE_BYTES:
        async with tenant_transaction(held.pool, caller.tenant_id) as conn:
            source_id = await _source(conn, knowledge_base_id, options)
        reading = _Reading(fields, options, caller.actor, source_id)
        stored = await _store_soon(held, caller, knowledge_base_id, form.files[0], reading)
        if stored is not None:
            return stored
    job = {
        "knowledge_base_id": str(knowledge_base_id),
        "actor": {"kind": caller.actor.kind, "id": caller.actor.id},
        "fields": fields,
        "options": options.model_dump(mode="json"),
    }
    job_id = await held.jobs.start(
        caller.tenant_id,
        KIND,
        job,
        total=len(form.files),
        knowledge_base_id=knowledge_base_id,
        files=form.files,
    )
    return Stored(job_id=job_id)


def _fields(options: FileOptions, n_files: int) -> Entry:
    """The entry fields of the form, read like an import's. Raises: Invalid."""
    told = options.model_dump(include=set(_ENTRY_FIELDS), exclude_none=True)
    if n_files > 1 and {"title", "external_id"} & set(told):
        raise Invalid("title, external_id: of one file; several files take `by_name`")
    if options.by_name and options.external_id:
        raise Invalid("external_id: either this or `by_name`")
    named = {name: name for name in (*told, "text")}
    return entry_of(told | {"text": "-"}, Columns(named, [])) or {}


async def _source(
    conn: TenantConnection, knowledge_base_id: UUID, options: FileOptions
) -> UUID | None:
    if options.source is None:
        return None
    return await sources.import_source(conn, knowledge_base_id, options.source)


async def _store_soon(
    held: Resources, caller: Caller, knowledge_base_id: UUID, file: NewUpload, reading: _Reading
) -> Stored | None:
    """The stored document; None where reading or storing it would take too long to wait for."""
    try:
        async with asyncio.timeout(INLINE_READ_SECONDS):
            document = await reading.read(file)
    except TimeoutError:
        return None
    if await asyncio.to_thread(is_long, [document]):
        return None
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await knowledge_bases.get(conn, knowledge_base_id)
    stored = await ingestion.add_documents(
        held.pool,
        caller.tenant_id,
        knowledge_base_id,
        [document],
        embedder=await model_of(held, base),
        actor=caller.actor,
        stage=reading.options.stage,
        sync=reading.sync,
        look_for_duplicates=True,
    )
    return stored_now(stored)


async def run_files(run: JobRun) -> dict[str, Any]:
    """Read every file and store what could be read, as one version; the others are named."""
    options = FileOptions.model_validate(run.given["options"])
    async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
        files = await uploads.of_job(conn, run.job_id)
        source_id = await _source(conn, UUID(run.given["knowledge_base_id"]), options)
    reading = _Reading(run.given["fields"], options, run.actor, source_id)
    documents: list[tuple[str, NewDocument]] = []
    for number, file in enumerate(files):
        await run.progress(number, len(files), "reading")
        async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
            content = await uploads.read(conn, file.upload_id)
        if content is None:
            raise NotFound("the files are gone")
        try:
            document = await reading.read(NewUpload(file.name, file.media_type, content))
        except DeskError as error:
            run.refuse(file.name, error)
        else:
            documents.append((file.name, document))
    if not documents:
        raise JobFailed({"documents": 0, "passages": 0})
    return await store(run, documents, stage=options.stage, sync=reading.sync, note="files")

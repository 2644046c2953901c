"""Files in a conversation: what a contact brings is found in that conversation and nowhere else."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from server.access.auth import Caller, TalkDep
from server.admitting.bodies import is_form, read_form
from server.admitting.intake import CheckedRoute
from server.errors import UnsupportedMediaType
from server.importing import import_files
from server.resources import Resources, ResourcesDep
from server.routes.conversations import own_conversation
from server.shapes.import_schemas import FileOptions
from server.shapes.schemas import Id
from tenants.configuring import assistants
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Denied, DeskError, Invalid, NotFound, TooLarge, Unavailable, Unreadable
from tenants.knowledge import document_erasure, knowledge_bases
from tenants.transcripts import conversation_files, conversations
from tenants.transcripts.conversation_files import MAX_FILE_BYTES, Base
from tenants.working import jobs
from tenants.working.uploads import NewUpload

FORM_BYTES = 100_000  # what a form may hold beside the file
AT_ONCE_BYTES = 200_000  # smaller files are read while their sender waits
WAIT_SECONDS = 8.0


class FileRoute(CheckedRoute):
    """The route class where contacts bring files."""

    max_body_bytes = MAX_FILE_BYTES + FORM_BYTES


router = APIRouter(prefix="/v1/conversations", tags=["conversations"], route_class=FileRoute)
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post(
    "/{conversation_id}/files",
    operation_id="add_conversation_file",
    status_code=201,
    responses={202: {"description": "Kept; it is found once its job is done."}},
    openapi_extra=_BODY,
)
async def add_file(
    conversation_id: Id, request: Request, caller: TalkDep, held: ResourcesDep
) -> JSONResponse:
    """Bring one file of at most 10 MB into a conversation; 201 when its passages are found there."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await own_conversation(conn, caller, conversation_id)
        if caller.kind == "contact":
            assistant = await assistants.get(conn, found.assistant_id)
            if not assistant.settings.widget.files:
                raise Denied("this assistant takes no files")
    if not is_form(request):
        raise UnsupportedMediaType("send the file as multipart/form-data, in the field `file`")
    form = await read_form(request, max_files=1)
    status, told = await bring_file(held, caller, conversation_id, form.files[0])
    return JSONResponse(told, status)


async def bring_file(
    held: Resources, caller: Caller, conversation_id: UUID, file: NewUpload
) -> tuple[int, dict[str, Any]]:
    """201 with the file that is found from now on, or 202 with the job that reads it.

    Raises: TooLarge, Unreadable, Invalid.
    """
    if len(file.content) > MAX_FILE_BYTES:
        raise TooLarge(f"a file has at most {MAX_FILE_BYTES} bytes here", max_bytes=MAX_FILE_BYTES)
    job_id = await _accept(held, caller, conversation_id, file)
    if len(file.content) > AT_ONCE_BYTES:
        await held.jobs.queue(caller.tenant_id, job_id)
    else:
        await held.jobs.run_soon(caller.tenant_id, job_id, wait_seconds=WAIT_SECONDS)
    return await _answer(held, caller, conversation_id, job_id)


@router.get("/{conversation_id}/files", operation_id="list_conversation_files")
async def list_files(
    conversation_id: Id, caller: TalkDep, held: ResourcesDep
) -> dict[str, list[dict[str, Any]] | None]:
    """The files of a conversation, the oldest first, with how far each is."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await own_conversation(conn, caller, conversation_id)
        base = await conversation_files.base_of(conn, conversation_id)
        files = await conversation_files.list_files(conn, base.knowledge_base_id) if base else []
    return {"data": [file.public() for file in files], "next_cursor": None}


@router.delete(
    "/{conversation_id}/files/{file_id}", operation_id="delete_conversation_file", status_code=204
)
async def delete_file(
    conversation_id: Id, file_id: Id, caller: TalkDep, held: ResourcesDep
) -> None:
    """Take a file that is found out of its conversation, for good."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await own_conversation(conn, caller, conversation_id)
        base = await conversation_files.base_of(conn, conversation_id)
        if base is None:
            raise NotFound("no such file")
        await document_erasure.erase(conn, base.knowledge_base_id, file_id)


async def _accept(held: Resources, caller: Caller, conversation_id: UUID, file: NewUpload) -> UUID:
    """The job of a file, which is kept from here on. Raises: TooLarge."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await _base(conn, held, conversation_id)
        return await held.jobs.accept(
            conn,
            import_files.KIND,
            {
                "knowledge_base_id": str(base.knowledge_base_id),
                "actor": {"kind": caller.actor.kind, "id": caller.actor.id},
                "fields": {},
                "options": FileOptions().model_dump(mode="json"),
            },
            total=1,
            knowledge_base_id=base.knowledge_base_id,
            files=[file],
        )


async def _base(conn: TenantConnection, held: Resources, conversation_id: UUID) -> Base:
    """The conversation's knowledge base, of the model that its assistant's knowledge has."""
    conversation = await conversations.get(conn, conversation_id)
    assistant = await assistants.get(conn, conversation.assistant_id)
    model, dimension = held.embedder.model_id, held.embedder.dimension
    for knowledge_base_id in assistant.settings.knowledge_base_ids:
        read = await knowledge_bases.get(conn, knowledge_base_id)
        if read.archived_at is None:
            model, dimension = read.embedding_model, read.dimension
            break
    return await conversation_files.open_base(
        conn, conversation_id, embedding_model=model, dimension=dimension
    )


async def _answer(
    held: Resources, caller: Caller, conversation_id: UUID, job_id: UUID
) -> tuple[int, dict[str, Any]]:
    """201 with the file that is found, 202 while it is read. Raises: Unreadable, and why not."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        job = await jobs.get(conn, job_id)
        base = await conversation_files.base_of(conn, conversation_id)
        files = await conversation_files.list_files(conn, base.knowledge_base_id) if base else []
        if job.status == "failed":
            await jobs.forget(conn, job_id)
    if job.status == "failed":
        raise _refusal(job.errors)
    document_id = job.result.get("document_id")
    shown = next((f.public() for f in files if str(f.file_id) in (document_id, str(job_id))), None)
    told = shown or {"file_id": str(job_id), "status": "processing"}
    if job.status == "succeeded":
        return 201, told
    return 202, told | {"job_id": str(job_id)}


def _refusal(errors: list[dict[str, Any]]) -> DeskError:
    """What the job found wrong with the file, as the answer to the one who sent it."""
    first = errors[0] if errors else {"code": "", "detail": "the file could not be taken"}
    known = {kind.code: kind for kind in (Unreadable, TooLarge, Invalid)}
    return known.get(first["code"], Unavailable)(first["detail"])

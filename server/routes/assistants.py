"""Assistants: settings in revisions, knowledge from any JSON, and answers without a conversation."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ValidationError

from server.access.auth import AssistantsDep, ConversationsDep
from server.admitting.explain import explain
from server.admitting.intake import KnowledgeRoute
from server.importing import ingest_job
from server.importing.import_size import is_long
from server.importing.knowledge_intake import to_document
from server.resources import Resources, ResourcesDep
from server.shapes.knowledge_schemas import NewDocument
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import (
    AnswerShown,
    AssistantChange,
    AssistantShown,
    Id,
    NewAssistant,
    Question,
)
from tenants.configuring import assistants
from tenants.configuring.assistants import Assistant, AssistantSettings
from tenants.configuring.settings_changes import changed
from tenants.configuring.tool_settings import names_of
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Invalid, ModelMismatch, NotFound
from tenants.knowledge import ingestion, knowledge_bases
from tenants.knowledge.knowledge_heads import Prepared
from tenants.knowledge.knowledge_writing import write_documents

router = APIRouter(prefix="/v1/assistants", tags=["assistants"], route_class=KnowledgeRoute)
_UNSET = {"knowledge"}


@router.post("", operation_id="create_assistant", status_code=201)
async def create_assistant(
    new: NewAssistant, caller: AssistantsDep, held: ResourcesDep, response: Response
) -> AssistantShown:
    """Make an assistant; `knowledge` becomes a knowledge base. 202 with `job_id` above 2 MB."""
    learns = "knowledge" in new.model_fields_set and new.knowledge is not None
    settings = settings_with({}, new.model_dump(mode="json", exclude_unset=True, exclude=_UNSET))
    if learns and len(settings.knowledge_base_ids) >= assistants.MAX_KNOWLEDGE_BASES:
        raise Invalid("knowledge_base_ids: at most 8, the one from `knowledge` included")
    await held.tooling.check_names(caller.tenant_id, names_of(settings.tools))
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await check_knowledge(conn, settings)
    given = [to_document(NewDocument(data=new.knowledge), caller)] if learns else []
    long = learns and await asyncio.to_thread(is_long, given)
    prepared: list[Prepared] = []
    if given and not long:  # before anything is written: it may be refused
        prepared = await ingestion.prepare_documents(
            held.pool, caller.tenant_id, given, embedder=held.embedder
        )
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        if learns:
            made = await _make_knowledge_base(conn, held, settings.name)
            if prepared:
                await write_documents(conn, made, prepared, actor=caller.actor)
            settings.knowledge_base_ids.insert(0, made)
        await check_knowledge(conn, settings)
        assistant = await assistants.create(conn, settings, actor=caller.actor)
    shown = assistant_shown(assistant)
    if long:
        made = settings.knowledge_base_ids[0]
        job_id = await ingest_job.start(
            held.jobs, caller.tenant_id, made, given, actor=caller.actor
        )
        response.status_code = 202
        shown["job_id"] = str(job_id)
    return AssistantShown(**shown)


@router.get("", operation_id="list_assistants")
async def list_assistants(
    caller: AssistantsDep, held: ResourcesDep, paging: PagingDep
) -> Page[AssistantShown]:
    """Assistants in use, oldest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await assistants.list_page(conn, limit=paging.limit + 1, after=paging.after_id)
    return Page[AssistantShown](**paging.page(found, lambda one: one.assistant_id, assistant_shown))


@router.get("/{assistant_id}", operation_id="get_assistant")
async def get_assistant(
    assistant_id: Id, caller: AssistantsDep, held: ResourcesDep
) -> AssistantShown:
    """One assistant under its current revision."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return AssistantShown(**assistant_shown(await assistants.get(conn, assistant_id)))


@router.patch("/{assistant_id}", operation_id="update_assistant")
async def update_assistant(
    assistant_id: Id, change: AssistantChange, caller: AssistantsDep, held: ResourcesDep
) -> AssistantShown:
    """Save a new revision with what is given; every replica works by it within a second."""
    given = change.model_dump(mode="json", exclude_unset=True)
    await held.tooling.check_names(caller.tenant_id, names_of(change.tools or []))
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        before = await assistants.get(conn, assistant_id)
        settings = settings_with(before.settings.model_dump(mode="json"), given)
        if "knowledge_base_ids" in given:
            await check_knowledge(conn, settings)
        saved = await assistants.update(conn, assistant_id, settings, actor=caller.actor)
    return AssistantShown(**assistant_shown(saved))


@router.delete("/{assistant_id}", operation_id="archive_assistant", status_code=204)
async def archive_assistant(assistant_id: Id, caller: AssistantsDep, held: ResourcesDep) -> None:
    """Take an assistant out of use; its conversations stay readable."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.archive(conn, assistant_id)


@router.post(
    "/{assistant_id}/answer",
    operation_id="answer_question",
    responses={200: {"model": AnswerShown}},
)
async def answer_question(
    assistant_id: Id, question: Question, caller: ConversationsDep, held: ResourcesDep
) -> dict[str, Any]:
    """The assistant's answer without a conversation: nothing is kept but the usage."""
    if not question.text.strip():
        raise Invalid("text: the question is empty")
    if len(question.text) > held.settings.max_message_chars:
        raise Invalid(f"text: at most {held.settings.max_message_chars} characters")
    await held.admission.count(caller)
    history = [(line.author, line.text) for line in question.history]
    return await held.runs.answer(
        caller.tenant_id,
        assistant_id,
        question.text,
        history,
        knowledge_version=question.knowledge_version,
    )


async def _make_knowledge_base(conn: TenantConnection, held: Resources, name: str) -> UUID:
    return await knowledge_bases.create(
        conn,
        f"{name}: knowledge",
        embedding_model=held.embedder.model_id,
        dimension=held.embedder.dimension,
    )


def settings_with(before: dict[str, Any], given: dict[str, Any]) -> AssistantSettings:
    """Settings with what is given laid over them. Raises: Invalid."""
    try:
        return AssistantSettings.model_validate(changed(before, given))
    except ValidationError as error:
        found = explain([e | {"loc": ("body", *e["loc"])} for e in error.errors()])
        raise Invalid(f"{found[0]['where']}: {found[0]['what']}", errors=found) from None


async def check_knowledge(conn: TenantConnection, settings: AssistantSettings) -> None:
    """That an assistant may read what its settings name. Raises: NotFound, ModelMismatch, Invalid."""
    ids = settings.knowledge_base_ids
    if len(set(ids)) != len(ids):
        raise Invalid("knowledge_base_ids: each knowledge base once")
    found = [await knowledge_bases.get(conn, knowledge_base_id) for knowledge_base_id in ids]
    if any(base.archived_at is not None or base.conversation_id is not None for base in found):
        raise NotFound("no such knowledge base")
    if len({(base.embedding_model, base.dimension) for base in found}) > 1:
        raise ModelMismatch("the knowledge bases of one assistant share one embedding model")


def assistant_shown(one: Assistant) -> dict[str, Any]:
    """An assistant as callers see it: its settings, and which revision they are."""
    return one.settings.model_dump(mode="json") | {
        "assistant_id": one.assistant_id,
        "revision": one.revision,
        "created_at": one.created_at,
        "archived_at": one.archived_at,
    }

"""The bots' dialect: knowledge is stored in chunks, a bot answers a message with its history.

`GET /health`, `POST /embed_and_store`, `POST /chat`, `POST /get_context`.
"""

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from server.access.auth import Caller, ConversationsDep, KnowledgeDep
from server.admitting.intake import CheckedRoute, KnowledgeRoute
from server.dialects.bodies import Loose, chosen_assistant, sources
from server.importing.knowledge_access import base_in_use
from server.importing.knowledge_intake import model_of, store_document, to_document
from server.resources import Resources, ResourcesDep
from server.routes.assistants import answer_question
from server.shapes.knowledge_schemas import NewDocument
from server.shapes.schemas import HistoryLine, Id, Question
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Invalid, ModelMismatch, NotFound
from tenants.finding import asking, search
from tenants.finding.search import KnowledgeVersion, Passage
from tenants.knowledge import knowledge_bases
from tenants.knowledge.knowledge_bases import KnowledgeBase

router = APIRouter(tags=["dialects"], route_class=CheckedRoute)
knowledge_router = APIRouter(tags=["dialects"], route_class=KnowledgeRoute)
ROUTERS = (knowledge_router, router)
MAX_HISTORY = 40
_OURS = frozenset({"assistant", "bot", "ai", "model"})


class Chunks(Loose):
    document_id: str = Field(min_length=1, max_length=300, examples=["faq-17"])
    chunks: list[Any] = Field(min_length=1, max_length=20_000, examples=[["We ship to Norway."]])
    bot_id: Id | None = Field(default=None, description="Else the tenant's first assistant.")
    title: str = Field(default="", max_length=500)


class HistoryEntry(Loose):
    role: str = Field(default="user", max_length=40)
    content: str = Field(max_length=8_000)


class Chat(Loose):
    bot_id: Id
    message: str = Field(min_length=1, max_length=100_000, examples=["Do you ship to Norway?"])
    history: list[HistoryEntry] = Field(default_factory=list[HistoryEntry], max_length=500)


class ContextAsked(Loose):
    message: str | None = Field(default=None, min_length=1, max_length=8_000)
    query: str | None = Field(default=None, min_length=1, max_length=8_000)
    bot_id: Id | None = None
    top_k: int = Field(default=5, ge=1, le=50)


@router.get("/health", operation_id="get_health_of_dialect")
async def get_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@knowledge_router.post("/embed_and_store", operation_id="embed_and_store", status_code=201)
async def embed_and_store(new: Chunks, caller: KnowledgeDep, held: ResourcesDep) -> dict[str, Any]:
    """Store a document's chunks; the same `document_id` again replaces them."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        bases = await _bases(conn, caller, new.bot_id)
    given = NewDocument(
        title=new.title or new.document_id, chunks=new.chunks, external_id=new.document_id
    )
    stored = await store_document(held, caller, bases[0], to_document(given, caller), stage=None)
    if stored.job_id is not None:
        return {"status": "processing", "document_id": new.document_id, "job_id": stored.job_id}
    one = stored.documents[0]
    return {
        "status": "stored",
        "document_id": new.document_id,
        "chunks": one.n_chunks,
        "version": one.version,
    }


@router.post("/chat", operation_id="chat_with_bot")
async def chat_with_bot(body: Chat, caller: ConversationsDep, held: ResourcesDep) -> dict[str, Any]:
    """The bot's answer without a conversation; the history is what its sender says it was."""
    lines = [
        HistoryLine(
            author="assistant" if one.role.lower() in _OURS else "contact", text=one.content
        )
        for one in body.history[-MAX_HISTORY:]
    ]
    asked = Question(text=body.message, history=lines)
    answer = await answer_question(body.bot_id, asked, caller, held)
    words = answer["text"] or ""
    return {
        "response": words,
        "answer": words,
        "bot_id": str(body.bot_id),
        "confidence": answer["confidence"],
        "sources": sources(answer["citations"]),
        "handoff": answer["status"] == "waiting_for_operator",
    }


@router.post("/get_context", operation_id="get_context")
async def get_context(
    body: ContextAsked, caller: KnowledgeDep, held: ResourcesDep
) -> dict[str, Any]:
    """The passages a bot would answer from, best first, and their words in one text."""
    query = body.message or body.query
    if query is None:
        raise Invalid("query: say what to look for")
    try:
        found = await _found(held, caller, body, query)
    except ModelMismatch:  # a knowledge base got another model after the query was embedded
        found = await _found(held, caller, body, query)
    return {
        "context": "\n\n".join(one["text"] for one in found),
        "passages": [
            {key: one[key] for key in ("passage_id", "document_id", "title", "text", "score")}
            for one in found
        ],
    }


async def _found(held: Resources, caller: Caller, body: ContextAsked, query: str) -> list[Passage]:
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        bases = await _bases(conn, caller, body.bot_id)
    asked = await asking.embed_question(await model_of(held, bases[0]), query)
    async with tenant_transaction(held.pool, caller.tenant_id, snapshot=True) as conn:
        return await search.search(
            conn,
            [KnowledgeVersion(base.knowledge_base_id, base.live) for base in bases],
            text=asked.text,
            embedding=asked.vector,
            question=asked.own,
            limit=body.top_k,
            model_id=bases[0].embedding_model,
        )


async def _bases(conn: TenantConnection, caller: Caller, bot_id: Id | None) -> list[KnowledgeBase]:
    """The knowledge bases in use of a bot, the one that it learns into first."""
    assistant = await chosen_assistant(conn, caller, bot_id)
    found = [await knowledge_bases.get(conn, one) for one in assistant.settings.knowledge_base_ids]
    used = [base for base in found if base.archived_at is None]
    if not used:
        raise NotFound("the bot reads no knowledge base")
    return [await base_in_use(conn, base.knowledge_base_id) for base in used]

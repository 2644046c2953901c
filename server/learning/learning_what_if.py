"""What a new entry would change, found out without changing anything.

The entry is written, the questions are looked up in the version it would be part of, and the
transaction is rolled back: the very statements of a turn see the very rows that would be there. All that
needs a model happens before and after; the knowledge base's row is locked for the searches alone.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.knowing.impact import RememberedQueries, compare_found, look_up, with_version
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.ports import KnowledgeVersion, Passage
from graphs.state import ResolveState
from graphs.words.likeness import UsualTopics, likeness
from server.learning.learning_contexts import contexts_of
from server.learning.learning_impact import VERDICTS, question_of, shown
from tenants.actors import SYSTEM
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.finding import search
from tenants.finding.asking import embed_question
from tenants.finding.embedding_models import OnlyModel
from tenants.knowledge.ingestion import Embedder, NewDocument, Stored, add_documents
from tenants.lessons import recorded_questions, suggestions
from tenants.lessons.approving import Edits, draft_document
from tenants.lessons.learning import Learnt
from tenants.lessons.recorded_questions import AskedOften
from tenants.people.contact_words import ContactWords, words_of

MAX_QUESTIONS = 60  # searched while the knowledge base is locked


class _Undone(Exception):
    """Rolls the entry back; nobody else sees it."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """The entry to try, and the questions to try it on."""

    knowledge_base_id: UUID
    document: NewDocument
    contexts: Mapping[UUID, TurnContext]
    questions: Sequence[AskedOften]
    words: Mapping[UUID, ContactWords]


@dataclass(slots=True)
class _Looked:
    """What the questions found while the entry was there."""

    embedder: Embedder
    subject: _Subject
    topics: UsualTopics  # made before, where a condition needs them
    contexts: dict[UUID, TurnContext] = field(default_factory=dict[UUID, TurnContext])
    found: list[ResolveState] = field(default_factory=list[ResolveState])

    async def look(self, conn: TenantConnection, stored: Stored) -> None:
        """Look every question up in the version just written, then undo it. Raises: _Undone."""
        knowledge = _Within(conn, self.embedder, self.topics)
        for one in self.subject.questions:
            context = self.subject.contexts[one.assistant_id]
            if not stored.documents[0].unchanged:
                base = self.subject.knowledge_base_id
                context = with_version(context, base, stored.version)
            self.contexts[one.assistant_id] = context
            self.found.append(await look_up(question_of(one), context, knowledge=knowledge))
        raise _Undone


class _Within:
    """`graphs.ports.Knowledge` inside one transaction; its queries were embedded before."""

    def __init__(self, conn: TenantConnection, embedder: Embedder, topics: UsualTopics) -> None:
        self._conn = conn
        self._embedder = embedder
        self._topics = topics

    async def search(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        *,
        limit: int,
        before: str = "",
    ) -> list[Passage]:
        """The passages nearest to the query, best first."""
        if not versions or not query.strip():
            return []
        asked = await embed_question(self._embedder, query, before=before)
        return await search.search(
            self._conn,
            versions,
            text=asked.text,
            embedding=asked.vector,
            question=asked.own,
            limit=limit,
        )

    async def nearness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """The cosine of each text with the query."""
        first, *others = [await self._embedder.embed_query(text) for text in (query, *texts)]
        return [float(first @ other) for other in others]

    async def likeness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """How alike in meaning each text is to the query."""
        first, *others = [await self._embedder.embed_query(text) for text in (query, *texts)]
        return likeness(first, others, await self._topics.of(self._embedder))

    async def asked_alike(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        pairs: Sequence[Passage],
    ) -> list[float]:
        """As the search found it; the look before this one has seen to pairs without a vector."""
        return [pair.get("asks") or 0.0 for pair in pairs]

    async def read(self, tenant_id: UUID, passage_ids: Sequence[str]) -> list[Passage]:
        """Passages by their public ids; those that are gone are left out."""
        return await search.read_passages(self._conn, passage_ids)

    async def pieces(self, tenant_id: UUID, passage: Passage) -> list[Passage]:
        """All passages of a passage's document, as the entry would leave it."""
        return await search.read_pieces(self._conn, passage)


async def what_if_approved(
    pool: Pool,
    tenant_id: UUID,
    suggestion_id: UUID,
    *,
    embedder: Embedder,
    models: Models,
    edits: Edits,
    days: int,
) -> dict[str, Any]:
    """The recorded questions whose answer the entry would change, split as an impact report.

    Those that make up the suggestion come first, then those asked most. Raises: NotFound,
    SuggestionDecided, Invalid where there is no answer to try.
    """
    async with tenant_transaction(pool, tenant_id) as conn:
        suggestion = await suggestions.get(conn, suggestion_id)
        document = await draft_document(conn, suggestion, edits, actor=SYSTEM)
        base_id = suggestion.knowledge_base_id
        subject = await _subject(conn, base_id, document, days, suggestion_id=suggestion_id)
    return await _tried(pool, tenant_id, subject, embedder, models)


async def what_if_learnt(
    pool: Pool,
    tenant_id: UUID,
    learnt: Learnt,
    *,
    embedder: Embedder,
    models: Models,
    days: int,
) -> dict[str, Any]:
    """The same of an operator's answer before it is sent; what its handoff was about comes first."""
    async with tenant_transaction(pool, tenant_id) as conn:
        base_id, turn_id = learnt.base.knowledge_base_id, learnt.handoff.turn_id
        subject = await _subject(conn, base_id, learnt.document, days, turn_id=turn_id)
    return await _tried(pool, tenant_id, subject, embedder, models)


async def _tried(
    pool: Pool, tenant_id: UUID, subject: _Subject, embedder: Embedder, models: Models
) -> dict[str, Any]:
    remembered = RememberedQueries(embedder)
    topics = UsualTopics()
    knowledge = PostgresKnowledge(pool, OnlyModel(remembered), topics=topics)
    before = [
        await look_up(question_of(one), subject.contexts[one.assistant_id], knowledge=knowledge)
        for one in subject.questions
    ]
    looked = _Looked(remembered, subject, topics)
    with suppress(_Undone):
        await add_documents(
            pool,
            tenant_id,
            subject.knowledge_base_id,
            [subject.document],
            embedder=remembered,
            actor=SYSTEM,
            stage=False,
            within=looked.look,
        )
    return await _split(subject, before, looked, models)


async def _subject(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    document: NewDocument,
    days: int,
    *,
    suggestion_id: UUID | None = None,
    turn_id: UUID | None = None,
) -> _Subject:
    contexts = await contexts_of(conn, reading=knowledge_base_id)
    own = await recorded_questions.most_asked(
        conn,
        list(contexts),
        days=days,
        limit=MAX_QUESTIONS,
        suggestion_id=suggestion_id,
        turn_id=turn_id,
    )
    all_asked = await recorded_questions.most_asked(
        conn, list(contexts), days=days, limit=MAX_QUESTIONS
    )
    distinct = {(one.assistant_id, str(one.details["query"])): one for one in [*all_asked, *own]}
    first = {(one.assistant_id, str(one.details["query"])): one for one in own}
    questions = list((first | distinct).values())[:MAX_QUESTIONS]
    words = await words_of(conn, {one.contact_id for one in questions})
    return _Subject(knowledge_base_id, document, contexts, questions, words)


async def _split(
    subject: _Subject, before: Sequence[ResolveState], looked: _Looked, models: Models
) -> dict[str, Any]:
    split: dict[str, list[dict[str, Any]]] = {verdict: [] for verdict in VERDICTS}
    unchanged = still_unanswered = 0
    for one, old, new in zip(subject.questions, before, looked.found, strict=True):
        compared = await compare_found(
            old,
            new,
            before=subject.contexts[one.assistant_id],
            after=looked.contexts[one.assistant_id],
            models=models,
        )
        if compared.verdict == "unchanged":
            unchanged += 1
            still_unanswered += not compared.after.is_answered
        else:
            split[compared.verdict].append(shown(one, compared, subject.words))
    counts = {verdict: len(items) for verdict, items in split.items()}
    return {
        "questions": len(subject.questions),
        "counts": counts | {"unchanged": unchanged, "still_unanswered": still_unanswered},
    } | split

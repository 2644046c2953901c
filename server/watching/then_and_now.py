"""A turn's questions put to the knowledge of then and of today: would it answer the same?

The machine's own nodes answer, with the extractive model alone: no provider is called, nothing is
kept. The assistant's settings are today's on both sides, so that what differs is the knowledge.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from graphs.context import TurnContext
from graphs.knowing.impact import Compared, Question, compare
from graphs.ports import Passage
from server.learning.learning_contexts import contexts_of
from server.resources import Resources
from server.shapes.explanation_schemas import (
    Answered,
    PassageThenAndNow,
    PassageWords,
    QuestionThenAndNow,
    ThenAndNow,
)
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import DeskError
from tenants.knowledge.passage_fates import PassageFate, fates_of
from tenants.lessons import recorded_questions
from tenants.lessons.recorded_questions import AskedInTurn
from tenants.running import turn_plans
from tenants.running.turns import Turn
from tenants.transcripts.conversations import Conversation

PATIENCE_SECONDS = 10
MAX_QUESTIONS = 10


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is known of a turn's knowledge before anything is asked again."""

    then: Mapping[str, int]
    context: TurnContext | None  # of today; None where the assistant is archived
    asked: Sequence[AskedInTurn]
    fates: Sequence[PassageFate]


async def then_and_now(
    held: Resources,
    tenant_id: UUID,
    turn: Turn,
    conversation: Conversation,
    passage_ids: Sequence[str],
) -> ThenAndNow:
    """The turn's knowledge beside today's; what cannot be asked again is left out and says why."""
    async with tenant_transaction(held.pool, tenant_id) as conn:
        standing = await _standing(conn, turn, conversation, passage_ids)
    compared: list[tuple[AskedInTurn, Compared]] = []
    left_out = _left_out(turn, standing)
    if left_out is None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                compared = [
                    (one, await _asked_again(held, one, standing)) for one in standing.asked
                ]
        except TimeoutError:
            left_out = "asking again took too long"
        except DeskError as error:  # a knowledge base got another embedding model since
            left_out = error.detail
    shown = [
        _question(one, found, await _fresh(held, tenant_id, found, standing.then))
        for one, found in compared
    ]
    now = dict(standing.context.knowledge) if standing.context else {}
    return ThenAndNow(
        knowledge_versions_then=dict(standing.then),
        knowledge_versions_now=now,
        assistant_revision_now=standing.context.assistant_revision if standing.context else None,
        would_answer_the_same=(
            None if left_out else all(one.verdict == "unchanged" for one in shown)
        ),
        left_out=left_out,
        questions=shown,
        passages=[_passage(one) for one in standing.fates],
    )


async def _standing(
    conn: TenantConnection, turn: Turn, conversation: Conversation, passage_ids: Sequence[str]
) -> _Standing:
    contexts = await contexts_of(conn, assistant_ids=[turn.assistant_id])
    context = contexts.get(turn.assistant_id)
    if context is not None:
        around = await turn_plans.around(
            conn,
            [UUID(base) for base, _ in context.knowledge],
            conversation_id=turn.conversation_id,
            contact_id=conversation.contact_id,
        )
        read = tuple((str(base), live) for base, live in around.knowledge)
        context = replace(context, knowledge=read)
    asked = await recorded_questions.of_turn(conn, turn.turn_id)
    return _Standing(
        turn.knowledge_versions or {},
        context,
        asked[:MAX_QUESTIONS],
        await fates_of(conn, passage_ids),
    )


def _left_out(turn: Turn, standing: _Standing) -> str | None:
    if standing.context is None:
        return "the assistant is archived"
    if not standing.asked:
        return "the turn put no question to the knowledge, or it is kept no longer"
    if not turn.knowledge_versions:
        return "the turn read no knowledge"
    return None


async def _asked_again(held: Resources, one: AskedInTurn, standing: _Standing) -> Compared:
    assert standing.context is not None
    kept = one.details
    question = Question(kept["text"], kept["query"], kept["language"], kept.get("history", []))
    then = replace(standing.context, knowledge=tuple(standing.then.items()))
    return await compare(
        question,
        before=then,
        after=standing.context,
        knowledge=held.knowledge,
        models=held.models,
    )


async def _fresh(
    held: Resources, tenant_id: UUID, found: Compared, then: Mapping[str, int]
) -> list[Passage]:
    """What is found today, was not found then, and came to be since."""
    before = {(one["title"], one["question"], one["text"]) for one in found.before.passages}
    read = await held.knowledge.read(tenant_id, [one["passage_id"] for one in found.after.passages])
    return [
        one
        for one in read
        if one["version"] > then.get(one["knowledge_base_id"], -1)
        and (one["title"], one["question"], one["text"]) not in before
    ]


def _question(one: AskedInTurn, found: Compared, fresh: Sequence[Passage]) -> QuestionThenAndNow:
    return QuestionThenAndNow(
        text=str(one.details["text"]),
        verdict=found.verdict,
        then=Answered(**found.before.public()),
        today=Answered(**found.after.public()),
        new_passages=[words for passage in fresh if (words := _words(passage))],
    )


def _passage(one: PassageFate) -> PassageThenAndNow:
    return PassageThenAndNow(
        passage_id=one.passage_id, fate=one.fate, then=_words(one.then), now=_words(one.now)
    )


def _words(passage: Passage | None) -> PassageWords | None:
    if passage is None:
        return None
    return PassageWords(
        passage_id=passage["passage_id"],
        document_id=UUID(passage["document_id"]),
        version=passage["version"],
        title=passage["title"],
        question=passage["question"],
        text=passage["text"],
    )

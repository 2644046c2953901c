"""The impact of a change of knowledge on what was asked lately, as a job or at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.knowing.impact import Compared, Question, RememberedQueries, compare, with_version
from graphs.knowing.knowledge_port import PostgresKnowledge
from server.learning.learning_contexts import contexts_of
from tenants.database.connection import Pool, TenantConnection
from tenants.finding.embedding_models import OnlyModel
from tenants.knowledge.ingestion import Embedder
from tenants.lessons import recorded_questions
from tenants.lessons.recorded_questions import AskedOften
from tenants.people.contact_words import ContactWords, words_of

AT_ONCE = 20  # questions that a request waits for; more are a job
MAX_QUESTIONS = 2_000
VERDICTS = ("newly_answered", "changed", "no_longer_answered")

Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which questions are put to which two versions, pinned when the preview was asked for."""

    knowledge_base_id: UUID
    version: int
    against: int
    days: int
    limit: int

    def given(self) -> dict[str, Any]:
        """As a job's input."""
        return {
            "knowledge_base_id": str(self.knowledge_base_id),
            "version": self.version,
            "against": self.against,
            "days": self.days,
            "limit": self.limit,
        }

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Asked":
        """From a job's input."""
        return cls(
            UUID(given["knowledge_base_id"]),
            int(given["version"]),
            int(given["against"]),
            int(given["days"]),
            int(given["limit"]),
        )


@dataclass(frozen=True, slots=True)
class Material:
    """What was asked, by whom, and under which contexts it is asked again."""

    contexts: Mapping[UUID, TurnContext]
    questions: Sequence[AskedOften]
    words: Mapping[UUID, ContactWords]


async def material(conn: TenantConnection, asked: Asked) -> Material:
    """The recorded questions to the assistants that read the knowledge base, the most asked first."""
    contexts = await contexts_of(conn, reading=asked.knowledge_base_id)
    questions = await recorded_questions.most_asked(
        conn, list(contexts), days=asked.days, limit=asked.limit
    )
    words = await words_of(conn, {one.contact_id for one in questions})
    return Material(contexts, questions, words)


async def report(
    pool: Pool,
    found: Material,
    asked: Asked,
    *,
    embedder: Embedder,
    models: Models,
    on_progress: Progress | None = None,
) -> dict[str, Any]:
    """Every question put to both versions, split by what the change means to it."""
    knowledge = PostgresKnowledge(pool, OnlyModel(RememberedQueries(embedder)))
    split: dict[str, list[dict[str, Any]]] = {verdict: [] for verdict in VERDICTS}
    unchanged = still_unanswered = 0
    for done, one in enumerate(found.questions, 1):
        context = found.contexts[one.assistant_id]
        compared = await compare(
            question_of(one),
            before=with_version(context, asked.knowledge_base_id, asked.against),
            after=with_version(context, asked.knowledge_base_id, asked.version),
            knowledge=knowledge,
            models=models,
        )
        if compared.verdict == "unchanged":
            unchanged += 1
            still_unanswered += not compared.after.is_answered
        else:
            split[compared.verdict].append(shown(one, compared, found.words))
        if on_progress is not None:
            await on_progress(done, len(found.questions))
    counts = {verdict: len(items) for verdict, items in split.items()}
    return (
        asked.given()
        | {
            "made_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "questions": len(found.questions),
            "counts": counts | {"unchanged": unchanged, "still_unanswered": still_unanswered},
        }
        | split
    )


def question_of(one: AskedOften) -> Question:
    """A recorded question as it is asked again."""
    kept = one.details
    return Question(kept["text"], kept["query"], kept["language"], kept.get("history", []))


def shown(
    one: AskedOften, compared: Compared, words: Mapping[UUID, ContactWords]
) -> dict[str, Any]:
    """One question of a report, without personal data."""
    cleaned = words.get(one.contact_id, ContactWords()).clean(str(one.details["query"]))
    return {
        "question": cleaned.text,
        "asked": one.asked,
        "last_asked_at": one.last_asked_at.isoformat().replace("+00:00", "Z"),
        "assistant_id": str(one.assistant_id),
        "before": compared.before.public(),
        "after": compared.after.public(),
    }


def summary(made: Mapping[str, Any], report_id: UUID) -> dict[str, Any]:
    """What a job shows of its report: no words, which lie in the report alone."""
    keys = ("version", "against", "questions", "counts")
    return {"report_id": str(report_id)} | {key: made[key] for key in keys}

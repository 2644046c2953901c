"""Group the questions that nobody could answer, and close those that the knowledge answers by now.

Runs every few seconds in one process, tenant by tenant, in small bounded steps; what a step leaves
is the next one's. A tenant's list of suggestions takes the step for itself before it is read.
"""

from dataclasses import dataclass
from uuid import UUID

import structlog

from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.knowing.impact import Question, ask
from graphs.ports import Knowledge
from server.learning.learning_contexts import contexts_of
from tenants.database.connection import Pool, router_transaction, tenant_transaction
from tenants.errors import DeskError
from tenants.finding.languages import detect
from tenants.knowledge.ingestion import Embedder
from tenants.lessons import answered_since, recorded_questions, unanswered
from tenants.lessons.answered_since import OpenQuestion

log = structlog.get_logger()

EVERY_SECONDS = 10
MAX_TENANTS = 50  # in one step
MAX_CHECKED = 40  # open questions of one tenant, asked again in one step
MAX_GROUPED_AT_ONCE = 100  # before a list is shown


@dataclass(frozen=True, slots=True)
class Learning:
    """What grouping needs of the house."""

    pool: Pool
    embedder: Embedder
    knowledge: Knowledge
    models: Models
    keep_days: int


async def step(learning: Learning) -> None:
    """One step for every tenant that has something to do."""
    async with router_transaction(learning.pool) as router:
        waiting = await recorded_questions.tenants_with_new(router, limit=MAX_TENANTS)
        behind = await answered_since.tenants_to_check(router, limit=MAX_TENANTS)
        old = await recorded_questions.tenants_with_old(
            router, days=learning.keep_days, limit=MAX_TENANTS
        )
    for tenant_id in waiting:
        await _one(learning, tenant_id)
    for tenant_id in behind:
        if tenant_id not in waiting:
            await _check(learning, tenant_id)
    for tenant_id in old:
        async with tenant_transaction(learning.pool, tenant_id) as conn:
            await recorded_questions.forget_old(conn, days=learning.keep_days)


async def catch_up(learning: Learning, tenant_id: UUID) -> None:
    """Group what waits of one tenant, so that its list shows what was asked a moment ago."""
    grouped = await unanswered.group(
        learning.pool, tenant_id, embedder=learning.embedder, limit=MAX_GROUPED_AT_ONCE
    )
    if grouped:
        await _check(learning, tenant_id)


async def _one(learning: Learning, tenant_id: UUID) -> None:
    """A tenant whose rows are refused keeps nobody else waiting."""
    try:
        await unanswered.group(learning.pool, tenant_id, embedder=learning.embedder)
        await _check(learning, tenant_id)
    except DeskError as error:
        log.warning("grouping_failed", tenant_id=str(tenant_id), code=error.code)


async def _check(learning: Learning, tenant_id: UUID) -> None:
    """Ask the open questions again that were last asked of an older version."""
    async with tenant_transaction(learning.pool, tenant_id) as conn:
        due = await answered_since.to_check(conn, limit=MAX_CHECKED)
        asked = {one.assistant_id for one in due if one.assistant_id is not None}
        contexts = await contexts_of(conn, assistant_ids=asked) if asked else {}
    answered: set[UUID] = set()
    for one in due:
        context = contexts.get(one.assistant_id) if one.assistant_id is not None else None
        if context is not None and await _is_answered(learning, one, context):
            answered.add(one.suggestion_id)
    if due:
        async with tenant_transaction(learning.pool, tenant_id) as conn:
            await answered_since.mark_checked(conn, due, answered)


async def _is_answered(learning: Learning, one: OpenQuestion, context: TurnContext) -> bool:
    """Whether the assistant that was asked last answers it now, and is sure enough."""
    text = str(one.entry["question"])
    asked = Question(text, text, detect(text))
    try:
        outcome = await ask(asked, context, knowledge=learning.knowledge, models=learning.models)
    except DeskError as error:  # its knowledge cannot be read at the moment: it stays open
        log.warning("question_not_checked", tenant_id=context.tenant_id, code=error.code)
        return False
    return outcome.status == "answered"

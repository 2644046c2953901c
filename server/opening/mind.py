"""What the machine thinks with: models, knowledge, labels, words and tools over one pool."""

import asyncio
from dataclasses import dataclass

from graphs.asking.meter_port import PostgresMeter, PostgresProviderKeys
from graphs.asking.models import Models
from graphs.embedding.embedders import Embedders
from graphs.embedding.question_vectors import QuestionVectors
from graphs.keeping.checkpoints import PostgresSavers
from graphs.knowing.desk_port import PostgresDesk
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.labelling.label_port import PostgresLabels
from graphs.ports import Pace
from graphs.support import Machine
from graphs.tracing import Tracing
from graphs.words.words_port import PostgresWords
from server.access.keyrings import open_keyring
from server.admitting.loop_pace import LoopPace
from server.models import default_budget_microusd, open_embedders, open_models
from server.opening.opening import Opening, warn
from server.outside.tooling import Tooling, open_tools
from settings import Settings
from tenants.database.connection import Pool, make_pool
from tenants.database.isolation import assert_isolated
from tenants.keys import provider_keys


@dataclass(frozen=True, slots=True)
class Mind:
    """The machine, and what it is made of."""

    pool: Pool
    embedders: Embedders
    models: Models
    knowledge: PostgresKnowledge
    labels: PostgresLabels
    words: PostgresWords
    tooling: Tooling
    machine: Machine


async def open_mind(opening: Opening) -> Mind:
    """Over a migrated database in which tenants are apart. Raises: IsolationBroken, WeightsMissing."""
    stack, settings = opening.stack, opening.settings
    embedders = await asyncio.to_thread(open_embedders, settings)
    stack.push_async_callback(embedders.aclose)
    pool = await _open_pool(opening)
    tracing = _tracing(settings)
    tracing.begin()
    stack.callback(tracing.flush)
    models = _open_models(opening, pool, LoopPace())
    questions = QuestionVectors()
    labels = PostgresLabels(pool, embedders, questions, on_error=warn("labels_not_learnt"))
    stack.push_async_callback(labels.aclose)
    words = PostgresWords(pool)
    knowledge = PostgresKnowledge(pool, embedders, questions)
    tooling = await stack.enter_async_context(
        open_tools(
            pool,
            settings,
            opening.secrets.master_key,
            embedders.default,
            knowledge,
            opening.sibling,
        )
    )
    machine = opening.build(
        knowledge=knowledge,
        tools=tooling.tools,
        labels=labels,
        words=words,
        desk=PostgresDesk(pool, embedders, opening.hold),
        models=models,
        savers=PostgresSavers(pool, opening.hold),
        tracing=tracing,
    )
    return Mind(pool, embedders, models, knowledge, labels, words, tooling, machine)


async def _open_pool(opening: Opening) -> Pool:
    settings = opening.settings
    pool = make_pool(
        opening.secrets.database_url,
        min_size=settings.pool_min,
        max_size=settings.pool_max,
        timeout_seconds=settings.pool_timeout_seconds,
        keys=open_keyring(settings, opening.secrets.master_key),
    )
    pool.share_with_turns(settings.pool_max - settings.pool_max // 2)
    await opening.stack.enter_async_context(pool)
    await assert_isolated(pool)
    return pool


def _open_models(opening: Opening, pool: Pool, pace: Pace) -> Models:
    budget = default_budget_microusd(opening.settings)
    models = open_models(
        opening.settings,
        meter=PostgresMeter(pool, default_microusd=budget),
        keys=PostgresProviderKeys(pool, opening.sealer(provider_keys.PURPOSE)),
        pace=pace,
    )
    models.on_call = opening.metrics.called
    opening.stack.push_async_callback(models.close)
    return models


def _tracing(settings: Settings) -> Tracing:
    if not settings.langsmith_tracing:
        return Tracing.off()
    return Tracing.on(show_text=settings.langsmith_show_text)

"""The application: every resource opened once, in one exit stack, and closed in reverse."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from fastapi import FastAPI

from graphs.acting.action_desk import PostgresActionDesk
from graphs.asking.meter_port import PostgresMeter, PostgresProviderKeys
from graphs.embedding.question_vectors import QuestionVectors
from graphs.keeping.checkpoints import PostgresSavers
from graphs.knowing.desk_port import PostgresDesk
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.labelling.label_port import PostgresLabels
from graphs.support import Machine, build_machine
from graphs.tracing import Tracing
from graphs.words.words_port import PostgresWords
from server import problems
from server.access.auditing import AuditTrail
from server.access.auth import Credentials
from server.access.cross_origin import CrossOrigin
from server.access.keyrings import open_keyring
from server.access.open_sockets import OpenSockets
from server.access.openid import OpenIdProviders
from server.access.openid_sign_in import ProviderSignIns
from server.access.passwords import Passwords
from server.access.second_factors import SecondFactors
from server.access.sign_in_throttle import SignInThrottle
from server.admitting.admission import Admission, AdmissionLimits
from server.admitting.early_refusal import EarlyRefusal
from server.admitting.fair_slots import StepsInTurn, Turnstile
from server.admitting.idempotency import KeyEnds
from server.admitting.intake import Intake
from server.admitting.limits import Counter, Limiter
from server.dialects import DIALECTS
from server.dialects.mcp import open_mcp
from server.models import default_budget_microusd, open_embedders, open_models
from server.openapi import describe
from server.outside.effects import open_sender
from server.outside.tooling import open_tools
from server.page_files import mount_page
from server.resources import Resources
from server.routes import ROUTERS, messages
from server.running.drain import Drain
from server.running.leased_runs import TurnLimits
from server.running.runs import GraphRuns
from server.running.streams import Hub
from server.running.turns import TurnExecutor
from server.sharing.resources import shared_limits, shared_streams
from server.watching.metrics import Metrics
from server.watching.telemetry import Watch
from server.watching.tracing_port import Ended, NoSpans, Spans, open_spans
from server.web_files import mount_web
from server.working.job_kinds import JOB_KINDS, PERIODIC
from server.working.job_run import JobHouse
from server.working.jobs import open_jobs
from settings import Settings
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.database.hold_points import HoldPoints
from tenants.database.isolation import assert_isolated
from tenants.keys import provider_keys
from tenants.keys.sealing import Sealer
from tenants.outside import channels
from tenants.people import sign_in_providers
from tenants.running.leases import Lease
from tenants.running.turn_ends import TurnEnd
from tenants.transcripts import events
from tenants.transcripts.events import Event

log = structlog.get_logger()
PAGE = Path(__file__).parent / "page"
WEB = Path(__file__).parent / "web"
SESSIONS_PER_SECOND = 5.0
BuildMachine = Callable[..., Machine]  # called as `build_machine` is


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the process was given and keeps to itself."""

    database_url: str
    platform_key: str
    master_key: bytes
    owner_url: str | None = None


def create_app(
    settings: Settings,
    *,
    database_url: str,
    platform_key: str,
    master_key: bytes,
    owner_url: str | None = None,
    drain: Drain | None = None,
    build: BuildMachine = build_machine,
) -> FastAPI:
    """The server over a migrated database; nothing is opened before its lifespan starts."""
    secrets = Secrets(database_url, platform_key, master_key, owner_url)
    going = drain or Drain()
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            spans = app.state.spans = open_spans(settings)
            stack.callback(spans.close)
            held = await _open(stack, settings, secrets, going, metrics, build)
            held.turns.on_over = partial(_traced, spans)
            app.state.resources = held
            yield

    app = FastAPI(
        title="Frontdesk",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,  # FastAPI's page loads from other hosts
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.spans = NoSpans()
    problems.install(app)
    routers = (*DIALECTS, *ROUTERS)  # the last of ours refuses every socket that nobody takes
    for router in sorted(routers, key=lambda one: one is not messages.router):
        app.include_router(router)  # matched in this order: what is called most comes first
    mount_page(app, PAGE)
    mount_web(app, WEB)
    app.add_middleware(Intake, max_body_bytes=settings.max_body_bytes)
    app.add_middleware(EarlyRefusal)
    app.add_middleware(CrossOrigin)
    app.add_middleware(Watch, metrics=metrics)
    app.openapi = lambda: describe(app, routers)
    return app


async def _open(
    stack: AsyncExitStack,
    settings: Settings,
    secrets: Secrets,
    drain: Drain,
    metrics: Metrics,
    build: BuildMachine,
) -> Resources:
    embedders = await asyncio.to_thread(open_embedders, settings)
    stack.push_async_callback(embedders.aclose)
    embedder = embedders.default
    pool = make_pool(
        secrets.database_url,
        min_size=settings.pool_min,
        max_size=settings.pool_max,
        timeout_seconds=settings.pool_timeout_seconds,
        keys=open_keyring(settings, secrets.master_key),
    )
    await stack.enter_async_context(pool)
    await assert_isolated(pool)
    tracing = _tracing(settings)
    stack.callback(tracing.flush)
    hold = HoldPoints(settings.hold_points)
    sealer = Sealer(secrets.master_key, provider_keys.PURPOSE)
    models = open_models(
        settings,
        meter=PostgresMeter(pool, default_microusd=default_budget_microusd(settings)),
        keys=PostgresProviderKeys(pool, sealer),
    )
    models.on_call = metrics.called
    stack.push_async_callback(models.close)
    questions = QuestionVectors()
    labels = PostgresLabels(pool, embedders, questions, on_error=_warn("labels_not_learnt"))
    stack.push_async_callback(labels.aclose)
    words = PostgresWords(pool)
    turnstile = Turnstile()
    knowledge = PostgresKnowledge(pool, embedders, questions)
    tooling = await stack.enter_async_context(
        open_tools(pool, settings, secrets.master_key, embedder, knowledge)
    )
    machine = build(
        knowledge=knowledge,
        tools=tooling.tools,
        labels=labels,
        words=words,
        pace=StepsInTurn(turnstile),
        desk=PostgresDesk(pool, embedders, hold),
        models=models,
        savers=PostgresSavers(pool, hold),
        tracing=tracing,
    )
    runs = GraphRuns(
        pool,
        machine,
        joinable_seconds=settings.turn_deadline_seconds / 3,
        deadline_seconds=settings.turn_deadline_seconds,
        hold=hold,
    )
    counter = await stack.enter_async_context(shared_limits(settings, secrets.master_key))
    hub = Hub(*_log_reads(pool))
    await stack.enter_async_context(
        shared_streams(
            settings,
            secrets.master_key,
            pool,
            hub,
            metrics=metrics,
            on_error=_warn("redis_is_away"),
        )
    )
    turns = TurnExecutor(
        pool,
        hub,
        runs,
        drain=drain,
        hold=hold,
        turnstile=turnstile,
        limits=TurnLimits(
            lease_seconds=settings.lease_seconds,
            deadline_seconds=settings.turn_deadline_seconds,
            drain_seconds=settings.drain_seconds,
            most_running=settings.running_turns,
            most_running_of_a_tenant=settings.running_turns_per_tenant,
        ),
    )
    _count(metrics, hub, turns)
    metrics.watch(
        "open_breakers", "Providers that are left alone", lambda: len(models.open_breakers())
    )
    jobs = await stack.enter_async_context(
        open_jobs(
            secrets.database_url,
            JobHouse(pool, embedders, settings, models, secrets.owner_url),
            kinds=JOB_KINDS,
            periodic=PERIODIC,
        )
    )
    effect_sealer = Sealer(secrets.master_key, channels.PURPOSE)
    sign_in_sealer = Sealer(secrets.master_key, sign_in_providers.PURPOSE)
    action_desk = PostgresActionDesk(pool, tooling.connected, guard=tooling.tools.guard, hold=hold)
    sender = await stack.enter_async_context(
        open_sender(pool, settings, effect_sealer, hold=hold, desk=action_desk)
    )
    jobs.on_end = metrics.job_ended
    hub.on_commit = sender.wake
    if sender.acting is not None:
        sender.acting.on_moved = _moved(hub, turns)
    sender.on_outcome = metrics.delivered
    _in_background(stack, hub.poll_forever(on_error=_warn("poll_failed")))
    stack.push_async_callback(turns.close)
    _in_background(stack, turns.sweep_forever())
    trail = AuditTrail(pool, master_key=secrets.master_key, folder=settings.data.absolute())
    stack.push_async_callback(trail.flush)
    _in_background(stack, trail.work_forever(on_error=_warn("audit_not_anchored")))
    sockets = OpenSockets(pool)
    _in_background(stack, sockets.look_forever(on_error=_warn("sockets_not_looked_at")))
    _in_background(stack, words.get_ready())
    _in_background(stack, models.get_ready())
    drain.listen(hub.stop)
    return Resources(
        settings=settings,
        pool=pool,
        embedder=embedder,
        embedders=embedders,
        knowledge=knowledge,
        models=models,
        labels=labels,
        credentials=Credentials(
            pool, platform_key=secrets.platform_key, master_key=secrets.master_key
        ),
        sockets=sockets,
        trail=trail,
        key_ends=KeyEnds(pool),
        hub=hub,
        turns=turns,
        hold=hold,
        runs=runs,
        jobs=jobs,
        drain=drain,
        metrics=metrics,
        request_limiter=Limiter(
            settings.requests_per_second, what="requests", policy="key", shared=counter
        ),
        address_limiter=Limiter(
            settings.requests_per_second_per_address,
            what="requests",
            policy="address",
            shared=counter,
        ),
        session_limiter=Limiter(
            SESSIONS_PER_SECOND, what="widget sessions", policy="sessions", shared=counter
        ),
        admission=_admission(settings, turns, turnstile, counter),
        key_sealer=sealer,
        effect_sealer=effect_sealer,
        sender=sender,
        passwords=Passwords(),
        sign_ins=SignInThrottle(),
        provider_sign_ins=ProviderSignIns(
            pool, OpenIdProviders(tooling.client), sealer=sign_in_sealer
        ),
        second_factors=SecondFactors(pool, master_key=secrets.master_key, sealer=sign_in_sealer),
        tooling=tooling,
        action_desk=action_desk,
        mcp=await stack.enter_async_context(open_mcp()),
    )


def _admission(
    settings: Settings, turns: TurnExecutor, turnstile: Turnstile, counter: Counter | None
) -> Admission:
    return Admission(
        turns,
        turnstile,
        tenants=Limiter(
            settings.turns_per_second, what="turns", policy="tenant-turns", shared=counter
        ),
        contacts=Limiter(
            settings.turns_per_second_per_contact,
            what="turns",
            policy="contact-turns",
            shared=counter,
        ),
        limits=AdmissionLimits(
            waiting_of_a_tenant=settings.waiting_turns_per_tenant,
            waiting=4 * settings.waiting_turns_per_tenant,
            accepting=max(1, settings.pool_max // 2),
        ),
    )


def _tracing(settings: Settings) -> Tracing:
    if not settings.langsmith_tracing:
        return Tracing.off()
    return Tracing.on(show_text=settings.langsmith_show_text)


def _traced(spans: Spans, lease: Lease, end: TurnEnd, seconds: float) -> None:
    ended = Ended(lease.tenant_id, lease.conversation_id, lease.turn_id, end)
    spans.turn_ended(ended, seconds)


def _log_reads(pool: Pool) -> tuple[Any, Any]:
    async def read_log(
        tenant_id: UUID, conversation_id: UUID, after: int, limit: int
    ) -> Sequence[Event]:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await events.read_after(conn, conversation_id, after, limit=limit)

    async def last_ids(tenant_id: UUID, conversation_ids: Sequence[UUID]) -> dict[UUID, int]:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await events.last_ids(conn, conversation_ids)

    return read_log, last_ids


def _count(metrics: Metrics, hub: Hub, turns: TurnExecutor) -> None:
    turns.on_end = metrics.turn_ended
    metrics.watch("open_streams", "Streams and sockets that are open", lambda: hub.open_streams)
    metrics.watch("running_turns", "Turns that run in this process", lambda: turns.running)
    metrics.watch("waiting_turns", "Turns that wait here for a slot", lambda: turns.waiting)
    metrics.watch(
        "queue_lag_seconds",
        "About how long a turn that comes now waits for a slot here",
        lambda: turns.seconds_to_run(turns.waiting),
    )


def _moved(hub: Hub, turns: TurnExecutor) -> Callable[[UUID, UUID, UUID | None], None]:
    """Whoever watches an action's conversation sees that it moved; what it came to is told at once."""

    def moved(tenant_id: UUID, conversation_id: UUID, turn_id: UUID | None) -> None:
        hub.committed(tenant_id, conversation_id)
        if turn_id is not None:
            turns.start(tenant_id, turn_id)

    return moved


def _in_background(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)

    async def end() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)


def _warn(event: str) -> Any:
    return lambda error: log.warning(event, error=type(error).__name__)

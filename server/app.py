"""The application: its routes and what every request passes; `server/opening/` opens the rest."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import structlog
from fastapi import FastAPI

from graphs.support import build_machine
from server import problems
from server.access.cross_origin import CrossOrigin
from server.admitting.early_refusal import EarlyRefusal
from server.admitting.intake import Intake
from server.dialects import DIALECTS
from server.openapi import describe
from server.opening.opening import BuildMachine, Opening, Secrets
from server.opening.resources import open_resources
from server.page_files import mount_page
from server.routes import ROUTERS, messages
from server.running.drain import Drain
from server.sharing.siblings import Sibling
from server.watching.metrics import Metrics
from server.watching.telemetry import Watch
from server.watching.tracing_port import Ended, NoSpans, Spans, open_spans
from server.web_files import mount_web
from settings import Settings
from tenants.database.hold_points import HoldPoints
from tenants.running.leases import Lease
from tenants.running.turn_ends import TurnEnd

log = structlog.get_logger()
PAGE = Path(__file__).parent / "page"
WEB = Path(__file__).parent / "web"


def create_app(
    settings: Settings,
    *,
    database_url: str,
    platform_key: str,
    master_key: bytes,
    owner_url: str | None = None,
    drain: Drain | None = None,
    build: BuildMachine = build_machine,
    sibling: Sibling | None = None,
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
            hold = HoldPoints(settings.hold_points)
            opening = Opening(stack, settings, secrets, going, metrics, hold, build, sibling)
            held = await open_resources(opening)
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


def _traced(spans: Spans, lease: Lease, end: TurnEnd, seconds: float) -> None:
    ended = Ended(lease.tenant_id, lease.conversation_id, lease.turn_id, end)
    spans.turn_ended(ended, seconds)

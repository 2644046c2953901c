"""What lives as long as the process, as routes get it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from graphs.acting.action_desk import PostgresActionDesk
from graphs.asking.models import Models
from graphs.embedding.embedders import Embedders
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.labelling.label_port import PostgresLabels
from server.access.auditing import AuditTrail
from server.access.auth import Credentials
from server.access.open_sockets import OpenSockets
from server.access.openid_sign_in import ProviderSignIns
from server.access.passwords import Passwords
from server.access.second_factors import SecondFactors
from server.access.sign_in_throttle import SignInThrottle
from server.admitting.admission import Admission
from server.admitting.idempotency import KeyEnds
from server.admitting.limits import Limiter
from server.outside.mcp_door import McpDoor
from server.outside.sending import Sender
from server.outside.tooling import Tooling
from server.running.drain import Drain
from server.running.runs import GraphRuns
from server.running.streams import Hub
from server.running.turns import TurnExecutor
from server.sharing.figures import Figures
from server.watching.metrics import Metrics
from server.working.jobs import Jobs
from settings import Settings
from tenants.database.connection import Pool
from tenants.database.hold_points import HoldPoints
from tenants.keys.sealing import Sealer
from tenants.knowledge.ingestion import Embedder


@dataclass(frozen=True)
class Resources:
    """Opened by `server/opening/` in the lifespan, closed in reverse."""

    settings: Settings
    pool: Pool
    embedder: Embedder  # the server's own model
    embedders: Embedders
    knowledge: PostgresKnowledge
    models: Models
    labels: PostgresLabels
    credentials: Credentials
    sockets: OpenSockets
    trail: AuditTrail
    key_ends: KeyEnds
    hub: Hub
    turns: TurnExecutor
    hold: HoldPoints
    runs: GraphRuns
    jobs: Jobs
    drain: Drain
    metrics: Metrics
    figures: Figures
    request_limiter: Limiter
    address_limiter: Limiter
    admission: Admission
    session_limiter: Limiter
    key_sealer: Sealer  # of tenants' keys for providers
    effect_sealer: Sealer  # of the secrets of webhook endpoints and channels
    sender: Sender
    passwords: Passwords
    sign_ins: SignInThrottle
    provider_sign_ins: ProviderSignIns
    second_factors: SecondFactors
    tooling: Tooling
    action_desk: PostgresActionDesk
    mcp: McpDoor


async def _resources(connection: HTTPConnection) -> Resources:  # a plain function costs a thread
    return connection.app.state.resources


ResourcesDep = Annotated[Resources, Depends(_resources)]

"""What lives as long as the process, as routes get it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from graphs.action_desk import PostgresActionDesk
from graphs.embedders import Embedders
from graphs.label_port import PostgresLabels
from server.admission import Admission
from server.auditing import AuditTrail
from server.auth import Credentials
from server.drain import Drain
from server.jobs import Jobs
from server.limits import Limiter
from server.metrics import Metrics
from server.open_sockets import OpenSockets
from server.passwords import Passwords
from server.runs import GraphRuns
from server.sending import Sender
from server.sign_in_throttle import SignInThrottle
from server.streams import Hub
from server.tooling import Tooling
from server.turns import TurnExecutor
from settings import Settings
from tenants.connection import Pool
from tenants.hold_points import HoldPoints
from tenants.ingestion import Embedder
from tenants.sealing import Sealer


@dataclass(frozen=True)
class Resources:
    """Opened in the lifespan of `server/app.py`, closed in reverse."""

    settings: Settings
    pool: Pool
    embedder: Embedder  # the server's own model
    embedders: Embedders
    labels: PostgresLabels
    credentials: Credentials
    sockets: OpenSockets
    trail: AuditTrail
    hub: Hub
    turns: TurnExecutor
    hold: HoldPoints
    runs: GraphRuns
    jobs: Jobs
    drain: Drain
    metrics: Metrics
    request_limiter: Limiter
    address_limiter: Limiter
    admission: Admission
    session_limiter: Limiter
    key_sealer: Sealer  # of tenants' keys for providers
    effect_sealer: Sealer  # of the secrets of webhook endpoints and channels
    sender: Sender
    passwords: Passwords
    sign_ins: SignInThrottle
    tooling: Tooling
    action_desk: PostgresActionDesk


async def _resources(connection: HTTPConnection) -> Resources:  # a plain function costs a thread
    return connection.app.state.resources


ResourcesDep = Annotated[Resources, Depends(_resources)]

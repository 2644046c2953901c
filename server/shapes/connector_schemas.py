"""What is sent and shown of connectors and of the tools that assistants may use."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from server.shapes.schemas import Body, Line, Shown
from tools.connector_settings import ConnectorSettings

Secret = Annotated[SecretStr, Field(min_length=1, max_length=4_000)]
OperationName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class NewConnector(Body):
    """A service of the tenant's own: how it is called, and the secret that shows who calls."""

    kind: Literal["http"] = "http"
    name: Line
    settings: ConnectorSettings
    secret: Secret | None = Field(default=None, description="Kept sealed and never shown.")


class ConnectorChange(Body):
    """What is left out stays as it is; `settings` are given whole."""

    name: Line | None = None
    settings: ConnectorSettings | None = None
    secret: Secret | None = None
    enabled: bool | None = None


class ConnectorShown(Shown):
    connector_id: UUID
    kind: str
    name: str
    settings: dict[str, Any]
    has_secret: bool
    enabled: bool
    serves: list[str] = Field(description="The parts of a shop that it serves.")
    created_at: datetime
    updated_at: datetime


class ConnectorTest(Body):
    """One call that reads, as it would be made for a contact."""

    operation: OperationName
    values: dict[
        Annotated[str, StringConstraints(max_length=40)],
        Annotated[str, StringConstraints(max_length=200)]
        | Annotated[int, Field(ge=-(2**63), lt=2**63)],
    ] = Field(default_factory=dict, max_length=10, examples=[{"owner": "c-100", "number": "1042"}])


class ConnectorTested(Shown):
    """What came of it: the records by our names, or why there are none."""

    ok: bool
    records: list[dict[str, Any]]
    problem: str = ""
    milliseconds: float


class ToolShown(Shown):
    """A tool, as an assistant's editor offers it."""

    name: str
    title: str
    description: str
    arguments: dict[str, Any] = Field(description="JSON Schema.")
    identity: str = Field(description="`verified`: only for contacts whom the tenant vouches for.")
    has_effect: bool
    approval: Any
    cache_seconds: int
    needs: str = Field(description="The part of a shop that a connector must serve; empty: none.")
    connected: bool

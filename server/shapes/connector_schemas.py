"""What is sent and shown of connectors and of the tools that assistants may use."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Discriminator, Field, SecretStr, StringConstraints, Tag

from server.shapes.schemas import Body, Line, Shown
from tools.connector_settings import ConnectorSettings
from tools.own_settings import OwnSettings

Secret = Annotated[SecretStr, Field(min_length=1, max_length=4_000)]
OperationName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


def _has_operations(told: Any) -> str:
    if isinstance(told, dict):
        return "operations" if "operations" in told else "tools"
    return "operations" if isinstance(told, ConnectorSettings) else "tools"


AnySettings = Annotated[
    Annotated[ConnectorSettings, Tag("operations")] | Annotated[OwnSettings, Tag("tools")],
    Discriminator(_has_operations),
]


class LookedAt(Body):
    """The OpenAPI document of a service: as it is, or where it is fetched from."""

    document: Annotated[str, StringConstraints(max_length=900_000)] | dict[str, Any] | None = Field(
        default=None, description="OpenAPI 3, as an object, or as the text of JSON or YAML."
    )
    document_url: Annotated[str, StringConstraints(max_length=2_000)] | None = None


class NewConnector(LookedAt):
    """A service of the tenant's own: how it is called, and the secret that shows who calls.

    `kind` is `http` for parts of a shop (`settings.operations`), `openapi` or `mcp` for tools of the
    tenant's own (`settings.tools`).
    """

    kind: Literal["http", "openapi", "mcp"] = "http"
    name: Line
    settings: AnySettings
    secret: Secret | None = Field(default=None, description="Kept sealed and never shown.")


class ConnectorChange(Body):
    """What is left out stays as it is; `settings` are given whole."""

    name: Line | None = None
    settings: AnySettings | None = None
    secret: Secret | None = None
    enabled: bool | None = None


class OwnToolShown(Shown):
    """A tool of the tenant's own: `changed` and `gone` ones are not used until they are chosen anew."""

    name: str
    operation: str
    state: Literal["ready", "changed", "gone"]


class ConnectorShown(Shown):
    connector_id: UUID
    kind: str
    name: str
    settings: dict[str, Any]
    has_secret: bool
    enabled: bool
    serves: list[str] = Field(description="The parts of a shop that it serves.")
    tools: list[OwnToolShown] = Field(description="The tools that are made of its operations.")
    document_url: str | None
    looked_at: datetime | None = Field(description="When its operations were looked at last.")
    created_at: datetime
    updated_at: datetime


class ServiceOperationShown(Shown):
    """One thing that a service can be asked; its own words are for people, and no model reads them."""

    operation: str = Field(description="Its name for `tools` of the connector's settings.")
    title: str
    description: str
    reads: bool = Field(description="It says that it changes nothing: a hint, and no right.")
    hints: dict[str, bool]
    arguments: dict[str, Any] = Field(description="JSON Schema, by the names of ours.")
    fingerprint: str
    problem: str = Field(description="Why it cannot be a tool; empty where it can.")
    tool: str | None = Field(description="The tool that was made of it.")


class ConnectorTest(Body):
    """One call that reads, as it would be made for a contact.

    Of a tool of the tenant's own, `values` are its arguments, and `contact` the id of whom it is for.
    """

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

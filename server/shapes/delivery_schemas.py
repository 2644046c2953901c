"""What is sent and shown of webhook endpoints, deliveries and channels of the tenant's own."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, RootModel, StringConstraints, model_validator

from server.shapes.schemas import Body, Id, Line, Shown, Speech

EventName = Literal[
    "contact_message",
    "turn_started",
    "message",
    "handoff_requested",
    "operator_joined",
    "operator_message",
    "handoff_resolved",
    "approval_requested",
    "approval_resolved",
    "knowledge_updated",
    "turn_ended",
    "handoff_overdue",
]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\s]+$")
]
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
_URL = "https://shop.example/frontdesk"


class NewWebhookEndpoint(Body):
    """An address that gets the tenant's events."""

    url: Url = Field(examples=[_URL])
    events: list[EventName] = Field(
        default_factory=list, max_length=12, description="Which events; none named: all of them."
    )
    description: str = Field(default="", max_length=200)


class WebhookEndpointChange(Body):
    """What is left out stays as it is; `enabled: true` forgets earlier failures."""

    url: Url | None = None
    events: list[EventName] | None = Field(default=None, max_length=12)
    description: str | None = Field(default=None, max_length=200)
    enabled: bool | None = None


class Rotation(Body):
    """How long the old secret counts beside the new one."""

    overlap_hours: int = Field(default=24, ge=0, le=168)


class WebhookEndpointShown(Shown):
    webhook_endpoint_id: UUID
    url: str
    description: str
    events: list[str]
    enabled: bool
    disabled_at: datetime | None = None
    disabled_reason: str | None = None
    failing_since: datetime | None = None
    old_secret_until: datetime | None = None
    created_at: datetime


class WebhookEndpointCreated(WebhookEndpointShown):
    secret: str = Field(description="Shown this once; it signs what is sent.")


class DeliveryShown(Shown):
    """One thing that leaves: an event for an endpoint, or a reply on a channel."""

    delivery_id: UUID
    kind: str
    event: str
    webhook_endpoint_id: UUID | None = None
    channel_id: UUID | None = None
    conversation_id: UUID | None = None
    turn_id: UUID | None = None
    message_id: UUID | None = None
    state: str
    attempts: int
    next_try_at: datetime | None = None
    created_at: datetime
    finished_at: datetime | None = None
    tries: list[dict[str, Any]] = Field(
        description="The last sendings, newest first: `at`, `milliseconds`, `status`, `reply`, `error`."
    )


class Driven(Shown):
    driven: int = Field(description="How many dead deliveries are queued again.")


class NewChannel(Body):
    """A channel of the tenant's own: signed JSON in, signed JSON out."""

    kind: Literal["custom"] = "custom"
    name: Line
    assistant_id: Id
    url: Url = Field(examples=[_URL], description="Where replies are posted.")
    quiet_hours: int = Field(
        default=72, ge=1, le=8_760, description="After so much silence a new conversation begins."
    )


class ChannelChange(Body):
    """What is left out stays as it is."""

    name: Line | None = None
    assistant_id: Id | None = None
    url: Url | None = None
    quiet_hours: int | None = Field(default=None, ge=1, le=8_760)
    enabled: bool | None = None


class ChannelShown(Shown):
    channel_id: UUID
    kind: str
    name: str
    assistant_id: UUID
    url: str
    quiet_hours: int
    enabled: bool
    old_secret_until: datetime | None = None
    created_at: datetime


class ChannelCreated(ChannelShown):
    secret: str = Field(description="Shown this once; it signs both ways.")


Block = Annotated[dict[str, Any], Field(max_length=50)]


class SaidThere(Body):
    """A contact's message on a custom channel; the same `external_message_id` is the same message."""

    external_message_id: ExternalId
    address: Address = Field(description="Who writes, as the channel knows them.")
    text: Speech | None = None
    content: list[Block] | None = Field(default=None, max_length=20)
    name: Line | None = None


class StateThere(Body):
    """How far a message that left has come, by our id or by the channel's own."""

    message_id: Id | None = None
    external_message_id: ExternalId | None = None
    state: Literal["sent", "delivered", "read", "failed"]

    @model_validator(mode="after")
    def _names_one(self) -> "StateThere":
        if (self.message_id is None) == (self.external_message_id is None):
            raise ValueError("name the message by message_id or by external_message_id")
        return self


class InboundMessage(Body):
    type: Literal["message"]
    timestamp: datetime | None = None
    data: SaidThere


class InboundStatus(Body):
    type: Literal["status"]
    timestamp: datetime | None = None
    data: StateThere


class Inbound(RootModel[Annotated[InboundMessage | InboundStatus, Field(discriminator="type")]]):
    """What a custom channel sends: a contact's message, or the state of one of ours."""


class InboundTaken(Shown):
    message_id: UUID
    conversation_id: UUID
    turn_id: UUID
    duplicate: bool


class StateTaken(Shown):
    message_id: UUID
    delivery_state: str

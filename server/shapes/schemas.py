"""The bodies that requests bring and answers show; the OpenAPI document is made of these.

Over 300 lines because it is one list of shapes that are read side by side.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from server.admitting.explain import UNKNOWN_ID
from tenants.configuring.answer_settings import AnswerSettings
from tenants.configuring.assistants import (
    Bursts,
    DialogueSettings,
    Features,
    HandoffSettings,
    Memory,
    Persona,
    Thresholds,
    Words,
)
from tenants.configuring.consent_settings import MAX_LANGUAGES, ConsentSettings, Disclosure
from tenants.configuring.link_hosts import LinkSettings
from tenants.configuring.request_settings import CuratedSettings, LabelSettings
from tenants.configuring.tool_settings import MAX_TOOLS, ToolSetting
from tenants.configuring.widget_settings import WidgetSettings
from tenants.ids import parse_id
from tenants.lines import mere_name, one_line
from tenants.transcripts.outcomes import OutcomeSettings

EXAMPLE_ID = "0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d"


def _known_form(value: Any) -> UUID:
    found = parse_id(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError(UNKNOWN_ID, "not an id of this server")
    return found


Id = Annotated[
    UUID,
    BeforeValidator(_known_form),
    WithJsonSchema({"type": "string", "format": "uuid", "examples": [EXAMPLE_ID]}),
]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(one_line),
]
Metadata = Annotated[dict[str, Any], Field(max_length=100)]
# What a message says: the setting `max_message_chars` bounds it, and a body holds no more than this.
Speech = Annotated[str, StringConstraints(max_length=1_000_000)]


_Word = Annotated[str, StringConstraints(max_length=300)]


class Body(BaseModel):
    """What a request brings; a field that is not listed is refused."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What an answer shows; more fields may come."""

    model_config = ConfigDict(extra="allow")


class NewTenant(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Alder & Finch Outdoors"}]})
    name: Line
    slug: str | None = Field(default=None, max_length=63, examples=["alder-finch"])
    time_zone: str = Field(default="UTC", max_length=60, examples=["Europe/Berlin"])


class TenantCreated(Shown):
    tenant_id: UUID
    slug: str
    namesake: str | None = Field(
        default=None,
        description="The slug that the name makes, where another tenant has it already.",
    )
    api_key: str = Field(description="Shown this once.")
    knowledge_base_id: UUID
    assistant_id: UUID


class TenantChange(Body):
    name: Line | None = None
    time_zone: str | None = Field(default=None, max_length=60)
    status: Literal["active", "suspended"] | None = None
    prune_after_days: int | None = Field(
        default=None,
        ge=1,
        le=3_650,
        description="Days of silence after which a conversation keeps its last checkpoint alone.",
    )


class TurnOfConversation(Body):
    turn_id: Id


class ReplayShown(Shown):
    """A turn that was run again; `same` where every node and the end came to the same bytes."""

    turn_id: UUID
    conversation_id: UUID
    same: bool
    nodes: int
    text: str
    differences: list[dict[str, Any]] = Field(
        description="Which node, what of it, what it was and what it is now."
    )


class TenantShown(Shown):
    tenant_id: UUID
    slug: str
    status: str
    created_at: datetime
    name: str | None = Field(default=None, description="Null while it is being erased.")
    time_zone: str | None = None
    prune_after_days: int | None = Field(
        default=None, description="Null: as the platform's setting says."
    )


class NewApiKey(Body):
    name: Line
    scopes: list[_Word] = Field(min_length=1, max_length=10, examples=[["conversations"]])
    expires_at: datetime | None = Field(default=None, description="When it ends by itself.")


class ApiKeyShown(Shown):
    api_key_id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    expires_at: datetime | None = None
    replaces: UUID | None = Field(default=None, description="The key that it was rotated from.")


class ApiKeyCreated(ApiKeyShown):
    api_key: str = Field(description="Shown this once.")


class AssistantFields(Body):
    """What may be decided about an assistant; what is left out stays as it is."""

    knowledge_base_ids: list[Id] | None = Field(default=None, max_length=8)
    persona: Persona | None = None
    model: str | None = Field(default=None, max_length=200)
    fallback_models: list[_Word] | None = Field(default=None, max_length=5)
    small_model: str | None = Field(default=None, max_length=200)
    thresholds: Thresholds | None = None
    handoff: HandoffSettings | None = None
    features: Features | None = None
    bursts: Bursts | None = None
    dialogue: DialogueSettings | None = None
    memory: Memory | None = None
    labels: LabelSettings | None = None
    curated: CuratedSettings | None = None
    words: Words | None = None
    answering: AnswerSettings | None = None
    links: LinkSettings | None = None
    tools: list[ToolSetting] | None = Field(default=None, max_length=MAX_TOOLS)
    outcomes: OutcomeSettings | None = None
    widget: WidgetSettings | None = None
    disclosure: Disclosure | None = Field(
        default=None,
        max_length=MAX_LANGUAGES,
        description="That an AI answers, by language: said once at the beginning of a conversation;"
        " the widget shows it above every one.",
        examples=[{"en": "An AI answers here; you can ask for a person at any time."}],
    )
    consent: ConsentSettings | None = None
    language: str | None = Field(default=None, max_length=40)
    allowed_origins: list[_Word] | None = Field(default=None, max_length=50)


class AssistantChange(AssistantFields):
    name: Line | None = None


class ForkSettings(Body):
    """What a fork tries instead of its assistant's settings; what is left out is the assistant's."""

    persona: Persona | None = None
    model: str | None = Field(default=None, max_length=200)
    fallback_models: list[_Word] | None = Field(default=None, max_length=5)
    small_model: str | None = Field(default=None, max_length=200)
    thresholds: Thresholds | None = None
    handoff: HandoffSettings | None = None
    curated: CuratedSettings | None = None
    words: Words | None = None
    answering: AnswerSettings | None = None
    language: str | None = Field(default=None, max_length=40)


class NewFork(Body):
    """Where a conversation is forked: at a turn's end, before it, or behind one of its steps."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "turn_id": "01890a5d-ac96-774b-bcce-b302099a8057",
                    "before": True,
                    "settings": {"thresholds": {"answer": 0.2}},
                }
            ]
        },
    )
    turn_id: Id
    step: int | None = Field(default=None, ge=0, le=10_000)
    before: bool = Field(
        default=False, description="Where the turn began, so that it can be asked in other words."
    )
    settings: ForkSettings | None = Field(
        default=None,
        description="Other settings, in this fork alone; needs the scope `assistants`, too.",
    )


class NewAssistant(AssistantFields):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "Juno", "knowledge": {"returns": {"days": 30, "cost": "free"}}}]
        },
    )
    name: Line
    knowledge: Any = Field(
        default=None,
        description="Any JSON; becomes a knowledge base that the assistant reads.",
    )


class AssistantShown(Shown):
    assistant_id: UUID
    revision: int
    name: str
    knowledge_base_ids: list[UUID]
    created_at: datetime


class RevisionShown(Shown):
    revision: int
    is_current: bool
    restored_from: int | None
    created_at: datetime


class HistoryLine(Body):
    author: Literal["contact", "assistant"]
    text: str = Field(max_length=8_000)


_Version = Annotated[int, Field(ge=0, lt=2**31)]


class Question(Body):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "How long can I return?"}]}
    )
    text: str = Field(max_length=100_000)
    history: list[HistoryLine] = Field(default_factory=list[HistoryLine], max_length=40)
    knowledge_version: dict[Id, _Version | Literal["live", "staged"]] = Field(
        default_factory=dict[UUID, int | Literal["live", "staged"]],
        max_length=8,
        description="Which version of which knowledge base to answer from; the live one if absent.",
        examples=[{EXAMPLE_ID: "staged"}],
    )


class AnswerMessage(Shown):
    author: Literal["assistant"]
    text: str
    content: list[dict[str, Any]]


class AnswerHandoff(Shown):
    reason: str


class AnswerShown(Shown):
    """An answer without a conversation; `handoff` says why a person would have been asked."""

    status: Literal["completed", "waiting_for_operator"]
    message: AnswerMessage | None
    intents: list[dict[str, Any]]
    confidence: float | None
    citations: list[dict[str, Any]]
    handoff: AnswerHandoff | None
    decision: str | None
    reason: str | None
    withheld_sentences: int | None
    usage: dict[str, Any]


class ContactFields(Body):
    name: Annotated[str, AfterValidator(one_line)] | None = Field(default=None, max_length=300)
    email: str | None = Field(default=None, max_length=320)
    phone: str | None = Field(default=None, max_length=40)
    metadata: Metadata | None = None


class NewIdentity(Body):
    channel: str = Field(min_length=1, max_length=40, examples=["email"])
    address: str = Field(min_length=1, max_length=320, examples=["ada@example.com"])


class NewContact(ContactFields):
    identities: list[NewIdentity] = Field(default_factory=list[NewIdentity], max_length=10)
    external_id: str | None = Field(default=None, min_length=1, max_length=300)


class ContactOfConversation(NewContact):
    contact_id: Id | None = None


class FactShown(Shown):
    fact_id: UUID
    kind: str
    value: str
    quote: str = Field(description="The contact's words that say so.")
    conversation_id: UUID
    turn_id: UUID
    created_at: datetime


class Merge(Body):
    other_contact_id: Id


class NewConversation(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"assistant_id": EXAMPLE_ID}]})
    assistant_id: Id
    contact: ContactOfConversation | None = None
    channel: Literal["api", "widget"] = "api"
    metadata: Metadata = Field(default_factory=dict)


class ConversationShown(Shown):
    conversation_id: UUID
    assistant_id: UUID
    contact_id: UUID
    channel: str
    status: str
    created_at: datetime
    title: str = Field(default="", description="The contact's first words; empty before them.")
    contact_name: str = Field(default="", description="Empty if nobody said.")


class NewMessage(Body):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Can I return worn shoes?"}]},
    )
    text: Speech | None = None
    content: list[Any] | None = Field(default=None, max_length=20)
    client_message_id: str | None = Field(default=None, min_length=1, max_length=200)
    in_reply_to: Id | None = None
    action_id: str | None = Field(default=None, min_length=1, max_length=100)


class MessageShown(Shown):
    message_id: UUID
    author: str
    text: str
    content: list[dict[str, Any]]
    created_at: datetime


class HandoffOfTurn(Shown):
    handoff_id: UUID
    reason: str


class TurnShown(Shown):
    """A turn; `message`, `intents` and `citations` are there once it has ended."""

    turn_id: UUID
    conversation_id: UUID
    status: Literal["queued", "running", "completed", "waiting_for_operator", "failed"]
    message: MessageShown | None = None
    intents: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    confidence: float | None = None
    citations: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    handoff: HandoffOfTurn | None = None
    usage: dict[str, Any] | None = None


class NewOperator(Body):
    email: str = Field(min_length=3, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")
    name: Annotated[Line, AfterValidator(mere_name)]
    role: Literal["owner", "admin", "operator", "viewer"] = "operator"
    rights: list[Literal["knowledge"]] = Field(
        default_factory=list[Literal["knowledge"]], max_length=10
    )


class OperatorShown(Shown):
    operator_id: UUID
    email: str
    name: str
    role: str
    rights: list[str]
    created_at: datetime
    disabled_at: datetime | None = None
    has_password: bool = False
    has_second_factor: bool = False


class Presence(Body):
    available: bool
    minutes: int = Field(default=60, ge=1, le=1_440, description="For how long; say it again.")


class AsOperator(Body):
    operator_id: Id | None = Field(
        default=None,
        description="The operator an API key acts for; else the key itself.",
    )


class OperatorMessage(AsOperator):
    text: Speech | None = None
    content: list[Any] | None = Field(default=None, max_length=20)


class Entry(Body):
    question: str | None = Field(default=None, min_length=1, max_length=4_000)
    answer: str | None = Field(default=None, min_length=1, max_length=40_000)


class Resolve(AsOperator):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"reply": "Yes, to Norway in five days.", "add_to_knowledge": True}]
        },
    )
    reply: Speech | None = None
    content: list[Any] | None = Field(default=None, max_length=20)
    add_to_knowledge: bool | Entry = False
    return_to_assistant: bool = True


class Resume(AsOperator):
    value: Any = Field(description="For a handoff: text, or what `resolve` takes.")


class HandoffShown(Shown):
    handoff_id: UUID
    conversation_id: UUID
    reason: str
    status: str
    created_at: datetime


class Approval(AsOperator):
    question: str | None = Field(default=None, min_length=1, max_length=4_000)
    answer: str | None = Field(
        default=None,
        min_length=1,
        max_length=40_000,
        description="Needed where nobody has answered the question yet.",
    )
    update_document_id: Id | None = Field(
        default=None, description="An entry that takes the answer, instead of a new one."
    )


class ApprovalTried(Approval):
    days: int = Field(default=30, ge=1, le=3_650, description="How far back questions are taken.")


class Feedback(Body):
    helpful: bool
    reason: str | None = Field(default=None, max_length=2_000)


class Rating(Body):
    score: int = Field(ge=1, le=5)
    reason: str | None = Field(default=None, max_length=2_000)


class FeedbackShown(Shown):
    """What a contact thinks: of an answer (`helpful`), or of the whole conversation (`score`)."""

    feedback_id: UUID
    message_id: UUID | None = Field(description="The answer; null for the whole conversation.")
    helpful: bool | None
    score: int | None
    reason: str | None
    created_at: datetime


class NewWidgetSession(Body):
    assistant_id: Id
    identity_token: str | None = Field(default=None, max_length=4_000)
    return_token: str | None = Field(
        default=None,
        max_length=4_000,
        description="From an earlier session of the same browser: it stays the same contact.",
    )


class WidgetSession(Shown):
    token: str
    return_token: str | None = Field(
        description="Good for a later session within 90 days; none for a verified contact."
    )
    contact_id: UUID
    assistant_id: UUID
    identity_level: str
    expires_at: datetime

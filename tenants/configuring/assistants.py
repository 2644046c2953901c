"""Assistants: validated settings kept as immutable revisions; a turn pins the one it ran under.

Over 300 lines: the settings stand in one place, each part beside its neighbours.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from tenants.actors import Actor
from tenants.configuring.answer_settings import AnswerSettings
from tenants.configuring.consent_settings import MAX_LANGUAGES, ConsentSettings, Disclosure
from tenants.configuring.link_hosts import LinkSettings
from tenants.configuring.request_settings import CuratedSettings, LabelSettings
from tenants.configuring.tool_settings import MAX_TOOLS, ToolSetting, each_once
from tenants.configuring.widget_settings import WidgetSettings
from tenants.database.connection import TenantConnection
from tenants.desk.business_hours import BusinessHours
from tenants.desk.handoff_rules import MAX_RULES, HandoffRule, check_names
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.lines import one_line
from tenants.outside import channel_routes
from tenants.transcripts.outcomes import OutcomeSettings

MAX_KNOWLEDGE_BASES = 8
_Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(one_line)
]


def _has_letter(text: str) -> str:
    if not any(letter.isalpha() for letter in text):
        raise ValueError("a name has at least one letter")
    return text


MAX_NAMES = 200
_Named = AfterValidator(_has_letter)
_Term = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    AfterValidator(one_line),
    _Named,
]
_Meaning = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(one_line),
    _Named,
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Persona(_Part):
    """Who the assistant is to the contact."""

    name: _Line = ""
    traits: list[_Line] = Field(default_factory=list[str], max_length=10, examples=[["patient"]])
    tone: _Line = "friendly and brief"
    instructions: str = Field(default="", max_length=4_000)


class Thresholds(_Part):
    """Confidence, 0 to 1; null means the product's own calibrated value."""

    answer: float | None = Field(default=None, ge=0, le=1)
    offer: float | None = Field(default=None, ge=0, le=1)


class HandoffSettings(_Part):
    """When a person is asked."""

    enabled: bool = True
    offer_first: bool = False
    rules: Annotated[list[HandoffRule], AfterValidator(check_names)] = Field(
        default_factory=list[HandoffRule], max_length=MAX_RULES
    )
    hours: BusinessHours | None = Field(
        default=None, description="When operators are there; without it they always may be."
    )


class DialogueSettings(_Part):
    """How a conversation is taken up again."""

    pause_minutes: int = Field(default=30, ge=1, le=43_200)


class Memory(_Part):
    """What is remembered of a contact, and how much of it enters a prompt."""

    keeps_facts: bool = Field(
        default=True, description="Keep what contacts tell of themselves, each forgotten alone."
    )
    budget_tokens: int = Field(default=1_200, ge=200, le=20_000)


class Words(_Part):
    """What a contact's short and informal names stand for; searched beside their own words."""

    abbreviations: dict[_Term, _Meaning] = Field(
        default_factory=dict[str, str], max_length=MAX_NAMES, examples=[{"RMA": "return number"}]
    )
    also_called: dict[_Term, _Meaning] = Field(default_factory=dict[str, str], max_length=MAX_NAMES)

    @model_validator(mode="after")
    def _each_says_something(self) -> "Words":
        for names in (self.abbreviations, self.also_called):
            for term, meaning in names.items():
                if term.casefold() == meaning.casefold():
                    raise ValueError(f"{term!r} stands for itself")
        return self


class Features(_Part):
    """Toggles, each off unless the tenant wants it."""

    trace_text: bool = False


class Bursts(_Part):
    """How long an answer waits for further messages, by channel; nobody waits in the widget."""

    debounce_seconds: dict[
        Literal["api", "whatsapp", "email"], Annotated[float, Field(ge=0, le=60)]
    ] = Field(default_factory=dict, max_length=10)


class AssistantSettings(_Part):
    """Everything that a tenant decides about one assistant."""

    name: _Line = Field(default="Assistant", min_length=1)
    knowledge_base_ids: list[UUID] = Field(
        default_factory=list[UUID], max_length=MAX_KNOWLEDGE_BASES
    )
    persona: Persona = Field(default_factory=Persona)
    model: _Line | None = None
    fallback_models: list[_Line] = Field(default_factory=list[str], max_length=5)
    small_model: _Line | None = Field(
        default=None, description="For splitting and scoring; without it the platform's."
    )
    thresholds: Thresholds = Field(default_factory=Thresholds)
    handoff: HandoffSettings = Field(default_factory=HandoffSettings)
    features: Features = Field(default_factory=Features)
    bursts: Bursts = Field(default_factory=Bursts)
    outcomes: OutcomeSettings = Field(default_factory=OutcomeSettings)
    dialogue: DialogueSettings = Field(default_factory=DialogueSettings)
    labels: LabelSettings = Field(default_factory=LabelSettings)
    memory: Memory = Field(default_factory=Memory)
    curated: CuratedSettings = Field(default_factory=CuratedSettings)
    words: Words = Field(default_factory=Words)
    answering: AnswerSettings = Field(default_factory=AnswerSettings)
    links: LinkSettings = Field(default_factory=LinkSettings)
    tools: Annotated[list[ToolSetting], AfterValidator(each_once)] = Field(
        default_factory=list[ToolSetting], max_length=MAX_TOOLS
    )
    widget: WidgetSettings = Field(default_factory=WidgetSettings)
    disclosure: Disclosure = Field(default_factory=dict[str, str], max_length=MAX_LANGUAGES)
    consent: ConsentSettings = Field(default_factory=ConsentSettings)
    language: _Line | None = None
    allowed_origins: list[_Line] = Field(default_factory=list[str], max_length=50)


@dataclass(frozen=True, slots=True)
class Assistant:
    assistant_id: UUID
    revision: int
    settings_json: dict[str, Any]
    created_at: datetime
    archived_at: datetime | None

    @property
    def settings(self) -> AssistantSettings:
        """The revision's settings; what an older revision lacks takes today's default."""
        return AssistantSettings.model_validate(self.settings_json)


async def create(conn: TenantConnection, settings: AssistantSettings, *, actor: Actor) -> Assistant:
    """A new assistant at revision 1."""
    assistant_id = new_id()
    await conn.execute(
        """
        insert into assistants (tenant_id, assistant_id, revision)
        values (%(tenant_id)s, %(assistant_id)s, 1)
        """,
        {"assistant_id": assistant_id},
    )
    await _save_revision(conn, assistant_id, 1, settings, actor)
    await channel_routes.register(conn, "widget", str(assistant_id), assistant_id)
    return await get(conn, assistant_id)


async def get(
    conn: TenantConnection, assistant_id: UUID, *, revision: int | None = None
) -> Assistant:
    """One assistant under a revision (the current one by default). Raises: NotFound."""
    assistant = await conn.row(
        Assistant,
        """
        select a.assistant_id, r.revision, r.settings as settings_json, a.created_at, a.archived_at
          from assistants a
          join assistant_revisions r
            on r.tenant_id = %(tenant_id)s
           and r.assistant_id = a.assistant_id
           and r.revision = coalesce(%(revision)s, a.revision)
         where a.tenant_id = %(tenant_id)s
           and a.assistant_id = %(assistant_id)s
        """,
        {"assistant_id": assistant_id, "revision": revision},
    )
    if assistant is None:
        raise NotFound("no such assistant")
    return assistant


async def list_page(
    conn: TenantConnection, *, limit: int, after: UUID | None = None
) -> list[Assistant]:
    """Assistants in use, oldest first."""
    return await conn.rows(
        Assistant,
        """
        select a.assistant_id, r.revision, r.settings as settings_json, a.created_at, a.archived_at
          from assistants a
          join assistant_revisions r
            on r.tenant_id = %(tenant_id)s
           and r.assistant_id = a.assistant_id
           and r.revision = a.revision
         where a.tenant_id = %(tenant_id)s
           and a.archived_at is null
           and (%(after)s::uuid is null or a.assistant_id > %(after)s)
         order by a.assistant_id
         limit %(limit)s
        """,
        {"after": after, "limit": limit},
    )


async def update(
    conn: TenantConnection, assistant_id: UUID, settings: AssistantSettings, *, actor: Actor
) -> Assistant:
    """Save a new revision and make it the current one. Raises: NotFound."""
    cursor = await conn.execute(
        """
        update assistants
           set revision = revision + 1
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
        returning revision
        """,
        {"assistant_id": assistant_id},
    )
    found = await cursor.fetchone()
    if found is None:
        raise NotFound("no such assistant")
    await _save_revision(conn, assistant_id, found[0], settings, actor)
    return await get(conn, assistant_id)


async def archive(conn: TenantConnection, assistant_id: UUID) -> None:
    """Take an assistant out of use; its conversations stay readable. Raises: NotFound."""
    archived = await conn.execute(
        """
        update assistants
           set archived_at = coalesce(archived_at, now())
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
        """,
        {"assistant_id": assistant_id},
    )
    if archived.rowcount == 0:
        raise NotFound("no such assistant")


async def _save_revision(
    conn: TenantConnection,
    assistant_id: UUID,
    revision: int,
    settings: AssistantSettings,
    actor: Actor,
) -> None:
    await conn.execute(
        """
        insert into assistant_revisions
               (tenant_id, assistant_id, revision, settings, actor_kind, actor_id)
        values (%(tenant_id)s, %(assistant_id)s, %(revision)s, %(settings)s,
                %(actor_kind)s, %(actor_id)s)
        """,
        {
            "assistant_id": assistant_id,
            "revision": revision,
            "settings": Jsonb(settings.model_dump(mode="json")),
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )

"""The bodies about what contacts agree to."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from server.shapes.schemas import Body, Shown
from tenants.people.consents import Purpose


class OwnConsent(Body):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"purpose": "remember", "granted": True}]}
    )
    purpose: Purpose = Field(
        description="`remember`: what they tell of themselves, for later conversations."
        " `learn`: their questions, for the knowledge."
    )
    granted: bool = Field(description="False withdraws.")


class NewConsent(OwnConsent):
    channel: str = Field(
        default="api", pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="Where it was said."
    )


class ConsentShown(Shown):
    consent_id: UUID
    purpose: str
    granted: bool
    channel: str
    actor: dict[str, str]
    decided_at: datetime

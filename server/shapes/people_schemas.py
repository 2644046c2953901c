"""The bodies about people: signing in, invitations, changes of operators, rotated keys."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from server.access.passwords import LEAST_CHARS, MOST_CHARS
from server.shapes.schemas import Body, Line, Shown
from tenants.lines import mere_name

Name = Annotated[Line, AfterValidator(mere_name)]
Email = Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")]
NewPassword = Annotated[str, Field(min_length=LEAST_CHARS, max_length=MOST_CHARS)]
Role = Literal["owner", "admin", "operator", "viewer"]


class SignIn(Body):
    """Either a link's token, or the tenant's slug with an address and its password."""

    link_token: str | None = Field(default=None, min_length=1, max_length=2_000)
    tenant: str | None = Field(default=None, min_length=1, max_length=63, examples=["alder-finch"])
    email: str | None = Field(default=None, min_length=1, max_length=320)
    password: str | None = Field(default=None, min_length=1, max_length=MOST_CHARS)
    code: str | None = Field(
        default=None,
        min_length=6,
        max_length=40,
        description="Of the second factor, where one is asked for: `second_factor_needed`.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> "SignIn":
        given = [self.tenant, self.email, self.password]
        if all(given) == (self.link_token is not None) or (any(given) and not all(given)):
            raise ValueError("give `link_token`, or `tenant`, `email` and `password`")
        return self


class PasswordChange(Body):
    current_password: str | None = Field(
        default=None,
        max_length=MOST_CHARS,
        description="Not asked for within a quarter of an hour after signing in by a link.",
    )
    new_password: NewPassword


class NewInvitation(Body):
    email: Email
    name: Name
    role: Role = "operator"
    rights: list[Literal["knowledge"]] = Field(
        default_factory=list[Literal["knowledge"]], max_length=1
    )
    expires_in_hours: int = Field(default=72, ge=1, le=720)


class InvitationShown(Shown):
    invitation_id: UUID
    email: str
    name: str
    role: str
    rights: list[str]
    created_at: datetime
    expires_at: datetime


class InvitationCreated(InvitationShown):
    path: str = Field(description="Shown this once: hand it to whom you invite.")


class InvitationLink(Body):
    invitation_token: str = Field(min_length=1, max_length=2_000)


class InvitationTold(Shown):
    """An invitation as whoever holds its link sees it."""

    company: str
    tenant: str = Field(description="The short name that the sign-in asks for.")
    invited_by: str | None = Field(description="Null where a program or the platform invites.")
    email: str
    name: str
    role: Role
    expires_at: datetime


class AcceptInvitation(Body):
    invitation_token: str = Field(min_length=1, max_length=2_000)
    name: Name | None = None
    password: NewPassword


class OperatorChange(Body):
    name: Name | None = None
    role: Role | None = None
    rights: list[Literal["knowledge"]] | None = Field(default=None, max_length=1)
    disabled: bool | None = Field(
        default=None, description="True ends every session at once; false lets them in again."
    )


class OperatorSessionShown(Shown):
    operator_session_id: UUID
    method: str
    address: str
    browser: str
    is_this: bool = Field(description="The session that asks.")
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class RotateApiKey(Body):
    overlap_seconds: int = Field(
        default=86_400, ge=0, le=2_592_000, description="How long the old key stays good."
    )
    expires_at: datetime | None = Field(
        default=None, description="Of the new key; as long a life as the old one had if absent."
    )


class TicketShown(Shown):
    ticket: str = Field(description="Shown this once.")
    expires_at: datetime

"""The bodies about how operators sign in: a provider of the tenant's, second factors."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from server.shapes.people_schemas import Name
from server.shapes.schemas import Body, Shown

Newcomer = Literal["admin", "operator", "viewer"]
Issuer = Annotated[str, StringConstraints(min_length=8, max_length=500, pattern=r"^https?://\S+$")]
Domain = Annotated[
    str,
    StringConstraints(
        min_length=3, max_length=253, to_lower=True, pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"
    ),
]
Group = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ProviderStart(Body):
    tenant: str = Field(min_length=1, max_length=63, examples=["alder-finch"])


class WaysToSignIn(Shown):
    provider: str | None = Field(description="What the button says.")


class ProviderSettings(Body):
    title: Name = Field(examples=["Sign in with Contoso"])
    issuer: Issuer = Field(examples=["https://login.example.com/realms/staff"])
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    client_secret: SecretStr | None = Field(
        default=None,
        min_length=1,
        max_length=2_000,
        description="Left out: the one before stays, for the same issuer and client.",
    )
    email_domains: list[Domain] = Field(
        default_factory=list[Domain],
        max_length=50,
        description="Whose addresses may sign in; empty: any that was invited or is known.",
    )
    newcomer_role: Newcomer | None = Field(
        default=None, description="Of people whom nobody invited; null: they are not let in."
    )
    group_claim: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    group_roles: dict[Group, Newcomer] = Field(
        default_factory=dict[Group, Newcomer],
        max_length=100,
        description="The highest role of somebody's groups is theirs at each sign-in.",
    )
    trusts_addresses: bool = Field(
        default=False,
        description="For a provider of the company's own that does not say `email_verified`.",
    )


class SignInProviderShown(Shown):
    title: str
    issuer: str
    client_id: str
    has_secret: bool
    email_domains: list[str]
    newcomer_role: str | None
    group_claim: str | None
    group_roles: dict[str, str]
    trusts_addresses: bool
    callback_path: str = Field(description="To be registered at the provider, with our address.")
    updated_at: datetime


class SignInProviderKept(Shown):
    provider: SignInProviderShown | None


class SecondFactorShown(Shown):
    confirmed_at: datetime | None = Field(description="Null: a sign-in asks for none.")
    recovery_codes_left: int
    required: bool = Field(description="The company asks everybody for one.")


class SecondFactorBegun(Shown):
    secret: str = Field(description="Shown this once, for apps that read no QR code.")
    otpauth_uri: str
    qr_svg: str = Field(description="A `data:` address of a picture.")


class SecondFactorCode(Body):
    code: str = Field(
        min_length=6, max_length=40, description="Six digits of the app, or a recovery code."
    )


class RecoveryCodes(Shown):
    recovery_codes: list[str] = Field(description="Shown this once; each is good once.")


class SignInRules(Body):
    second_factor_required: bool = Field(
        default=False,
        description="Of everybody who signs in here; the provider asks for its own.",
    )

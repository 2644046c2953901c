"""What is sent and shown of providers' keys and of budgets."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from server.shapes.schemas import Body, Shown
from tenants.running.budgets import CHEAPER_AT, EXTRACTIVE_AT

ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
_MOST_KEY_CHARS = 500


class NewProviderKey(Body):
    """A key for a provider; it is never shown again."""

    api_key: SecretStr = Field(min_length=8, max_length=_MOST_KEY_CHARS)

    @field_validator("api_key")
    @classmethod
    def _plain(cls, key: SecretStr) -> SecretStr:
        """What may stand in a header."""
        if not all("!" <= char <= "~" for char in key.get_secret_value()):
            raise ValueError("a key is of visible ASCII characters, without spaces")
        return key


class ProviderShown(Shown):
    """A provider as a tenant sees it."""

    provider: str
    title: str
    installed: bool
    needs_key: bool = Field(default=True, description="False: an address is all that it needs.")
    platform_key: bool = Field(
        description="The server has a key for it, or where it needs none, an address."
    )
    own_key_prefix: str | None = None
    own_key_created_at: datetime | None = None


class ProvidersShown(Shown):
    """Every provider, in no need of pages."""

    data: list[ProviderShown]
    next_cursor: None = None


class NewBudget(Body):
    """A limit by month, and the shares of it from which there are fewer models to choose from."""

    limit_usd: Decimal = Field(ge=0, le=1_000_000, max_digits=13, decimal_places=6)
    cheaper_at: float = Field(default=CHEAPER_AT, ge=0, le=1)
    extractive_at: float = Field(default=EXTRACTIVE_AT, ge=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> "NewBudget":
        if self.cheaper_at > self.extractive_at:
            raise ValueError("cheaper_at comes before extractive_at")
        return self


class LimitShown(Shown):
    """One limit, and what counts against it."""

    set_by: Literal["platform", "tenant"]
    limit_usd: str
    used_usd: str
    remaining_usd: str
    cheaper_at: float
    extractive_at: float


class BudgetShown(Shown):
    """This month (UTC): what is spent, what is granted to calls under way, how far the limits are."""

    month: date
    spent_usd: str
    reserved_usd: str
    stage: Literal["", "cheaper_model", "extractive"]
    until: datetime  # when the next month begins
    limits: list[LimitShown]

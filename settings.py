"""Everything the environment decides; the same names stand in `.env.example`.

Read by the doors alone (`server/app.py` and `server/cli.py`, `graphs/studio.py`,
`evals/__main__.py`, `tenants/__main__.py`); everything else is given values.
"""

import re
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tools.egress_policy import EgressPolicy

PROVIDERS = ("deepseek", "openai", "anthropic", "gemini", "mistral", "together", "ollama")
_ENDPOINT_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def _named(name: str, *others: str) -> Any:
    """A setting that keeps its provider's own name, and may be left out."""
    return Field(default=None, validation_alias=AliasChoices(name, *others, name.lower()))


class Settings(BaseSettings):
    """The settings of one process, checked once at its start."""

    model_config = SettingsConfigDict(
        env_prefix="FRONTDESK_", env_file=".env", frozen=True, extra="ignore", populate_by_name=True
    )

    # where
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = Field(default="", max_length=500, pattern=r"^(https?://[^\s/?#]+/?)?$")
    processes: int = Field(default=1, ge=1, le=64)  # servers behind the one port
    trusted_proxies: str = "127.0.0.1, ::1"  # addresses and networks, comma-separated
    data: Path = Path("./data")
    database_url: SecretStr | None = None
    owner_database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    demo: bool = True
    studio_tenant: UUID | None = None

    # secrets (made in the data folder at first start where absent)
    platform_key: SecretStr | None = None
    master_key: SecretStr | None = None
    wrapping_key: SecretStr | None = None  # wraps data keys; None: the master key
    other_wrapping_keys: SecretStr | None = None  # unwrap as well, comma-separated

    # models
    model: str = "extractive"
    fallback_models: str = ""  # tried in turn when it fails, comma-separated
    small_model: str = ""  # splits and scores, and answers when a budget runs out
    model_endpoints: str = ""  # further OpenAI-compatible servers: name=address, comma-separated
    model_endpoint_keys: SecretStr | None = None  # name=key, comma-separated
    tenant_budget_usd: Decimal | None = Field(default=None, ge=0, le=1_000_000)  # a month, each
    prices: Path | None = None  # a table of one's own over graphs/asking/prices.toml
    embeddings: str = "local:minilm"
    embedding_models: str = ""  # further ones that knowledge bases may choose, comma-separated
    embedding_timeout_seconds: float = Field(default=30, gt=0, le=600)
    embedding_threads: int = Field(default=2, ge=1, le=64)
    model_timeout_seconds: float = Field(default=30, gt=0, le=600)  # a whole answer
    model_idle_seconds: float = Field(default=10, gt=0, le=600)  # to the next piece of it
    model_max_tokens: int = Field(default=2_000, ge=50, le=100_000)
    deepseek_api_key: SecretStr | None = _named("DEEPSEEK_API_KEY")
    deepseek_api_base: str | None = _named("DEEPSEEK_API_BASE")
    openai_api_key: SecretStr | None = _named("OPENAI_API_KEY")
    openai_api_base: str | None = _named("OPENAI_API_BASE", "OPENAI_BASE_URL")
    anthropic_api_key: SecretStr | None = _named("ANTHROPIC_API_KEY")
    anthropic_api_base: str | None = _named("ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL")
    gemini_api_key: SecretStr | None = _named("GEMINI_API_KEY", "GOOGLE_API_KEY")
    gemini_api_base: str | None = _named("GEMINI_API_BASE")
    mistral_api_key: SecretStr | None = _named("MISTRAL_API_KEY")
    mistral_api_base: str | None = _named("MISTRAL_BASE_URL")
    together_api_key: SecretStr | None = _named("TOGETHER_API_KEY")
    together_api_base: str | None = _named("TOGETHER_API_BASE")
    ollama_api_key: SecretStr | None = _named("OLLAMA_API_KEY")
    ollama_api_base: str | None = _named("OLLAMA_HOST")

    # the pool: ~4 connections per database core over all processes is where throughput ends
    pool_min: int = Field(default=2, ge=1, le=100)
    pool_max: int = Field(default=8, ge=2, le=200)
    pool_timeout_seconds: float = Field(default=10, gt=0)

    # turns
    turn_deadline_seconds: float = Field(default=90, gt=0)
    lease_seconds: float = Field(default=15, gt=1)
    drain_seconds: float = Field(default=8, gt=0)
    running_turns: int = Field(default=64, ge=1, le=10_000)  # at once in one process
    running_turns_per_tenant: int = Field(default=24, ge=1, le=10_000)
    waiting_turns_per_tenant: int = Field(default=100, ge=1, le=100_000)  # accepted, without a slot
    hold_points: Path | None = None  # a folder; only for killing processes at named points

    # effects: replies to channels and webhooks
    deliveries_at_once: int = Field(default=32, ge=1, le=1_000)  # in one process
    delivery_timeout_seconds: float = Field(default=15, gt=0, le=60)
    delivery_attempts: int = Field(default=10, ge=1, le=50)  # of a webhook; a reply has six at most
    delivery_retry_seconds: float = Field(default=5, gt=0, le=3_600)  # the first wait, then more

    # mail: where transcripts are handed in, and in whose name they are sent; both or neither
    smtp_url: SecretStr | None = None
    mail_from: str = Field(default="", max_length=254)

    # tools: how long one that keeps failing is left alone, for its tenant
    tool_rest_seconds: float = Field(default=30, gt=0, le=3_600)

    # learning: how long questions are kept to be grouped and to be tried on changed knowledge
    recorded_question_days: int = Field(default=90, ge=1, le=3_650)

    # history: days of silence after which a conversation keeps its last checkpoint alone
    prune_after_days: int = Field(default=30, ge=1, le=3_650)

    # the web: what may be called beside public addresses on ports 80 and 443
    egress_allow: str = ""

    # bounds of what comes in
    max_body_bytes: int = Field(default=20_000_000, ge=1_000)
    max_message_chars: int = Field(default=8_000, ge=100)
    max_json_depth: int = Field(default=100, ge=5)
    requests_per_second: float = Field(default=50, gt=0)
    requests_per_second_per_address: float = Field(default=200, gt=0)
    sessions_per_second: float = Field(default=5, gt=0)
    turns_per_second: float = Field(default=10, gt=0)
    turns_per_second_per_contact: float = Field(default=5, gt=0)

    # telemetry
    log_level: str = "INFO"
    langsmith_tracing: bool = Field(
        default=False, validation_alias=AliasChoices("LANGSMITH_TRACING", "langsmith_tracing")
    )
    langsmith_show_text: bool = False
    otel_endpoint: str = ""  # of a collector, OTLP over HTTP: http://collector:4318/v1/traces
    otel_headers: SecretStr | None = None  # name=value, comma-separated

    @property
    def provider_keys(self) -> dict[str, str]:
        """The platform's keys by provider and endpoint; never to be printed."""
        found = {name: getattr(self, f"{name}_api_key") for name in PROVIDERS}
        given = {name: key.get_secret_value() for name, key in found.items() if key is not None}
        told = self.model_endpoint_keys
        return {k: v for k, v in given.items() if v} | (
            _pairs(told.get_secret_value()) if told else {}
        )

    @property
    def provider_addresses(self) -> dict[str, str]:
        """Where providers are called that are not at their own address."""
        found = {name: getattr(self, f"{name}_api_base") for name in PROVIDERS}
        return {name: address for name, address in found.items() if address}

    @property
    def endpoints(self) -> dict[str, str]:
        """The OpenAI-compatible servers by their names."""
        return _pairs(self.model_endpoints)

    @property
    def fallbacks(self) -> list[str]:
        """The models to try when the first one fails."""
        return [name.strip() for name in self.fallback_models.split(",") if name.strip()]

    @field_validator("model_endpoints")
    @classmethod
    def _named_addresses(cls, told: str) -> str:
        """Names that no provider has, addresses that can be called."""
        for name, address in _pairs(told).items():
            if not _ENDPOINT_NAME.fullmatch(name) or name in (*PROVIDERS, "extractive"):
                raise ValueError(f"{name!r} cannot name an endpoint: a-z, 0-9, not a provider's")
            if not address.startswith(("http://", "https://")):
                raise ValueError(f"the address of {name!r} begins with http:// or https://")
        return told

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses_of_proxies(cls, told: str) -> str:
        """A proxy that cannot be told by its address stops the start; else its word would not count."""
        for named in filter(None, map(str.strip, told.split(","))):
            try:
                ip_network(named)
            except ValueError:
                raise ValueError(
                    f"{named!r} is no address or network, such as 10.0.0.0/8"
                ) from None
        return told

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, told: SecretStr | None) -> SecretStr | None:
        """An address that no client can call stops the start."""
        if told is None or not told.get_secret_value():
            return None
        if not told.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("FRONTDESK_REDIS_URL begins with redis://, rediss:// or unix://")
        return told

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> "Settings":
        """A mail server without an address to send from stops the start, and the other way round."""
        named = self.smtp_url is not None and bool(self.smtp_url.get_secret_value())
        if named != bool(self.mail_from):
            raise ValueError("FRONTDESK_SMTP_URL and FRONTDESK_MAIL_FROM are set together")
        return self

    @field_validator("smtp_url")
    @classmethod
    def _mail_scheme(cls, told: SecretStr | None) -> SecretStr | None:
        """An address that no mail can be handed in at stops the start."""
        if told is None or not told.get_secret_value():
            return None
        if not told.get_secret_value().startswith(("smtps://", "smtp://", "smtp+plain://")):
            raise ValueError("FRONTDESK_SMTP_URL begins with smtps://, smtp:// or smtp+plain://")
        return told

    @field_validator("egress_allow")
    @classmethod
    def _readable(cls, told: str) -> str:
        """A list that cannot be read stops the start, not the first fetch."""
        EgressPolicy.parse(told)
        return told


def _pairs(told: str) -> dict[str, str]:
    """`name=value, name=value` as a mapping."""
    pairs = [one.partition("=") for one in told.split(",") if one.strip()]
    if any(not (name.strip() and value.strip()) for name, _, value in pairs):
        raise ValueError("write name=value, with commas between")
    return {name.strip(): value.strip() for name, _, value in pairs}

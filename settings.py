"""Everything the environment decides; the same names stand in `.env.example`.

Read by the doors alone (`server/app.py` and `server/cli.py`, `graphs/studio.py`,
`evals/__main__.py`, `tenants/__main__.py`); everything else is given values.
"""

from pathlib import Path
from uuid import UUID

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tools.egress_policy import EgressPolicy


class Settings(BaseSettings):
    """The settings of one process, checked once at its start."""

    model_config = SettingsConfigDict(
        env_prefix="FRONTDESK_", env_file=".env", frozen=True, extra="ignore", populate_by_name=True
    )

    # where
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    data: Path = Path("./data")
    database_url: SecretStr | None = None
    owner_database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    demo: bool = True
    studio_tenant: UUID | None = None

    # secrets (made in the data folder at first start where absent)
    platform_key: SecretStr | None = None
    master_key: SecretStr | None = None

    # models
    model: str = "extractive"
    embeddings: str = "local:minilm"
    embedding_models: str = ""  # further ones that knowledge bases may choose, comma-separated
    embedding_timeout_seconds: float = Field(default=30, gt=0, le=600)
    embedding_threads: int = Field(default=2, ge=1, le=64)
    model_timeout_seconds: float = Field(default=30, gt=0, le=600)
    deepseek_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("DEEPSEEK_API_KEY", "deepseek_api_key")
    )
    deepseek_api_base: str | None = Field(
        default=None, validation_alias=AliasChoices("DEEPSEEK_API_BASE", "deepseek_api_base")
    )

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
    hold_points: Path | None = None  # a folder; only for killing processes at named points

    # learning: how long questions are kept to be grouped and to be tried on changed knowledge
    recorded_question_days: int = Field(default=90, ge=1, le=3_650)

    # the web: what may be called beside public addresses on ports 80 and 443
    egress_allow: str = ""

    # bounds of what comes in
    max_body_bytes: int = Field(default=20_000_000, ge=1_000)
    max_message_chars: int = Field(default=8_000, ge=100)
    max_json_depth: int = Field(default=100, ge=5)
    requests_per_second: float = Field(default=50, gt=0)
    turns_per_second: float = Field(default=10, gt=0)

    # telemetry
    log_level: str = "INFO"
    langsmith_tracing: bool = Field(
        default=False, validation_alias=AliasChoices("LANGSMITH_TRACING", "langsmith_tracing")
    )
    langsmith_show_text: bool = False

    @field_validator("egress_allow")
    @classmethod
    def _readable(cls, told: str) -> str:
        """A list that cannot be read stops the start, not the first fetch."""
        EgressPolicy.parse(told)
        return told

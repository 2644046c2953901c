"""What a tenant decides of its own tools: which operation, by which name, for whom, with what.

Whatever a service says of itself never reaches a model: the words are the tenant's, and the shape of the
arguments is read from the service's document.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tools.connector_settings import ServiceSettings, Where
from tools.contract import Approval

MAX_OWN_TOOLS = 40
MAX_CHARS = 100_000
ToolName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
ArgumentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
_Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\r\n]*$"),
]
_Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
_Stems = Annotated[str, StringConstraints(max_length=300)]
Source = Literal["model", "contact", "key", "fixed", "none"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ArgumentRule(_Part):
    """Where an argument's value comes from, and what a model is told of it."""

    source: Source = Field(
        default="model",
        description="`model`: from the conversation; `contact`: the verified contact's id at the "
        "tenant's; `key`: the action's idempotency key; `fixed`: `value`; `none`: never sent.",
    )
    value: Annotated[str, StringConstraints(max_length=500)] | int | float | bool | None = None
    description: Annotated[str, StringConstraints(max_length=300)] = ""
    spoken: Literal["reference", "thing"] | None = Field(
        default=None,
        description="How it is said in a question, for assistants whose model chooses no tools.",
    )


class OwnToolSetting(_Part):
    """One operation of a service as a tool."""

    operation: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    name: ToolName
    title: _Line
    description: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    fingerprint: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = Field(
        default=None,
        description="Of the operation as it was looked at; left out: as it stands now.",
    )
    has_effect: bool | None = Field(
        default=None, description="Left out: GET reads, all else has an effect."
    )
    identity: Literal["anonymous", "verified"] = "verified"
    approval: Approval = "always"
    arguments: dict[ArgumentName, ArgumentRule] = Field(
        default_factory=dict[str, ArgumentRule], max_length=60
    )
    amount: ArgumentName | None = Field(
        default=None, description="The argument that is the effect's amount."
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    items: Where | None = Field(default=None, description="Where what counts stands in the answer.")
    owner_at: Where | None = Field(
        default=None,
        description="Where a record names its owner: the contact's id, or there is no such thing.",
    )
    checked_by: ToolName | None = Field(
        default=None,
        description="A reading tool of the same connector with `owner_at`: an effect goes ahead "
        "where it finds, by the same arguments, something of the contact's.",
    )
    shows: list[Where] | None = Field(
        default=None, min_length=1, max_length=30, description="What contacts may see; else all."
    )
    says: dict[Language, _Sentence] = Field(
        default_factory=dict[str, str],
        max_length=10,
        description="The answer in words, by language, with `{field}` where a value goes.",
    )
    examples: dict[Language, list[_Sentence]] = Field(
        default_factory=dict[str, list[str]], max_length=10
    )
    unlike: dict[Language, list[_Sentence]] = Field(
        default_factory=dict[str, list[str]], max_length=10
    )
    verbs: dict[Language, _Stems] = Field(
        default_factory=dict[str, str],
        max_length=10,
        description="Beginnings of words: a verb and a noun in the contact's own words ask for it.",
    )
    nouns: dict[Language, _Stems] = Field(default_factory=dict[str, str], max_length=10)
    cache_seconds: int = Field(default=0, ge=0, le=3_600)
    timeout_seconds: float = Field(default=8, ge=0.2, le=20)
    cost_microusd: int = Field(default=0, ge=0, le=100_000_000, description="Of one call.")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if any(len(told) > 20 for told in (*self.examples.values(), *self.unlike.values())):
            raise ValueError(f"{self.name}: at most 20 examples of a language")
        sources = {rule.source for rule in self.arguments.values()}
        if "contact" in sources and self.identity != "verified":
            raise ValueError(f"{self.name}: a contact's id is known of verified contacts alone")
        if self.owner_at and self.identity != "verified":
            raise ValueError(f"{self.name}: owner_at: it is for verified contacts")
        return self

    def check_rights(self, *, has_effect: bool) -> None:
        """That what belongs to somebody can be told from what does not. Raises: ValueError."""
        if self.identity != "verified":
            return
        is_bound = any(rule.source == "contact" for rule in self.arguments.values())
        if has_effect and self.owner_at:
            raise ValueError(f"{self.name}: owner_at: it is for tools that read; use checked_by")
        if not (is_bound or self.owner_at or (has_effect and self.checked_by)):
            raise ValueError(
                f"{self.name}: nothing says whose it is: bind an argument to the contact, "
                "name owner_at or checked_by, or let it be for anonymous contacts"
            )


class OwnSettings(ServiceSettings):
    """A service whose operations are tools of the tenant's own."""

    tools: list[OwnToolSetting] = Field(
        default_factory=list[OwnToolSetting], max_length=MAX_OWN_TOOLS
    )

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [tool.name for tool in self.tools]
        if len(set(names)) < len(names):
            raise ValueError("tools: a name stands there twice")
        if len(self.model_dump_json()) > MAX_CHARS:
            raise ValueError(f"at most {MAX_CHARS} characters together")
        return self


def forms(told: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Examples as the contract has them."""
    return {language: tuple(texts) for language, texts in told.items()}


def as_dict(setting: OwnToolSetting) -> dict[str, Any]:
    """As it is kept."""
    return setting.model_dump(mode="json", exclude_defaults=True)

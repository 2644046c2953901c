"""A tenant's own rules about who answers: conditions over what is known of a turn, and an action.

They are data, kept with the assistant's settings and checked when they are saved. What a turn does
with them is in `graphs/deciding/rules.py`: no model has a say in it.
"""

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from tenants.lines import one_line

MAX_RULES = 50
RuleAction = Literal["hand_off", "offer", "deliver_with_notice", "priority"]
_Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(one_line),
]
LanguageCode = Annotated[
    str, StringConstraints(max_length=40, pattern=r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")
]
_Number = (
    Annotated[int, Field(ge=-(10**15), le=10**15)] | Annotated[float, Field(ge=-1e15, le=1e15)]
)
_Key = Annotated[str, StringConstraints(max_length=100)]
_Value = Annotated[str, StringConstraints(max_length=1_000)] | _Number | bool
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


def _wordy(phrase: str) -> str:
    if not any(character.isalnum() for character in phrase):
        raise ValueError("a phrase needs a letter or a digit")
    if "*" in phrase.rstrip("*") or phrase.rstrip("*").endswith(" "):
        raise ValueError("`*` stands at the end of a word only: `lawyer*`")
    return phrase


Phrase = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(one_line),
    AfterValidator(_wordy),
]


class When(BaseModel):
    """What must hold for a rule to fire: everything that is given here."""

    model_config = ConfigDict(extra="forbid")
    words: list[Phrase] = Field(
        default_factory=list[Phrase],
        max_length=100,
        description="Any of these words or phrases; `*` at the end of the last word: any ending.",
    )
    sentiment: Literal["negative", "neutral", "positive"] | None = None
    order_value_at_least: float | None = Field(default=None, ge=0, le=1e12)
    vip: bool | None = None
    metadata: dict[_Key, _Value] = Field(
        default_factory=dict[str, str | int | float | bool], max_length=10
    )
    languages: list[LanguageCode] = Field(default_factory=list[LanguageCode], max_length=50)
    channels: list[Channel] = Field(default_factory=list[Channel], max_length=20)
    unsure_turns_at_least: int | None = Field(default=None, ge=1, le=10)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_dump(exclude_defaults=True):
            raise ValueError("a rule needs at least one condition")
        return self


class HandoffRule(BaseModel):
    """One rule: its name is what the turn's explanation says."""

    model_config = ConfigDict(extra="forbid")
    name: _Name
    when: When
    action: RuleAction
    reason: Literal["sensitive_topic", "policy"] = "policy"
    notice: str = Field(default="", max_length=1_000)

    @model_validator(mode="after")
    def _has_its_notice(self) -> Self:
        if self.action == "deliver_with_notice" and not self.notice.strip():
            raise ValueError("`deliver_with_notice` needs a `notice`")
        if self.action != "deliver_with_notice" and self.notice:
            raise ValueError("`notice` belongs to `deliver_with_notice`")
        return self


def check_names(rules: list[HandoffRule]) -> list[HandoffRule]:
    """The rules themselves, when no two share a name. Raises: ValueError."""
    names = [rule.name for rule in rules]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two rules are called {twice!r}; the name is how a turn says which fired")
    return rules

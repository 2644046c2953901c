"""How an assistant's answers are written, corrected and completed: the tenant's own, validated.

What depends on a turn carries a condition in plain language or in terms that can be read off; what
the answers then do with it is in `graphs/writing/conditions.py`.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from tenants.desk.handoff_rules import Channel, LanguageCode, Phrase
from tenants.lines import mere_name, one_line

MAX_CHARS = 60_000  # of all that is said here together
MAX_TOPIC_TEXTS = 200  # descriptions and examples that a question is compared with
MAX_BRAND_WORDS_LONG = 4  # words in one spelling
_Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(one_line),
]
_Sentence = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=300),
    AfterValidator(one_line),
]
_Paragraph = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)
]
Texts = Annotated[dict[LanguageCode, _Paragraph], Field(max_length=30)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _in_plain_words(given: Any) -> Any:
    return {"about": given} if isinstance(given, str) else given


class Condition(_Part):
    """What must hold: the request is about it (any of the first three), and all else given here."""

    about: str = Field(
        default="",
        max_length=300,
        description="In plain words: `the customer asks about returns`, `the customer is angry`.",
    )
    examples: list[_Sentence] = Field(
        default_factory=list[str], max_length=20, description="What contacts would write."
    )
    words: list[Phrase] = Field(default_factory=list[str], max_length=50)
    sentiment: Literal["negative", "neutral", "positive"] | None = None
    languages: list[LanguageCode] = Field(default_factory=list[str], max_length=50)
    channels: list[Channel] = Field(default_factory=list[str], max_length=20)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        self.about = " ".join(self.about.split())
        if not self.model_dump(exclude_defaults=True):
            raise ValueError("a condition says when it holds")
        return self


When = Annotated[Condition, BeforeValidator(_in_plain_words)]


class ForbiddenTopic(_Part):
    """What is not spoken about, whatever the knowledge holds; said honestly, in `say` or our words."""

    name: _Name
    when: When
    action: Literal["refuse", "hand_off"] = "refuse"
    say: Texts = Field(default_factory=dict[str, str])


class Disclaimer(_Part):
    """Words that an answer must hold, by language; without `when` every answer from the knowledge."""

    name: _Name
    text: Annotated[Texts, Field(min_length=1)]
    when: When | None = None


class Guidance(_Part):
    """Instructions that a model gets only where their condition holds."""

    name: _Name
    when: When
    instructions: str = Field(min_length=1, max_length=2_000)


def _not_too_long(spelling: str) -> str:
    if len(spelling.split()) > MAX_BRAND_WORDS_LONG:
        raise ValueError(f"at most {MAX_BRAND_WORDS_LONG} words")
    return spelling


_Spelling = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=60),
    AfterValidator(one_line),
    AfterValidator(_not_too_long),
    AfterValidator(mere_name),
]


class BrandWord(_Part):
    """How a word of the brand is written, and what it replaces; other capitals are put right too."""

    write: _Spelling
    instead_of: list[_Spelling] = Field(default_factory=list[str], max_length=20)


class AnswerSettings(_Part):
    """Everything that a tenant decides about the words of its answers."""

    streaming: Literal["tokens", "sentences", "whole"] = "sentences"
    restrictions: list[_Sentence] = Field(
        default_factory=list[str], max_length=20, description="What a model is told never to do."
    )
    forbidden_topics: list[ForbiddenTopic] = Field(
        default_factory=list[ForbiddenTopic], max_length=20
    )
    disclaimers: list[Disclaimer] = Field(default_factory=list[Disclaimer], max_length=10)
    guidance: list[Guidance] = Field(default_factory=list[Guidance], max_length=50)
    brand_words: list[BrandWord] = Field(default_factory=list[BrandWord], max_length=100)

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        for kind in (self.forbidden_topics, self.disclaimers, self.guidance):
            names = [one.name for one in kind]
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise ValueError(
                    f"two are called {twice!r}; the name is how a turn says which held"
                )
        conditions = [g.when for g in self.guidance] + [t.when for t in self.forbidden_topics]
        conditions += [d.when for d in self.disclaimers if d.when is not None]
        if sum(len(c.examples) + bool(c.about) for c in conditions) > MAX_TOPIC_TEXTS:
            raise ValueError(f"at most {MAX_TOPIC_TEXTS} descriptions and examples together")
        if len(self.model_dump_json()) > MAX_CHARS:
            raise ValueError(f"at most {MAX_CHARS} characters together")
        return self

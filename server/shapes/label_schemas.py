"""The bodies of intent labels: what a tenant wants requests to be told apart by."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from server.shapes.schemas import Body, Line, Shown
from tenants.configuring.intent_labels import KNOWLEDGE

MAX_EXAMPLES = 2_000  # of one label in one request
MAX_EXAMPLES_AT_ONCE = 20_000


def _says_something(text: str) -> str:
    if not any(char.isalnum() for char in text):
        raise ValueError("holds no word")
    return text


ExampleText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(_says_something),
]
Examples = Annotated[list[ExampleText], Field(max_length=MAX_EXAMPLES)]


class LabelAction(Body):
    """What is done with a request of this label."""

    type: Literal["knowledge", "reply", "hand_off", "none"] = Field(
        default="knowledge",
        description="Answer from the knowledge, say `text`, or give it to a person; `none`: the "
        "examples are of requests that have none of the labels.",
    )
    text: str | None = Field(default=None, min_length=1, max_length=2_000)
    reason: Literal["policy", "sensitive_topic"] | None = None

    @model_validator(mode="after")
    def _fits(self) -> "LabelAction":
        if (self.type == "reply") != (self.text is not None):
            raise ValueError("`text` goes with the type `reply`, and with no other")
        if self.reason is not None and self.type != "hand_off":
            raise ValueError("`reason` goes with the type `hand_off`")
        return self


class NewIntentLabel(Body):
    model_config = Body.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "name": "lost_card",
                    "examples": ["I lost my card", "my card is gone", "someone stole my card"],
                    "action": {"type": "hand_off", "reason": "sensitive_topic"},
                }
            ]
        }
    }
    name: Line
    description: str = Field(default="", max_length=2_000)
    examples: Examples = Field(default_factory=list[str])
    action: LabelAction = Field(default_factory=lambda: LabelAction(**KNOWLEDGE))


class IntentLabelChange(Body):
    """What is left out stays as it is; `examples` replace those that were there."""

    description: str | None = Field(default=None, max_length=2_000)
    examples: Examples | None = None
    action: LabelAction | None = None


class IntentLabelShown(Shown):
    intent_label_id: UUID
    assistant_id: UUID
    name: str
    examples: int


class LabelledExample(Body):
    label: Line
    text: ExampleText


class LabelledExamples(Body):
    model_config = Body.model_config | {
        "json_schema_extra": {
            "examples": [{"examples": [{"label": "lost_card", "text": "where did my card go?"}]}]
        }
    }
    examples: list[LabelledExample] = Field(min_length=1, max_length=MAX_EXAMPLES_AT_ONCE)


class ExamplesAdded(Shown):
    labels_added: int
    examples_added: int = Field(description="Without those that their labels had already.")


class ExampleShown(Shown):
    text: str


class RequestToLabel(Body):
    model_config = Body.model_config | {
        "json_schema_extra": {"examples": [{"text": "where is my card?"}]}
    }
    text: str = Field(min_length=1, max_length=2_000)


class RankedLabel(Shown):
    name: str
    confidence: float = Field(examples=[0.93])


class RequestLabelShown(Shown):
    """`name` is null where the request has none of the labels, or there are no two to tell apart."""

    name: str | None = None
    confidence: float | None = Field(
        default=None,
        examples=[0.93],
        description="The chance that it has a label at all; below 0.5 it has none.",
    )
    also: list[str] = Field(
        default_factory=list[str], description="More labels, where examples have several."
    )
    ranked: list[RankedLabel] = Field(
        default_factory=list[RankedLabel], description="The likeliest, best first."
    )
    revision: int = Field(examples=[3])

"""The bodies of intent labels: what a tenant wants requests to be told apart by."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from server.schemas import Body, Line, Shown
from tenants.intent_labels import KNOWLEDGE

MAX_EXAMPLES = 2_000  # in one request


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

    type: Literal["knowledge", "reply", "hand_off"] = Field(
        default="knowledge",
        description="Answer from the knowledge, say `text`, or give it to a person.",
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


class RequestToLabel(Body):
    model_config = Body.model_config | {
        "json_schema_extra": {"examples": [{"text": "where is my card?"}]}
    }
    text: str = Field(min_length=1, max_length=2_000)


class RequestLabelShown(Shown):
    """`name` is null where the request has none of the labels, or none are known yet."""

    name: str | None = None
    confidence: float | None = Field(default=None, examples=[0.93])
    revision: int = Field(examples=[3])

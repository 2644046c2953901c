"""What an assistant does with requests that its tenant has foreseen: by label, or by a published pair."""

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LabelSettings(_Part):
    """What intent labels mean for the answer."""

    doubt_unlabelled: bool = Field(
        default=False,
        description="The less a request is like any label's examples, the less is answered from "
        "the knowledge.",
    )


class CuratedSettings(_Part):
    """Questions that a published pair of question and answer asks too."""

    enabled: bool = Field(
        default=True, description="Give the pair's answer word for word, without a model."
    )
    similarity: float | None = Field(
        default=None,
        ge=0.5,
        le=1,
        description="How alike the questions must be; null means the product's own value, 1 the "
        "same words.",
    )

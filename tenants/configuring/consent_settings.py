"""What contacts are told of the assistant, and what it may do with their words unless they say so."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from tenants.lines import one_line

MAX_LANGUAGES = 20
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Disclosed = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(one_line),
]
Disclosure = dict[Language, Disclosed]
Asking = Literal["assumed", "asked"]


class ConsentSettings(BaseModel):
    """Whether a contact's consent holds until it is withdrawn (`assumed`), or has to be given first."""

    model_config = ConfigDict(extra="forbid")

    remember: Asking = Field(
        default="assumed",
        description="Keep what they tell of themselves, for their later conversations.",
    )
    learn: Asking = Field(
        default="assumed",
        description="Record their questions, and make suggestions for the knowledge of them.",
    )

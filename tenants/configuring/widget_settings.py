"""How an assistant's widget looks and greets on the tenant's own pages."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from tenants.configuring.consent_settings import MAX_LANGUAGES, Disclosure
from tenants.lines import one_line

MAX_SUGGESTIONS = 4
MAX_LOGO_CHARS = 20_000  # it travels with the settings
DEFAULT_ACCENT = "#1f6f5c"
_Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=120), AfterValidator(one_line)
]
_Suggestion = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(one_line),
]


class WidgetSettings(BaseModel):
    """The widget's branding; a text that is left empty is said in the visitor's language."""

    model_config = ConfigDict(extra="forbid")

    accent: str = Field(
        default=DEFAULT_ACCENT,
        pattern=r"^#[0-9a-fA-F]{6}$",
        description="The one colour; the text on it is black or white, whichever reads better.",
    )
    theme: Literal["auto", "light", "dark"] = "auto"
    position: Literal["end", "start"] = Field(
        default="end", description="The corner, in the direction of the page's writing."
    )
    greeting: str = Field(default="", max_length=400)
    launcher: _Line = Field(default="", description="Words beside the launcher's sign.")
    logo: str = Field(
        default="",
        max_length=MAX_LOGO_CHARS,
        pattern=r"^$|^data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$",
        description="A small picture as a data URL, shown beside the name.",
    )
    files: bool = Field(
        default=True, description="Whether visitors may bring files into their conversations."
    )
    disclosure: Disclosure = Field(
        default_factory=dict[str, str],
        max_length=MAX_LANGUAGES,
        description="That an AI answers here, by language; shown above every conversation. The"
        " assistant's own `disclosure` where it is empty.",
    )
    suggestions: list[_Suggestion] = Field(
        default_factory=list[str],
        max_length=MAX_SUGGESTIONS,
        description="Questions to begin with, a tap each.",
    )

"""Messages as lists of typed blocks, each readable as plain text by a client that knows no blocks."""

import json
import unicodedata
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tenants.errors import Invalid, TooLarge

MAX_BLOCKS = 20
MAX_CONTENT_CHARS = 40_000  # of all blocks as JSON: what a client may show beside the text
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})  # categories of characters that show nothing


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=100_000)


class TextBlock(_Block):
    type: Literal["text"] = "text"


class Button(BaseModel):
    """A click comes back as a message with `in_reply_to` and this `action_id`."""

    model_config = ConfigDict(extra="forbid")
    action_id: str = Field(min_length=1, max_length=100)
    label: str = Field(min_length=1, max_length=200)


class ButtonsBlock(_Block):
    type: Literal["buttons"]
    buttons: list[Button] = Field(min_length=1, max_length=12)


class CardBlock(_Block):
    type: Literal["card"]
    title: str = Field(max_length=300)
    subtitle: str | None = Field(default=None, max_length=1_000)
    image_url: str | None = Field(default=None, max_length=2_000)
    buttons: list[Button] = Field(default_factory=list[Button], max_length=6)


class ListBlock(_Block):
    type: Literal["list"]
    items: list[str] = Field(min_length=1, max_length=50)


class MediaBlock(_Block):
    type: Literal["media"]
    media_type: Literal["image", "audio", "video"]
    url: str = Field(max_length=2_000)


class FileBlock(_Block):
    type: Literal["file"]
    file_id: str = Field(max_length=100)
    name: str = Field(max_length=300)


class FormBlock(_Block):
    type: Literal["form"]
    fields: list[dict[str, Any]] = Field(min_length=1, max_length=20)


Block = Annotated[
    TextBlock | ButtonsBlock | CardBlock | ListBlock | MediaBlock | FileBlock | FormBlock,
    Field(discriminator="type"),
]
_BLOCKS: TypeAdapter[list[Block]] = TypeAdapter(list[Block])


def text_block(text: str) -> dict[str, Any]:
    """The block that plain text is shorthand for."""
    return {"type": "text", "text": text}


def text_of(blocks: Sequence[dict[str, Any]]) -> str:
    """The message as plain text: every block's fallback, a line each."""
    return "\n".join(str(block["text"]) for block in blocks)


def parse_blocks(
    text: str | None, content: list[Any] | None, *, max_chars: int
) -> list[dict[str, Any]]:
    """Checked blocks from either form. Raises: Invalid, TooLarge."""
    if (text is None) == (content is None):
        raise Invalid("give exactly one of `text` and `content`")
    raw = [text_block(text)] if text is not None else content or []
    if not 1 <= len(raw) <= MAX_BLOCKS:
        raise Invalid(f"a message holds 1 to {MAX_BLOCKS} blocks, this one {len(raw)}")
    if text is not None and len(text) > max_chars:
        raise _too_long(max_chars, len(text))
    try:
        blocks = [block.model_dump(exclude_none=True) for block in _BLOCKS.validate_python(raw)]
    except ValidationError as error:
        raise Invalid(
            "the message is empty" if text == "" else "the message's content is not valid",
            errors=[
                {"where": ".".join(map(str, ("content", *e["loc"]))), "what": e["msg"]}
                for e in error.errors(include_url=False, include_context=False, include_input=False)
            ],
        ) from None
    written = text_of(blocks)
    if len(written) > max_chars:
        raise _too_long(max_chars, len(written))
    if all(unicodedata.category(character) in _UNSEEN for character in written):
        raise Invalid("the message is empty: write at least one visible character")
    if _holds_nul(blocks):
        raise Invalid("the message contains a NUL character")
    if text is None and len(json.dumps(blocks, ensure_ascii=False)) > MAX_CONTENT_CHARS:
        raise TooLarge(f"the blocks of a message hold at most {MAX_CONTENT_CHARS} characters")
    return blocks


def _too_long(most: int, given: int) -> TooLarge:
    return TooLarge(f"a message holds at most {most} characters, this one {given}")


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(member) for key, member in value.items())
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\x00" in value

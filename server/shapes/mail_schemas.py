"""What is sent and shown of conversations that leave by mail."""

import re
from typing import Literal

from pydantic import Field

from server.shapes.schemas import Body, Shown

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+$"
MAX_ADDRESS_CHARS = 254


class NewTranscriptMail(Body):
    """To whom, and in which language the mail's own words are."""

    to: str | None = Field(
        default=None,
        max_length=MAX_ADDRESS_CHARS,
        pattern=ADDRESS,
        description="One address; the contact's own, where none is given.",
        examples=["ada@shop.example"],
    )
    language: str | None = Field(
        default=None, max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
    )


class TranscriptMailTaken(Shown):
    status: Literal["queued"]


def is_address(told: str) -> bool:
    """Whether a mail can be addressed so."""
    return len(told) <= MAX_ADDRESS_CHARS and re.fullmatch(ADDRESS, told) is not None

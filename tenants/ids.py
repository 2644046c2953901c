"""Public ids: lower-case UUIDv7 strings, made here, sortable by the time they were made."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A fresh UUIDv7 (48 bits of Unix milliseconds, 74 random bits). Source: RFC 9562 §5.7."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | (random & 0x3FFF_FFFF_FFFF_FFFF)
    return UUID(int=value)


def parse_id(text: str) -> UUID | None:
    """The id, or None where the text is not in the canonical lower-case form."""
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text else None

"""Who did it: one pair of words everywhere."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["contact", "operator", "api_key", "assistant", "platform", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` and the id within that kind, as text."""

    kind: ActorKind
    id: str


SYSTEM = Actor("system", "frontdesk")

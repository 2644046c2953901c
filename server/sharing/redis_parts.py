"""What goes over Redis between processes: sealed, bound to its tenant and its conversation.

The sealing says two things: nobody reads with Redis what people say, and what was meant for one
conversation opens in no other one, whatever channel it is put on.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.running.stream_queue import Frame, Voice
from tenants.errors import Unavailable
from tenants.keys.sealing import Sealer

PURPOSE = "stream-fanout"
PREFIX = "frontdesk"


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation of a tenant."""

    tenant_id: UUID
    conversation_id: UUID

    @property
    def channel(self) -> str:
        """Where what happens now is published."""
        return f"{PREFIX}:live:{self.tenant_id}:{self.conversation_id}"

    @property
    def said(self) -> str:
        """Where what the running turn has said so far is kept, for a while."""
        return f"{PREFIX}:said:{self.tenant_id}:{self.conversation_id}"


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a turn from a number on, somebody's typing, or (with neither) that the log has grown."""

    origin: str
    voice: Voice | None = None
    first: int = 0
    frames: Sequence[Frame] = ()
    typing: dict[str, Any] | None = None


def packed(place: Place, part: Part, sealer: Sealer) -> bytes:
    """The part as it may travel."""
    told: dict[str, Any] = {"from": part.origin}
    if part.voice is not None:
        told |= {
            "turn": str(part.voice.turn_id),
            "fence": part.voice.fence,
            "first": part.first,
            "frames": [[frame.type, frame.data] for frame in part.frames],
        }
    if part.typing is not None:
        told["typing"] = part.typing
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return sealer.seal(text, bound_to=place.channel)


def unpacked(place: Place, sealed: bytes, sealer: Sealer) -> Part | None:
    """The part; None for what nobody of ours has put there, or was put there for another place."""
    try:
        told = json.loads(sealer.open(sealed, bound_to=place.channel))
    except (Unavailable, ValueError):
        return None
    if "turn" not in told:
        return Part(told["from"], typing=told.get("typing"))
    voice = Voice(place.tenant_id, place.conversation_id, UUID(told["turn"]), told["fence"])
    frames = [Frame(kind, data) for kind, data in told["frames"]]
    return Part(told["from"], voice, told["first"], frames)

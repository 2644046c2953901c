"""What processes tell each other of a conversation: words of its turn, somebody's typing, a longer log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.running.stream_queue import Frame, Voice


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation of a tenant."""

    tenant_id: UUID
    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a turn from a number on, somebody's typing, or (with neither) that the log has grown."""

    origin: str
    voice: Voice | None = None
    first: int = 0
    frames: Sequence[Frame] = ()
    typing: dict[str, Any] | None = None


def told(part: Part) -> dict[str, Any]:
    """The part as JSON."""
    as_json: dict[str, Any] = {"from": part.origin}
    if part.voice is not None:
        as_json |= {
            "turn": str(part.voice.turn_id),
            "fence": part.voice.fence,
            "first": part.first,
            "frames": [[frame.type, frame.data] for frame in part.frames],
        }
    if part.typing is not None:
        as_json["typing"] = part.typing
    return as_json


def heard(place: Place, as_json: dict[str, Any]) -> Part:
    """The part that `told` made this of."""
    if "turn" not in as_json:
        return Part(as_json["from"], typing=as_json.get("typing"))
    turn_id, fence = UUID(as_json["turn"]), as_json["fence"]
    frames = [Frame(kind, data) for kind, data in as_json["frames"]]
    voice = Voice(place.tenant_id, place.conversation_id, turn_id, fence)
    return Part(as_json["from"], voice, as_json["first"], frames)

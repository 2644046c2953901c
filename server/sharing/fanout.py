"""What processes tell each other about streams, where something is configured that carries it."""

from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from server.running.stream_queue import Live, Voice


@dataclass(slots=True)
class Running:
    """What a turn has said so far, in this process or in another one."""

    voice: Voice
    is_here: bool
    said: list[Live] = field(default_factory=list[Live])


class Fanout(Protocol):
    """Carries live frames and wake-ups between processes; whatever it loses, the log holds."""

    def said(self, running: Running) -> None:
        """A turn that runs here has said more."""
        ...

    def over(self, running: Running) -> None:
        """It says no more."""
        ...

    def committed(self, tenant_id: UUID, conversation_id: UUID) -> None:
        """The conversation's log has grown."""
        ...

    def typing(self, tenant_id: UUID, conversation_id: UUID, data: dict[str, Any]) -> None:
        """Somebody types."""
        ...

    def readers_changed(self, tenant_id: UUID, conversation_id: UUID) -> None:
        """The conversation has its first reader here, or has lost its last."""
        ...

    async def is_running(self, voice: Voice) -> bool:
        """Whether a turn that was heard of from elsewhere still runs, under the same lease."""
        ...

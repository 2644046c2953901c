"""What is told to whoever traces requests and turns; nobody, unless a collector is named."""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol
from uuid import UUID

from settings import Settings
from tenants.running.turn_ends import TurnEnd

PACKAGE = "server.watching.spans"
Marked = Callable[[str, int], None]  # an operation and the status of its answer


@dataclass(frozen=True, slots=True)
class Ended:
    """A turn that is over."""

    tenant_id: UUID
    conversation_id: UUID
    turn_id: UUID
    end: TurnEnd


class Spans(Protocol):
    """Where spans of requests and turns go."""

    def request(self, request_id: str) -> AbstractContextManager[Marked]:
        """A request, from its first byte to its last."""
        ...

    def turn_ended(self, ended: Ended, seconds: float) -> None:
        """A turn is over that took so long."""
        ...

    def close(self) -> None:
        """Send what still waits."""
        ...


class NoSpans:
    """Traces nothing."""

    @contextmanager
    def request(self, request_id: str) -> Generator[Marked]:
        """Nothing."""
        yield lambda _operation, _status: None

    def turn_ended(self, ended: Ended, seconds: float) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class TracingNotInstalled(Exception):
    """A collector is named and the packages that would call it are not there."""


def open_spans(settings: Settings) -> Spans:
    """Spans for the collector of the settings. Raises: TracingNotInstalled."""
    if not settings.otel_endpoint:
        return NoSpans()
    try:
        made = import_module(PACKAGE).OtelSpans
    except ModuleNotFoundError as error:
        raise TracingNotInstalled(
            f"FRONTDESK_OTEL_ENDPOINT is set and {error.name} is missing: make install EXTRAS=otel"
        ) from None
    return made(settings.otel_endpoint, headers=_headers(settings))


def _headers(settings: Settings) -> Mapping[str, str]:
    given = settings.otel_headers
    pairs = given.get_secret_value().split(",") if given is not None else ()
    return {
        name.strip(): value.strip()
        for name, _, value in (one.partition("=") for one in pairs)
        if name
    }

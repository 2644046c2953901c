"""Figures for Prometheus; no tenant, conversation or contact is ever a label."""

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

_TURN_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 90)
_REQUEST_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)


class Metrics:
    """One registry a process, so that two apps in one test do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "frontdesk_requests",
            "Requests by operation and status",
            ["operation", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "frontdesk_request_seconds",
            "Time to the first byte of an answer",
            ["operation"],
            buckets=_REQUEST_BUCKETS,
            registry=self.registry,
        )
        self.turns = Counter(
            "frontdesk_turns",
            "Ended turns by status",
            ["status"],
            registry=self.registry,
        )
        self.turn_seconds = Histogram(
            "frontdesk_turn_seconds",
            "Time from claim to end of a turn",
            buckets=_TURN_BUCKETS,
            registry=self.registry,
        )

    def watch(self, name: str, what: str, value: Callable[[], float]) -> None:
        """A gauge that is read when somebody looks."""
        Gauge(f"frontdesk_{name}", what, registry=self.registry).set_function(value)

    def render(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)

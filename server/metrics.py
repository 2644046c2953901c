"""Figures for Prometheus; no tenant, conversation or contact is ever a label."""

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from graphs.state import UsageEntry

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

        self.model_calls = Counter(
            "frontdesk_model_calls",
            "Calls to language models by provider, node and outcome",
            ["provider", "node", "outcome"],
            registry=self.registry,
        )
        self.model_usd = Counter(
            "frontdesk_model_usd",
            "What language models cost, in dollars",
            ["provider"],
            registry=self.registry,
        )
        self.budget_stages = Counter(
            "frontdesk_budget_degraded_calls",
            "Calls that a budget has made cheaper, by how far it is spent",
            ["stage"],
            registry=self.registry,
        )
        self.deliveries = Counter(
            "frontdesk_deliveries",
            "Sendings of webhooks and replies to channels by outcome",
            ["kind", "outcome"],
            registry=self.registry,
        )

    def delivered(self, kind: str, outcome: str) -> None:
        """A delivery was tried."""
        self.deliveries.labels(kind, outcome).inc()

    def called(self, entry: UsageEntry, outcome: str) -> None:
        """A call to a model is over."""
        provider = entry["model"].partition(":")[0]
        self.model_calls.labels(provider, entry["node"], outcome).inc()
        self.model_usd.labels(provider).inc(entry["cost_microusd"] / 1_000_000)
        if stage := entry.get("stage"):
            self.budget_stages.labels(stage).inc()

    def watch(self, name: str, what: str, value: Callable[[], float]) -> None:
        """A gauge that is read when somebody looks."""
        Gauge(f"frontdesk_{name}", what, registry=self.registry).set_function(value)

    def render(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)

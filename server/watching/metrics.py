"""Figures for Prometheus; no tenant, conversation or contact is ever a label."""

import re
from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from graphs.state import UsageEntry
from tenants.running.turn_ends import TurnEnd

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
        self.first_token_seconds = Histogram(
            "frontdesk_turn_first_token_seconds",
            "Time to the first word that a turn shows",
            buckets=_TURN_BUCKETS,
            registry=self.registry,
        )
        self.handoffs = Counter(
            "frontdesk_handoffs",
            "Turns that ended with an operator, by reason",
            ["reason"],
            registry=self.registry,
        )
        self.knowledge = Counter(
            "frontdesk_turns_by_knowledge",
            "Turns that asked the knowledge, by whether it held an answer",
            ["hit"],
            registry=self.registry,
        )
        self.model_tokens = Counter(
            "frontdesk_model_tokens",
            "Tokens of language models by provider and direction",
            ["provider", "direction"],
            registry=self.registry,
        )
        self.jobs = Counter(
            "frontdesk_jobs",
            "Jobs that are over, by kind and how they ended",
            ["kind", "status"],
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

    def turn_ended(self, end: TurnEnd, seconds: float) -> None:
        """A turn is over. Its reason is a word of ours: none that somebody wrote is a label."""
        self.turns.labels(end.status).inc()
        self.turn_seconds.observe(seconds)
        if end.first_token_ms is not None:
            self.first_token_seconds.observe(end.first_token_ms / 1_000)
        if end.handoff is not None:
            self.handoffs.labels(_plain(end.handoff.reason)).inc()
        if end.knowledge_hit is not None:
            self.knowledge.labels(str(end.knowledge_hit).lower()).inc()

    def job_ended(self, kind: str, status: str) -> None:
        """A job is over."""
        self.jobs.labels(kind, status).inc()

    def delivered(self, kind: str, outcome: str) -> None:
        """A delivery was tried."""
        self.deliveries.labels(kind, outcome).inc()

    def called(self, entry: UsageEntry, outcome: str) -> None:
        """A call to a model is over."""
        provider = entry["model"].partition(":")[0]
        self.model_calls.labels(provider, entry["node"], outcome).inc()
        self.model_usd.labels(provider).inc(entry["cost_microusd"] / 1_000_000)
        self.model_tokens.labels(provider, "in").inc(entry["input_tokens"])
        self.model_tokens.labels(provider, "out").inc(entry["output_tokens"])
        if stage := entry.get("stage"):
            self.budget_stages.labels(stage).inc()

    def watch(self, name: str, what: str, value: Callable[[], float]) -> None:
        """A gauge that is read when somebody looks."""
        Gauge(f"frontdesk_{name}", what, registry=self.registry).set_function(value)

    def render(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)


def _plain(reason: str) -> str:
    return reason if re.fullmatch(r"[a-z_]{1,40}", reason) else "other"

"""Traces for OpenTelemetry: a span for each request, each turn and each of its nodes, never a word.

Loaded where a collector is named only: its packages are an extra (`make install EXTRAS=otel`). Spans
hold names, ids, times, counts and decisions; there is no switch that would show texts.
"""

import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, set_span_in_context
from structlog.contextvars import get_contextvars

from server.watching.tracing_port import Ended, Marked
from tenants.running.turn_steps import Step

EXPORT_SECONDS = 10
CLOSE_SECONDS = 3
_NANO = 1_000_000_000


class OtelSpans:
    """Sends spans to a collector in the background; what it cannot take is thrown away."""

    def __init__(self, endpoint: str, *, headers: Mapping[str, str]) -> None:
        exporter = OTLPSpanExporter(
            endpoint=endpoint, headers=dict(headers), timeout=EXPORT_SECONDS
        )
        resource = Resource.create({"service.name": "frontdesk"})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("frontdesk")

    @contextmanager
    def request(self, request_id: str) -> Generator[Marked]:
        """The span of one request; it gets its operation and status before the block ends."""
        with self._tracer.start_as_current_span(
            "request",
            context=Context(),  # whoever calls does not decide what we trace
            kind=SpanKind.SERVER,
            attributes={"frontdesk.request_id": request_id},
            record_exception=False,  # its message may quote somebody
        ) as span:

            def marked(operation: str, status: int) -> None:
                span.update_name(operation)
                span.set_attribute("http.response.status_code", status)
                if status >= 500:
                    span.set_status(StatusCode.ERROR)

            yield marked

    def turn_ended(self, ended: Ended, seconds: float) -> None:
        """The span of a turn with those of its nodes, below the request that started it."""
        end = ended.end
        until = time.time_ns()
        began = until - int(seconds * _NANO)
        ids = {
            "frontdesk.tenant_id": str(ended.tenant_id),
            "frontdesk.conversation_id": str(ended.conversation_id),
            "frontdesk.turn_id": str(ended.turn_id),
            "frontdesk.request_id": str(get_contextvars().get("request_id", "")),
        }
        turn = self._tracer.start_span("turn", start_time=began, attributes=ids)
        turn.set_attributes(
            {
                "frontdesk.status": end.status,
                "frontdesk.decision": end.decision or "",
                "frontdesk.reason": end.reason or "",
                "frontdesk.models": list(end.models),
                "frontdesk.graph_version": end.graph_version or "",
            }
        )
        if end.status == "failed":
            turn.set_status(StatusCode.ERROR)
        ran = began + int(max(0.0, seconds - (end.total_ms or 0) / 1_000) * _NANO)
        for step in end.steps:
            self._node(turn, step, ran, ids)
        turn.end(until)

    def _node(self, turn: Span, step: Step, ran: int, ids: Mapping[str, str]) -> None:
        began = ran + int(step.started_ms * 1_000_000)
        node = self._tracer.start_span(
            step.node,
            context=set_span_in_context(turn),
            start_time=began,
            attributes={
                **ids,
                "frontdesk.input_tokens": step.input_tokens,
                "frontdesk.output_tokens": step.output_tokens,
                "frontdesk.cost_usd": float(step.cost_usd),
            },
        )
        node.end(began + int(step.duration_ms * 1_000_000))

    def close(self) -> None:
        """Send what still waits, for some seconds at most: a collector may be away."""
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(CLOSE_SECONDS)

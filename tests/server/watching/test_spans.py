"""OpenTelemetry: spans of requests, turns and nodes reach a collector; no word of anybody does."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from server.watching.tracing_port import TracingNotInstalled, open_spans
from settings import Settings
from tests.databases import Database
from tests.receiver import Receiver, receiver
from tests.server.conftest import Desk, Program, call, serving

QUESTION = "Do you ship to Switzerland? Ask for Wrenfield at okonjo@canary.example."
WORDS = ("Switzerland", "Wrenfield", "okonjo", "five days")


@dataclass(frozen=True)
class Seen:
    """What a collector got: the spans with their attributes, and all of it as bytes."""

    spans: list[dict[str, Any]]
    raw: bytes
    status: str = ""  # of the turn, as its caller was told

    def named(self, name: str) -> list[dict[str, Any]]:
        return [span for span in self.spans if span["name"] == name]


@pytest.fixture(scope="module")
def collector() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture(scope="module")
def seen(apart_database: Database, collector: Receiver) -> Seen:
    """One turn's traces, sent when the server ended."""
    where = f"{collector.url}/v1/traces"
    with serving(apart_database, otel_endpoint=where, otel_headers="x-team=desk") as desk:
        status = _one_turn(desk)
    return replace(_read(collector), status=status)


def _one_turn(desk: Desk) -> str:
    shop: Program = desk.tenant("Traced")
    shop.teach("Do you ship to Switzerland?", "Yes, in five days.")
    path = f"/v1/conversations/{shop.conversation()}/messages"
    headers = {"X-Request-Id": "proxy-7"}
    answer = call(shop.url, shop.api_key, "POST", path, json={"text": QUESTION}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["status"]


def _read(collector: Receiver) -> Seen:
    raw = [one.body for one in collector.wait_for(1, "/v1/traces")]
    spans: list[dict[str, Any]] = []
    for body in raw:
        request = ExportTraceServiceRequest.FromString(body)
        for scoped in (s for r in request.resource_spans for s in r.scope_spans):
            for span in scoped.spans:
                named = {a.key.removeprefix("frontdesk."): _value(a.value) for a in span.attributes}
                spans.append(
                    {"name": span.name, "id": span.span_id, "parent": span.parent_span_id}
                    | {"began": span.start_time_unix_nano, "ended": span.end_time_unix_nano}
                    | {"events": len(span.events)}
                    | named
                )
    return Seen(spans, b"".join(raw))


def _value(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))


def test_a_turn_is_a_span_with_one_for_each_node_below_the_request(seen: Seen) -> None:
    [turn] = seen.named("turn")
    [request] = seen.named("send_message")
    assert turn["parent"] == request["id"]
    below = [span for span in seen.spans if span["parent"] == turn["id"]]
    names = [span["name"] for span in sorted(below, key=lambda span: span["began"])]
    assert names[:3] == ["screen", "split", "retrieve"] and "deliver" in names
    assert all(span["began"] <= span["ended"] for span in below)
    assert min(span["began"] for span in below) >= turn["began"] - 50_000_000


def test_spans_are_told_apart_by_request_turn_and_conversation(seen: Seen) -> None:
    [turn] = seen.named("turn")
    retrieve = seen.named("retrieve")[0]  # one for each of its intents
    for span in (turn, retrieve):
        assert span["request_id"] == "proxy-7"
        assert span["turn_id"] == turn["turn_id"] and span["conversation_id"]
    assert turn["status"] == seen.status and turn["decision"]


def test_no_word_of_anybody_is_in_a_span(seen: Seen) -> None:
    assert len(seen.raw) > 1_000
    for word in WORDS:
        assert word.encode() not in seen.raw, word
    assert all(span["events"] == 0 for span in seen.spans), "an exception's words would be one"


def test_the_collector_gets_its_headers(seen: Seen, collector: Receiver) -> None:
    assert seen.spans and collector.received[0].headers["x-team"] == "desk"


def test_a_collector_that_is_away_holds_up_nobody() -> None:
    spans = open_spans(Settings(otel_endpoint="http://127.0.0.1:9/v1/traces"))
    with spans.request("r-1") as marked:
        marked("get_health", 200)
    began = time.monotonic()
    spans.close()
    assert time.monotonic() - began < 30


def test_without_its_packages_it_is_said_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.watching.tracing_port.PACKAGE", "no_such_package")
    with pytest.raises(TracingNotInstalled, match="EXTRAS=otel"):
        open_spans(Settings(otel_endpoint="http://127.0.0.1:9/v1/traces"))

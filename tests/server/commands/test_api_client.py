"""The commands' client: our JSON, our streams, our problems in their own words."""

import httpx2
import pytest

from server.commands.api_client import ApiClient
from server.start import StartFailed

STREAM = (
    ': ping\n\nevent: message_delta\ndata: {"text": "He"}\n\n'
    'event: message\nid: 7\ndata: {"text": "Hello"}\n\nevent: cut\ndata: {"x"'
)


def client(answer: httpx2.Response) -> ApiClient:
    return ApiClient("http://desk", "k", httpx2.MockTransport(lambda _: answer))


def test_a_call_returns_its_json() -> None:
    assert client(httpx2.Response(200, json={"a": 1})).call("GET", "/v1/x") == {"a": 1}


def test_a_problem_is_told_in_its_own_words() -> None:
    with pytest.raises(StartFailed, match="no such thing"):
        client(httpx2.Response(404, json={"detail": "no such thing"})).call("GET", "/v1/x")
    with pytest.raises(StartFailed, match="status 502"):
        client(httpx2.Response(502, text="<html>")).call("GET", "/v1/x")


def test_a_stream_gives_whole_events_with_their_numbers() -> None:
    answer = httpx2.Response(200, text=STREAM)
    assert list(client(answer).events("GET", "/v1/x", last_event_id=3)) == [
        ("message_delta", {"text": "He"}),
        ("message", {"text": "Hello", "id": 7}),
    ]


def test_a_streams_problem_is_told_too() -> None:
    with pytest.raises(StartFailed, match="too many"):
        list(client(httpx2.Response(429, json={"detail": "too many"})).events("GET", "/v1/x"))

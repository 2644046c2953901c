"""LangSmith: nothing leaves unless it is switched on, and then without anybody's words."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest
from langsmith.run_trees import configure, get_cached_client
from langsmith.utils import get_env_var

from graphs.knowing.answering import answer_once
from graphs.tracing import Tracing
from tenants.ids import new_id
from tests.fakes import ScriptedModel
from tests.graphs.conversation import Talk, machine


@pytest.fixture(autouse=True)
def _as_a_new_process() -> Generator[None]:
    """Variables and client that LangSmith keeps for a process are another test's."""
    cast(Any, get_env_var).cache_clear()
    configure(enabled=None, client=None)
    yield
    cast(Any, get_env_var).cache_clear()
    configure(enabled=None, client=None)


@contextmanager
def recorder() -> Generator[tuple[str, list[tuple[str, bytes]]]]:
    """A loopback address that keeps every request that reaches it."""
    seen: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def _take(self) -> None:
            if self.headers.get("transfer-encoding") == "chunked":
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            else:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
            seen.append((f"{self.command} {self.path}", body))
            self.send_response(202 if self.command == "POST" else 200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_PATCH = _take

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_nothing_is_sent_while_tracing_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with recorder() as (url, seen):
        for name, value in {"TRACING": "true", "ENDPOINT": url, "API_KEY": "k"}.items():
            monkeypatch.setenv(f"LANGSMITH_{name}", value)
        end = await Talk(machine()).say("Do you ship to Switzerland?")
    assert end.status == "completed"
    assert end.trace_run_id is None
    assert seen == []


async def test_an_answer_with_a_history_is_masked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with recorder() as (url, seen):
        for name, value in {"TRACING": "true", "ENDPOINT": url, "API_KEY": "k"}.items():
            monkeypatch.setenv(f"LANGSMITH_{name}", value)
        tracing = Tracing.on(api_url=url, api_key="k")
        talk = Talk(replace(machine(), tracing=tracing))
        context = replace(talk.context, turn_id=str(new_id()))
        history = [("contact", "Do you ship to Switzerland?")]
        await answer_once(talk.machine, context, "and how long does it take?", history)
        tracing.flush()
        get_cached_client().flush()
    assert b"Switzerland" not in b"".join(body for _, body in seen)


async def test_what_is_asked_of_a_model_outside_a_turn_is_not_traced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with recorder() as (url, seen):
        for name, value in {"TRACING": "true", "ENDPOINT": url, "API_KEY": "k"}.items():
            monkeypatch.setenv(f"LANGSMITH_{name}", value)
        tracing = Tracing.on(api_url=url, api_key="k")
        tracing.begin()
        await ScriptedModel(pieces=["Yes."]).ainvoke("Do you ship to Switzerland?")
        tracing.flush()
        get_cached_client().flush()
    # The client may ask the address what it takes ("GET /info"): that carries nobody's words.
    assert [(what, body) for what, body in seen if body or not what.startswith("GET ")] == []


async def test_what_an_operator_is_handed_is_masked_though_the_run_ends_with_an_interrupt() -> None:
    with recorder() as (url, seen):
        tracing = Tracing.on(api_url=url, api_key="k")
        end = await Talk(replace(machine(), tracing=tracing)).say("Do you repair chandeliers?")
        tracing.flush()
    assert end.status == "waiting_for_operator"
    sent = b"".join(body for _, body in seen)
    assert b"hand_off" in sent and b"chandeliers" not in sent


@pytest.mark.parametrize("show_text", [False, True])
async def test_a_traced_turn_is_masked_unless_text_is_wanted(show_text: bool) -> None:
    with recorder() as (url, seen):
        tracing = Tracing.on(show_text=show_text, api_url=url, api_key="k")
        talk = Talk(replace(machine(), tracing=tracing))
        end = await talk.say("Do you ship to Switzerland?")
        tracing.flush()
    sent = b"".join(body for _, body in seen)
    assert end.trace_run_id is not None
    assert str(end.trace_run_id).encode() in sent
    for node in (b"retrieve", b"answer", b"score"):
        assert node in sent
    assert (b"Switzerland" in sent) is show_text
    assert (b"9.90 EUR" in sent) is show_text

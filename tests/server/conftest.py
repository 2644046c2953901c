"""A server on a free port inside the test process, over a database of its own."""

import os
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from server.running.drain import Drain
from server.serve import DeskServer, make_config
from settings import Settings
from tenants.database.postgres import EmbeddedPostgres
from tests import plain_http
from tests.databases import MASTER_KEY, Database, fresh_database

PLATFORM_KEY = "fp_test_platform_key"


@dataclass(frozen=True)
class Desk:
    """Where the server is; makes tenants to call it as."""

    url: str

    def platform(self, method: str, path: str, **kwargs: Any) -> httpx2.Response:
        return call(self.url, PLATFORM_KEY, method, path, **kwargs)

    def tenant(self, name: str = "Shop") -> "Program":
        made = self.platform("POST", "/v1/tenants", json={"name": name, "slug": _slug(name)})
        assert made.status_code == 201, made.text
        return Program(self.url, **made.json())


@dataclass(frozen=True)
class Program:
    """One tenant's program with its first key."""

    url: str
    tenant_id: str
    slug: str
    api_key: str
    knowledge_base_id: str
    assistant_id: str
    namesake: str | None = None

    def call(self, method: str, path: str, **kwargs: Any) -> httpx2.Response:
        return call(self.url, self.api_key, method, path, **kwargs)

    def conversation(self) -> str:
        made = self.call("POST", "/v1/conversations", json={"assistant_id": self.assistant_id})
        assert made.status_code == 201, made.text
        return made.json()["conversation_id"]

    def teach(self, question: str, answer: str) -> None:
        made = self.call(
            "POST",
            f"/v1/knowledge-bases/{self.knowledge_base_id}/documents",
            json={"question": question, "answer": answer},
        )
        assert made.status_code == 201, made.text

    def say(self, conversation_id: str, text: str, **more: Any) -> httpx2.Response:
        path = f"/v1/conversations/{conversation_id}/messages"
        return self.call("POST", path, json={"text": text} | more)

    def key(self, *scopes: str) -> str:
        made = self.call("POST", "/v1/api-keys", json={"name": "k", "scopes": list(scopes)})
        assert made.status_code == 201, made.text
        return made.json()["api_key"]


def call(url: str, key: str | None, method: str, path: str, **kwargs: Any) -> httpx2.Response:
    headers = kwargs.pop("headers", {})
    if key is not None:
        headers = {"Authorization": f"Bearer {key}"} | headers
    return plain_http.request(method, url + path, headers=headers, timeout=30, **kwargs)


def problem(response: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The problem object of a refusal, checked for its form."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["code"] == code, body
    assert body["type"] == f"/problems/{code}" and body["status"] == status
    return body


def _slug(name: str) -> str:
    return f"{name.lower()}-{time.time_ns()}"


@pytest.fixture(scope="session")
def desk_database(postgres: EmbeddedPostgres) -> Iterator[Database]:
    """The database of `desk` alone: its sweeps would run the turns and jobs of other tests."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"desk_{worker}") as made:
        yield made


@pytest.fixture(scope="module")
def apart_database(
    postgres: EmbeddedPostgres, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """A module's own database, for a server set up otherwise than `desk`: each would do the other's
    turns and deliveries.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    module = request.module.__name__.rpartition(".")[2]
    with fresh_database(postgres, f"{module}_{worker}") as made:
        yield made


@pytest.fixture(scope="session")
def desk(desk_database: Database) -> Iterator[Desk]:
    with serving(desk_database) as served:
        yield served


@contextmanager
def serving(database: Database, **given: Any) -> Generator[Desk]:
    """A server over a database until the block ends, with settings beside those of all tests."""
    drain = Drain()
    plain: dict[str, Any] = {
        "port": 0,
        "requests_per_second": 10_000,
        "sessions_per_second": 1_000,
        "turns_per_second": 1_000,
        "turns_per_second_per_contact": 1_000,
        "max_body_bytes": 3_000_000,
        "drain_seconds": 2,
        "data": "/nowhere",
    }
    settings = Settings(**(plain | given))
    config = make_config(
        settings,
        drain=drain,
        database_url=database.app,
        platform_key=PLATFORM_KEY,
        master_key=MASTER_KEY,
    )
    server = DeskServer(config, drain)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.05)
    try:
        yield Desk(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(15)

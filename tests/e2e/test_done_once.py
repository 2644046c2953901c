"""A server dies between doing what it was asked under a key and keeping its answer: nobody does it again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tenants.database.postgres import EmbeddedPostgres
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_slept import held_by
from tests.e2e.test_story import SHOP, UNKNOWN, Tenant
from tests.e2e.test_takeover import at

POINT = "before_answer"
MADE_BY = {
    "a contact": "contact_id",
    "a knowledge base": "knowledge_base_id",
    "an entry": "document_id",
    "an operator's reply": "",
}
COUNTS = {
    "a contact": "select count(*) from contacts",
    "a knowledge base": "select count(*) from knowledge_bases",
    "an entry": "select count(*) from documents",
    "an operator's reply": "select count(*) from messages where author_kind = 'operator'",
}


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("points")


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory, points: Path
) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    settings = {"FRONTDESK_HOLD_POINTS": str(points)}
    first = ServerProcess(tmp_path_factory.mktemp("once") / "data", settings).start()
    second = ServerProcess(first.data, first.environment).start()
    yield first, second
    assert second.stop() == first.stop() == 0


def asked(shop: Tenant, what: str) -> tuple[str, dict[str, Any]]:
    """A request that does one thing."""
    if what == "a contact":
        return "/v1/contacts", {"name": "Once"}
    if what == "a knowledge base":
        return "/v1/knowledge-bases", {"name": "Once"}
    if what == "an entry":
        [base] = shop.call("GET", "/v1/knowledge-bases").json()["data"][-1:]
        return f"/v1/knowledge-bases/{base['knowledge_base_id']}/documents", {"text": "Once."}
    handoff = shop.ask(shop.converse("once"), UNKNOWN)["handoff"]["handoff_id"]
    return f"/v1/handoffs/{handoff}/messages", {"text": "Once."}


@pytest.mark.parametrize("what", COUNTS)
def test_what_is_done_when_a_server_dies_before_its_answer_is_kept_is_not_done_again(
    servers: tuple[ServerProcess, ServerProcess], points: Path, what: str
) -> None:
    first, second = servers
    shop = Tenant(first, f"Northwind {what}", SHOP)
    path, body = asked(shop, what)
    headers = {"Idempotency-Key": f"once {what}"}
    before = counted(first.data, what)
    (points / POINT).touch()
    with ThreadPoolExecutor(1) as pool:

        def ask() -> None:
            with suppress(httpx2.HTTPError):  # its server dies
                shop.call("POST", path, json=body, headers=headers)

        lost = pool.submit(ask)
        kept = held_by(first, points, POINT)
        assert counted(first.data, what) == before + 1, "it is done, and committed"
        other = at(shop, second)
        assert refusal(other, path, body, headers) == "idempotency_in_flight"
        first.kill()
        lost.result(30)
        kept.unlink()
    assert refusal(other, path, body, headers) == "idempotency_in_flight"
    on_database(first.data, "update idempotency_keys set created_at = now() - interval '3 min'")
    told = other.call("POST", path, json=body, headers=headers).json()
    assert told["code"] == "conflict" and "done before" in told["detail"]
    assert {name for name in told if name.endswith("_id")} == {MADE_BY[what]} - {""}
    if what == "a contact":
        made = other.call("GET", f"/v1/contacts/{told['contact_id']}")
        assert "Once" in made.text, "what it made"
    assert counted(first.data, what) == before + 1
    first.start()
    again = shop.call("POST", path, json=body, headers={"Idempotency-Key": f"anew {what}"})
    assert again.is_success, again.text


def refusal(shop: Tenant, path: str, body: dict[str, Any], headers: dict[str, str]) -> str:
    answer = shop.call("POST", path, json=body, headers=headers)
    assert answer.status_code == 409, answer.text
    return answer.json()["code"]


def counted(data: Path, what: str) -> int:
    return int(on_database(data, COUNTS[what])[0][0])


def on_database(data: Path, statement: str) -> list[Any]:
    """What a statement gives to whoever sees every tenant."""
    with EmbeddedPostgres(data) as server:
        url = make_conninfo(server.superuser_url, dbname="frontdesk")
        with psycopg.connect(url, autocommit=True) as conn:
            cursor = conn.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

"""Tenants' own keys for providers are used and never seen again; budgets over HTTP."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.databases import Database
from tests.openai_loopback import Loopback, Reply, openai_loopback
from tests.server.conftest import Desk, Program, problem, serving

CANARY = "sk-canary-7c1e94b2d8f0a653"
QUESTION = "Do you ship to Switzerland?"
SAYS = Reply(["Yes, we ship to Switzerland. [1]"])


@pytest.fixture(scope="module")
def provider() -> Iterator[Loopback]:
    with openai_loopback(SAYS) as opened:
        yield opened


@pytest.fixture(scope="module")
def served(desk_database: Database, provider: Loopback) -> Iterator[Desk]:
    """A server whose platform has an endpoint, and no key for it."""
    with serving(desk_database, model_endpoints=f"house={provider.base_url}") as opened:
        yield opened


def _shop(served: Desk) -> Program:
    shop = served.tenant("Keys")
    shop.teach("Do you ship to Switzerland?", "Yes, we ship to Switzerland.")
    asks_the_model = {"model": "house:m", "curated": {"enabled": False}}
    changed = shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=asks_the_model)
    assert changed.status_code == 200, changed.text
    return shop


def _ask(shop: Program) -> dict[str, Any]:
    answer = shop.say(shop.conversation(), QUESTION)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_key_of_ones_own_is_used_and_shows_up_nowhere(
    served: Desk,
    provider: Loopback,
    desk_database: Database,
    capfd: pytest.CaptureFixture[str],
) -> None:
    shop, other = _shop(served), _shop(served)
    seen = [shop.call("PUT", "/v1/provider-keys/house", json={"api_key": CANARY})]
    seen.append(shop.call("PUT", "/v1/provider-keys/house", json={"api_key": f"{CANARY} x"}))
    problem(seen[-1], 422, "invalid")
    seen.append(shop.call("GET", "/v1/provider-keys"))
    assert seen[0].json()["own_key_prefix"] == CANARY[:6]
    del provider.requests[:]
    turn = _ask(shop)
    assert provider.requests[-1]["key"] == f"Bearer {CANARY}"
    assert turn["message"]["text"] == "Yes, we ship to Switzerland."
    provider.replies[:] = [Reply(status=401), SAYS]
    failed = _ask(shop)
    assert failed["message"]["text"].startswith("Yes, we ship to Switzerland.")
    _ask(other)
    assert CANARY not in str(provider.requests[-1]["key"])
    for part in ("", "/steps", "/explanation"):
        seen.append(shop.call("GET", f"/v1/turns/{failed['turn_id']}{part}"))
    seen.append(shop.call("GET", "/v1/usage"))
    assert not [one for one in seen if CANARY in one.text]
    assert _rows_with(desk_database, CANARY) == []
    printed = capfd.readouterr()
    assert CANARY not in printed.out + printed.err
    assert shop.call("DELETE", "/v1/provider-keys/house").status_code == 204
    problem(shop.call("DELETE", "/v1/provider-keys/house"), 404, "not_found")


def test_keys_belong_to_one_tenant_and_to_those_who_administer_it(served: Desk) -> None:
    shop, other = served.tenant("Keys"), served.tenant("Other")
    shop.call("PUT", "/v1/provider-keys/openai", json={"api_key": CANARY})
    theirs = other.call("GET", "/v1/provider-keys").json()["data"]
    assert not [one for one in theirs if one["own_key_prefix"]]
    problem(other.call("DELETE", "/v1/provider-keys/openai"), 404, "not_found")
    problem(shop.call("PUT", "/v1/provider-keys/x", json={"api_key": CANARY}), 404, "not_found")
    weak = Program(**{**vars(shop), "api_key": shop.key("conversations", "assistants")})
    problem(weak.call("GET", "/v1/provider-keys"), 403, "denied")
    problem(weak.call("PUT", "/v1/provider-keys/openai", json={"api_key": CANARY}), 403, "denied")


def test_a_budget_that_is_spent_is_answered_without_a_provider_and_then_by_a_person(
    served: Desk, provider: Loopback
) -> None:
    shop = _shop(served)
    provider.replies[:] = [SAYS]
    assert "budget" not in _ask(shop)["usage"]
    spent = shop.call("GET", "/v1/budget").json()
    assert float(spent["spent_usd"]) > 0 and spent["limits"] == []
    limited = shop.call("PUT", "/v1/budget", json={"limit_usd": "0.000001"}).json()
    assert limited["stage"] == "extractive"
    asked = len(provider.requests)
    turn = _ask(shop)
    assert turn["message"]["text"].startswith("Yes, we ship to Switzerland.")
    assert turn["usage"]["budget"] == "extractive"
    assert len(provider.requests) == asked
    after = shop.call("GET", "/v1/budget").json()
    assert after["spent_usd"] == spent["spent_usd"]
    assert shop.call("GET", "/v1/usage").json()["budget"] == after
    alone = shop.call(
        "POST", f"/v1/assistants/{shop.assistant_id}/answer", json={"text": QUESTION}
    ).json()
    assert alone["usage"]["budget"] == "extractive"
    handed = shop.say(shop.conversation(), f"{QUESTION} And please let me talk to a human.").json()
    folder = shop.call("GET", f"/v1/handoffs/{handed['handoff']['handoff_id']}").json()
    assert folder["budget"]["stage"] == "extractive"
    assert folder["budget"]["until"][:10] == after["until"][:10]
    assert served.platform("GET", f"/v1/tenants/{shop.tenant_id}/budget").json() == after
    assert shop.call("DELETE", "/v1/budget").status_code == 204
    _ask(shop)
    assert len(provider.requests) == asked + 1
    assert "frontdesk_budget_degraded_calls_total" in served.platform("GET", "/metrics").text


def test_the_platform_s_limit_is_the_platform_s_to_set(served: Desk) -> None:
    shop = served.tenant("Limits")
    path = f"/v1/tenants/{shop.tenant_id}/budget"
    problem(shop.call("PUT", path, json={"limit_usd": "5"}), 403, "denied")
    shown = served.platform("PUT", path, json={"limit_usd": "5", "cheaper_at": 0.5}).json()
    assert [(one["set_by"], one["limit_usd"]) for one in shown["limits"]] == [
        ("platform", "5.000000")
    ]
    shop.call("DELETE", "/v1/budget")
    assert len(shop.call("GET", "/v1/budget").json()["limits"]) == 1
    problem(
        shop.call("PUT", "/v1/budget", json={"limit_usd": "5", "cheaper_at": 0.99}), 422, "invalid"
    )
    problem(shop.call("PUT", "/v1/budget", json={"limit_usd": "-1"}), 422, "invalid")


def _rows_with(database: Database, text: str) -> list[str]:
    """The tables of the whole database that hold a text, in words or in bytes."""
    found: list[str] = []
    with psycopg.connect(database.superuser) as conn:
        tables = conn.execute(
            "select schemaname, tablename from pg_tables where schemaname !~ '^(pg_|information)'"
        ).fetchall()
        assert len(tables) > 40
        for schema, table in tables:
            query = sql.SQL("select count(*) from {} t where t::text like any(%s)").format(
                sql.Identifier(schema, table)
            )
            patterns = [f"%{text}%", f"%{text.encode().hex()}%"]
            row = conn.execute(query, (patterns,)).fetchone()
            if row and row[0]:
                found.append(table)
    return found


def test_a_provider_without_keys_counts_as_the_servers_where_it_has_an_address(
    served: Desk,
) -> None:
    shown = served.tenant("Addresses").call("GET", "/v1/provider-keys").json()["data"]
    there = {one["provider"]: (one["needs_key"], one["platform_key"]) for one in shown}
    assert there["ollama"] == (False, False)
    assert there["house"] == (False, True)

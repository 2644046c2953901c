"""Turns run again and conversations forked, over the API: nothing leaves, nothing is written twice."""

import time
from typing import Any
from uuid import UUID

import psycopg
import psycopg.sql
import pytest

from tenants.database.connection import make_pool, tenant_transaction
from tenants.ids import new_id
from tenants.keeping.pruning import prune_slice
from tests.databases import Database
from tests.server.conftest import Desk, Program, call, problem
from tests.server.test_access import session

# What turns and those who answer them write; what the periodic work writes beside them is left out.
WRITTEN = (
    "conversations", "messages", "events", "turns", "turn_steps", "turn_recordings", "turn_queue",
    "checkpoints", "checkpoint_blobs", "checkpoint_writes", "handoffs", "usage_ledger", "outbox",
    "recorded_questions", "facts", "contacts",
)  # fmt: skip
SWISS, VIOLIN = "Do you ship to Switzerland?", "Can you engrave a violin for me?"


@pytest.fixture
def shop(desk: Desk) -> Program:
    made = desk.tenant("Travel")
    made.teach(SWISS, "Yes, we ship to Switzerland. It takes 3 to 5 days.")
    return made


def travel(shop: Program, what: str, conversation: str, turn: str) -> Any:
    return shop.call("POST", f"/v1/conversations/{conversation}/{what}", json={"turn_id": turn})


def rows(database: Database, shop: Program) -> dict[str, int]:
    """How many rows the tenant has in every table."""
    with psycopg.connect(database.superuser) as conn:
        tables = conn.execute(
            "select table_name from information_schema.columns"
            " where table_schema = 'public' and column_name = 'tenant_id'"
        ).fetchall()
        return {
            str(table): conn.execute(
                psycopg.sql.SQL("select count(*) from {} where tenant_id = %s").format(
                    psycopg.sql.Identifier(str(table))
                ),
                [shop.tenant_id],
            ).fetchone()[0]  # pyright: ignore[reportOptionalSubscript]  # a count has a row
            for (table,) in tables
        }


def test_a_replay_comes_to_the_same_and_leaves_nothing(
    shop: Program, desk_database: Database
) -> None:
    talk = shop.conversation()
    turns = [shop.say(talk, text).json() for text in (SWISS, "and how long?", VIOLIN)]
    before = rows(desk_database, shop)
    for turn in turns:
        report = travel(shop, "replay", talk, turn["turn_id"])
        assert report.status_code == 200, report.text
        assert report.json()["differences"] == [] and report.json()["same"] is True
        assert report.json()["text"] == turn["message"]["text"]
    after = rows(desk_database, shop)
    assert {t: after.get(t) for t in WRITTEN} == {t: before.get(t) for t in WRITTEN}


def test_the_steps_of_a_turn_say_what_each_node_read_wrote_and_asked(shop: Program) -> None:
    written = {"curated": {"enabled": False}}  # by a model, though a pair asks just this
    changed = shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=written)
    assert changed.status_code == 200, changed.text
    turn = shop.say(shop.conversation(), SWISS).json()
    steps = shop.call("GET", f"/v1/turns/{turn['turn_id']}/steps").json()["data"]
    assert [s["node"] for s in steps] == [
        "screen", "split", "retrieve", "answer", "score", "compose", "deliver", "remember",
    ]  # fmt: skip
    starts = [s["started_ms"] for s in steps]
    assert starts == sorted(starts) and all(s["duration_ms"] > 0 for s in steps)
    assert all(s["output"] for s in steps) and steps[2]["input"]["intent"]["text"] == SWISS
    [asked] = steps[3]["model_calls"]
    assert asked["model"] == "extractive" and asked["output_tokens"] > 0


def test_a_fork_goes_on_by_itself(shop: Program, desk_database: Database) -> None:
    talk = shop.conversation()
    first = shop.say(talk, SWISS).json()
    shop.say(talk, VIOLIN)  # the source now waits for an operator
    source = _read(shop, talk)
    made = travel(shop, "fork", talk, first["turn_id"])
    assert made.status_code == 201, made.text
    fork = made.json()
    assert (fork["origin"], fork["status"]) == ("fork", "open")
    assert (fork["forked_from"], fork["forked_turn_id"]) == (talk, first["turn_id"])
    said = [m["text"] for m in _read(shop, fork["conversation_id"])]
    assert said == [SWISS, first["message"]["text"]]
    before = rows(desk_database, shop)
    answer = shop.say(fork["conversation_id"], "and how long does it take?").json()
    assert "3 to 5 days" in answer["message"]["text"]  # it knows what was spoken about
    waits = shop.say(fork["conversation_id"], VIOLIN).json()
    assert waits["status"] == "waiting_for_operator"
    after = rows(desk_database, shop)
    for table in ("recorded_questions", "facts", "outbox"):
        assert after.get(table) == before.get(table), table
    assert _read(shop, talk) == source
    handoffs = shop.call("GET", "/v1/handoffs").json()["data"]
    assert fork["conversation_id"] not in {one["conversation_id"] for one in handoffs}


def test_an_operators_answer_in_a_fork_teaches_nothing(
    shop: Program, desk_database: Database
) -> None:
    talk = shop.conversation()
    first = shop.say(talk, SWISS).json()
    fork = travel(shop, "fork", talk, first["turn_id"]).json()["conversation_id"]
    handoff = shop.say(fork, VIOLIN).json()["handoff"]["handoff_id"]
    before = rows(desk_database, shop)
    body = {"reply": "We do, from May on.", "add_to_knowledge": True}
    assert shop.call("POST", f"/v1/handoffs/{handoff}/resolve", json=body).status_code == 200
    assert shop.say(fork, SWISS).json()["status"] == "completed"
    after = rows(desk_database, shop)
    for table in ("knowledge_suggestions", "documents", "chunks"):
        assert after[table] == before[table], table


def test_the_contact_sees_no_fork_and_may_not_travel(desk: Desk, shop: Program) -> None:
    body = {"assistant_id": shop.assistant_id}
    token = session(shop)["token"]
    made = call(desk.url, token, "POST", "/v1/conversations", json=body).json()
    talk = made["conversation_id"]
    turn = call(
        desk.url, token, "POST", f"/v1/conversations/{talk}/messages", json={"text": SWISS}
    ).json()["turn_id"]
    fork = travel(shop, "fork", talk, turn).json()["conversation_id"]
    seen = call(desk.url, token, "GET", "/v1/conversations").json()["data"]
    assert [one["conversation_id"] for one in seen] == [talk]
    for path in ("", "/messages", "/events"):
        answer = call(desk.url, token, "GET", f"/v1/conversations/{fork}{path}")
        problem(answer, 404, "not_found")
    for what in ("fork", "replay"):
        path = f"/v1/conversations/{talk}/{what}"
        problem(call(desk.url, token, "POST", path, json={"turn_id": turn}), 403, "denied")


def test_other_peoples_turns_are_not_found(desk: Desk, shop: Program) -> None:
    talk, other = shop.conversation(), desk.tenant("Other")
    turn = shop.say(talk, SWISS).json()["turn_id"]
    for what in ("fork", "replay"):
        problem(travel(other, what, other.conversation(), turn), 404, "not_found")
        problem(travel(shop, what, shop.conversation(), turn), 404, "not_found")
        problem(travel(shop, what, talk, str(new_id())), 404, "not_found")


async def test_what_is_pruned_is_refused_by_its_code(
    shop: Program, desk_database: Database
) -> None:
    talk = shop.conversation()
    first, last = (shop.say(talk, SWISS).json()["turn_id"] for _ in range(2))
    with psycopg.connect(desk_database.superuser) as conn:
        conn.execute(
            "update conversations set last_active_at = now() - interval '40 days'"
            " where conversation_id = %s",
            [talk],
        )
    async with (
        make_pool(desk_database.app, min_size=1, max_size=1, timeout_seconds=10) as pool,
        tenant_transaction(pool, UUID(shop.tenant_id)) as conn,
    ):
        assert (await prune_slice(conn, default_days=30)).checkpoints == 1
    problem(travel(shop, "fork", talk, first), 409, "checkpoint_pruned")
    problem(travel(shop, "replay", talk, first), 409, "checkpoint_pruned")
    problem(travel(shop, "replay", talk, last), 409, "checkpoint_pruned")
    assert travel(shop, "fork", talk, last).status_code == 201  # the last state is kept


def test_recordings_and_forks_go_with_what_they_are_of(
    shop: Program, desk_database: Database
) -> None:
    talk = shop.conversation()
    turn = shop.say(talk, SWISS).json()["turn_id"]
    fork = travel(shop, "fork", talk, turn).json()["conversation_id"]
    assert rows(desk_database, shop)["turn_recordings"] == 1
    base = f"/v1/knowledge-bases/{shop.knowledge_base_id}/documents"
    [document] = shop.call("GET", base).json()["data"]
    shop.call("DELETE", f"{base}/{document['document_id']}")
    assert rows(desk_database, shop)["turn_recordings"] == 0
    problem(travel(shop, "replay", talk, turn), 409, "turn_not_recorded")
    assert shop.call("DELETE", f"/v1/conversations/{talk}").status_code == 204
    problem(shop.call("GET", f"/v1/conversations/{fork}"), 404, "not_found")


def _read(shop: Program, conversation: str) -> list[dict[str, Any]]:
    return shop.call("GET", f"/v1/conversations/{conversation}/messages").json()["data"]


def test_a_fork_within_a_turn_is_given_what_it_was_given_up_to_the_step(shop: Program) -> None:
    written = {"curated": {"enabled": False}}
    shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=written)
    talk = shop.conversation()
    then = shop.say(talk, SWISS).json()
    shop.say(talk, VIOLIN)
    source = _read(shop, talk)
    steps = shop.call("GET", f"/v1/turns/{then['turn_id']}/steps").json()["data"]
    found = next(one["step"] for one in steps if one["node"] == "retrieve")
    shop.teach("How do you ship to Switzerland?", "To Switzerland we ship by courier for 40 EUR.")
    with_then = _forked_within(shop, talk, then["turn_id"], found)
    with_now = _forked_within(shop, talk, then["turn_id"], found - 1)
    assert with_then[-1]["text"] == then["message"]["text"]
    assert _passages(shop, with_then) == _output(steps, "retrieve")
    assert _passages(shop, with_now) != _passages(shop, with_then)
    assert [m["author"] for m in with_then] == ["contact", "assistant"]
    assert _read(shop, talk) == source


def test_a_fork_within_a_turn_needs_a_step_of_it_that_is_kept(
    shop: Program, desk_database: Database
) -> None:
    talk = shop.conversation()
    turn = shop.say(talk, SWISS).json()["turn_id"]
    path = f"/v1/conversations/{talk}/fork"
    for step in (99, -1, 1.5, "x"):
        refused = shop.call("POST", path, json={"turn_id": turn, "step": step})
        problem(refused, 422, "invalid")
    with psycopg.connect(desk_database.superuser) as conn:
        conn.execute("delete from turn_recordings where turn_id = %s", [turn])
    refused = shop.call("POST", path, json={"turn_id": turn, "step": 1})
    problem(refused, 409, "turn_not_recorded")


def _forked_within(shop: Program, talk: str, turn: str, step: int) -> list[dict[str, Any]]:
    """What is said in a fork behind a step, once its turn has ended."""
    body = {"turn_id": turn, "step": step}
    made = shop.call("POST", f"/v1/conversations/{talk}/fork", json=body)
    assert made.status_code == 201, made.text
    fork = made.json()
    assert (fork["forked_turn_id"], fork["forked_step"]) == (turn, step)
    deadline = time.monotonic() + 60
    while len(said := _read(shop, fork["conversation_id"])) < 2:
        assert time.monotonic() < deadline, "the fork's turn did not end"
        time.sleep(0.05)
    return said


def _passages(shop: Program, said: list[dict[str, Any]]) -> Any:
    """What the turn of the last message retrieved."""
    steps = shop.call("GET", f"/v1/turns/{said[-1]['turn_id']}/steps").json()["data"]
    return _output(steps, "retrieve")


def _output(steps: list[dict[str, Any]], node: str) -> Any:
    return next(one["output"] for one in steps if one["node"] == node)


CAREFUL = {"thresholds": {"answer": 1.0, "offer": 1.0}, "curated": {"enabled": False}}


def _before(shop: Program, talk: str, turn: str, settings: dict[str, Any] | None = None) -> Any:
    body = {"turn_id": turn, "before": True} | ({"settings": settings} if settings else {})
    return shop.call("POST", f"/v1/conversations/{talk}/fork", json=body)


def test_a_fork_tries_other_settings_and_its_assistant_keeps_its_own(shop: Program) -> None:
    talk = shop.conversation()
    first = shop.say(talk, SWISS).json()
    second = shop.say(talk, "and how long does it take?").json()
    source, assistant = _read(shop, talk), f"/v1/assistants/{shop.assistant_id}"
    own = shop.call("GET", assistant).json()
    made = _before(shop, talk, first["turn_id"], CAREFUL).json()
    assert made["forked_settings"] == CAREFUL and _read(shop, made["conversation_id"]) == []
    careful = shop.say(made["conversation_id"], SWISS).json()
    assert careful["status"] == "waiting_for_operator"
    again = shop.say(_before(shop, talk, first["turn_id"]).json()["conversation_id"], SWISS).json()
    assert again["message"]["text"] == first["message"]["text"]
    notice = {"name": "prices", "text": {"en": "Prices may change."}}
    tried = {"answering": {"disclaimers": [notice]}, "curated": {"enabled": False}}
    later = _before(shop, talk, second["turn_id"], tried).json()
    assert [m["text"] for m in _read(shop, later["conversation_id"])] == [
        m["text"] for m in source[:2]
    ]
    told = shop.say(later["conversation_id"], "and how long does it take?").json()
    assert "3 to 5 days" in told["message"]["text"]  # it knows what was said before
    assert "Prices may change." in told["message"]["text"]
    within = _before(shop, later["conversation_id"], told["turn_id"]).json()["conversation_id"]
    assert len(_read(shop, within)) == 2  # what the fork took over is known before its first turn
    assert "3 to 5 days" in shop.say(within, "and how long?").json()["message"]["text"]
    inner = travel(shop, "fork", later["conversation_id"], told["turn_id"]).json()
    assert inner["forked_settings"] == tried
    assert shop.call("GET", assistant).json() == own and _read(shop, talk) == source


def test_only_what_a_contact_began_is_forked_before_it_began(shop: Program) -> None:
    talk = shop.conversation()
    handoff = shop.say(talk, VIOLIN).json()["handoff"]["handoff_id"]
    resolved = shop.call("POST", f"/v1/handoffs/{handoff}/resolve", json={"reply": "From May on."})
    problem(_before(shop, talk, resolved.json()["turn_id"]), 409, "conflict")


def test_other_settings_are_checked_and_need_the_right_to_change_assistants(
    shop: Program,
) -> None:
    talk = shop.conversation()
    turn = shop.say(talk, SWISS).json()["turn_id"]
    problem(_before(shop, talk, turn, {"thresholds": {"answer": 2}}), 422, "invalid")
    problem(_before(shop, talk, turn, {"tools": []}), 422, "invalid")
    twice = {"answering": {"guidance": [{"name": "a", "when": "x", "instructions": "y"}] * 2}}
    problem(_before(shop, talk, turn, twice), 422, "invalid")
    path = f"/v1/conversations/{talk}/fork"
    body = {"turn_id": turn, "before": True, "step": 1}
    problem(shop.call("POST", path, json=body), 422, "invalid")
    limited = call(
        shop.url,
        shop.key("conversations"),
        "POST",
        path,
        json={"turn_id": turn, "settings": CAREFUL},
    )
    problem(limited, 403, "denied")

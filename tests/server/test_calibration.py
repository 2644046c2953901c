"""Verdicts arise from what people do, and move an assistant's reading of the confidence."""

import json
from pathlib import Path
from typing import Any

import pytest

from graphs.deciding.confidence import MODEL
from server.commands.calibrate_command import read_labels
from server.learning.calibrating import Wish, calibrate, correction_of
from tenants.actors import SYSTEM
from tenants.configuring import calibrations
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Invalid
from tenants.ids import new_id
from tenants.lessons import verdicts
from tenants.lessons.verdicts import Labelled
from tests.seeds import Seeded, seed_tenant
from tests.server.conftest import Desk, Program, problem


@pytest.fixture
def shop(desk: Desk) -> Program:
    shop = desk.tenant("Calibrated")
    shop.teach("Do you ship to Norway?", "Yes, parcels to Norway take five working days.")
    return shop


def shown(shop: Program) -> dict[str, Any]:
    found = shop.call("GET", path(shop))
    assert found.status_code == 200, found.text
    return found.json()


def path(shop: Program) -> str:
    return f"/v1/assistants/{shop.assistant_id}/calibration"


def test_a_contacts_feedback_is_a_verdict_that_may_be_changed(shop: Program, desk: Desk) -> None:
    other = desk.tenant("Neighbour")
    conversation_id = shop.conversation()
    turn = shop.say(conversation_id, "Do you ship to Norway?").json()
    message_id = turn["message"]["message_id"]
    for helpful in (True, False):
        place = f"/v1/conversations/{conversation_id}/messages/{message_id}/feedback"
        assert shop.call("POST", place, json={"helpful": helpful}).status_code == 201
    assert shown(shop)["outcomes"] == {"feedback": 1}
    assert shown(other)["outcomes"] == {}
    problem(other.call("GET", path(shop)), 404, "not_found")


def test_an_operators_reply_is_a_verdict(shop: Program) -> None:
    turn = shop.say(shop.conversation(), "Do you repair electric bikes?").json()
    assert turn["status"] == "waiting_for_operator", turn
    handoff_id = turn["handoff"]["handoff_id"]
    body = {"reply": "Our workshop repairs electric bikes on Tuesdays."}
    resolved = shop.call("POST", f"/v1/handoffs/{handoff_id}/resolve", json=body)
    assert resolved.status_code == 200, resolved.text
    assert shown(shop)["outcomes"] == {"operator": 1}


def test_an_entry_made_of_what_was_asked_in_vain_is_a_verdict(shop: Program) -> None:
    shop.say(shop.conversation(), "Do you repair electric bikes?")
    [one] = shop.call("GET", "/v1/knowledge-suggestions").json()["data"]
    place = f"/v1/knowledge-suggestions/{one['suggestion_id']}/approve"
    approved = shop.call("POST", place, json={"answer": "Yes, on Tuesdays, in our workshop."})
    assert approved.status_code == 200, approved.text
    assert shown(shop)["outcomes"] == {"suggestion": 1}


def test_asking_for_a_person_after_an_answer_is_a_weak_verdict(shop: Program) -> None:
    conversation_id = shop.conversation()
    shop.say(conversation_id, "Do you ship to Norway?")
    shop.say(conversation_id, "I want to talk to a human please")
    assert shown(shop)["outcomes"] == {"asked_on": 1}


def test_an_unknown_revision_is_refused_and_a_reset_stops_learning(shop: Program) -> None:
    problem(shop.call("PUT", path(shop), json={"revision": 7}), 404, "not_found")
    problem(shop.call("PUT", path(shop), json={"revision": -1}), 422, "invalid")
    assert shop.call("DELETE", path(shop)).status_code == 204
    assert (shown(shop)["revision"], shown(shop)["automatic"]) == (0, False)
    again = shop.call("PUT", path(shop), json={"automatic": True})
    assert again.json()["automatic"] is True


async def _judged(pool: Pool, seeded: Seeded, *, rights: int, wrongs: int) -> None:
    """Labels of questions whose evidence looks alike: the product states the same of all."""
    features = {"cosine": 0.55, "lexical": 0.5, "lead": 0.2}
    labels = [Labelled(new_id(), number < rights, features) for number in range(rights + wrongs)]
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await verdicts.add_labels(conn, seeded.assistant_id, labels)


async def _learn(pool: Pool, seeded: Seeded, **wish: Any) -> Any:
    return await calibrate(
        pool,
        seeded.tenant_id,
        seeded.assistant_id,
        cause="command",
        actor=SYSTEM,
        wish=Wish(**wish),
    )


async def test_outcomes_make_a_revision_that_can_be_gone_back_from(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    await _judged(pool, seeded, rights=10, wrongs=110)
    tried = await _learn(pool, seeded, dry_run=True)
    assert not tried.changed and tried.revision == 0
    first = await _learn(pool, seeded)
    assert first.changed and first.revision == 1
    assert first.learnt.after["brier"] < first.learnt.before["brier"]
    again = await _learn(pool, seeded)
    assert not again.changed and again.revision == 1  # the same outcomes say nothing new
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        held = await calibrations.in_force(conn, seeded.assistant_id)
        assert held.model == MODEL
        assert correction_of(held)["revision"] == 1
        assert correction_of(calibrations.InForce(1, True, "older", held.correction)) == {}
        await calibrations.use(conn, seeded.assistant_id, revision=0)
        assert correction_of(await calibrations.in_force(conn, seeded.assistant_id)) == {}
        assert [one.revision for one in await calibrations.history(
            conn, seeded.assistant_id, limit=9)] == [1]  # fmt: skip
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        assert await calibrations.history(conn, seeded.assistant_id, limit=9) == []
        assert await verdicts.newest(conn, seeded.assistant_id) == []


async def test_few_outcomes_change_nothing(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    await _judged(pool, seeded, rights=4, wrongs=6)
    done = await _learn(pool, seeded)
    assert done.learnt.too_few and done.revision == 0


async def test_verdicts_change_nothing_where_that_is_switched_off(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    await _judged(pool, seeded, rights=10, wrongs=110)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await calibrations.use(conn, seeded.assistant_id, automatic=False)
    done = await calibrate(
        pool, seeded.tenant_id, seeded.assistant_id, cause="verdicts", actor=SYSTEM
    )
    assert not done.changed


def test_labels_are_read_line_by_line_and_a_bad_one_is_named(tmp_path: Path) -> None:
    good = tmp_path / "good.jsonl"
    good.write_text(json.dumps({"text": "Do you ship?", "answerable": True}) + "\n\n")
    [label] = read_labels(good)
    assert (label.text, label.answerable) == ("Do you ship?", True)
    bad = tmp_path / "bad.jsonl"
    bad.write_text(good.read_text() + '{"question": "?"}\n')
    with pytest.raises(Invalid, match="line 3"):
        read_labels(bad)

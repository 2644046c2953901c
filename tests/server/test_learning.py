"""What contacts asked in vain, what operators answered, and what a change of knowledge would do."""

import threading
import time
from typing import Any

import pytest

from tests.server.conftest import Desk, Program, problem

REPAIRS = (
    "Do you repair e-bikes?",
    "Can you fix my electric bike?",
    "Is an e-bike repair something you do?",
)
SUGGESTIONS = "/v1/knowledge-suggestions"


@pytest.fixture
def shop(desk: Desk) -> Program:
    shop = desk.tenant("Learning")
    shop.teach("Do you ship to Norway?", "Yes, parcels to Norway take five working days.")
    return shop


def ask(shop: Program, text: str, name: str = "Ada Marlow") -> dict[str, Any]:
    """A contact of their own asks in a conversation of their own."""
    body = {"assistant_id": shop.assistant_id, "contact": {"name": name}}
    begun = shop.call("POST", "/v1/conversations", json=body).json()
    return shop.say(begun["conversation_id"], text).json()


def listed(shop: Program, **query: str) -> list[dict[str, Any]]:
    found = shop.call("GET", SUGGESTIONS, params=query)
    assert found.status_code == 200, found.text
    return found.json()["data"]


def approve(shop: Program, suggestion: dict[str, Any], **body: Any) -> Any:
    path = f"{SUGGESTIONS}/{suggestion['suggestion_id']}/approve"
    return shop.call("POST", path, json=body)


def test_three_who_ask_the_same_in_vain_make_one_suggestion_that_answers_the_fourth(
    shop: Program, desk: Desk
) -> None:
    neighbour = desk.tenant("Neighbour")
    for name, text in zip(("Ann Poe", "Ben Oak", "Cleo Dunn"), REPAIRS, strict=True):
        assert ask(shop, text, name)["status"] == "waiting_for_operator"
    [one] = listed(shop, status="open", kind="unanswered_question", sort="asked")
    assert (one["asked"], one["contacts"], one["answer"]) == (3, 3, None)
    assert sorted(one["examples"]) == sorted(REPAIRS)
    assert listed(neighbour) == []
    path = f"{SUGGESTIONS}/{one['suggestion_id']}"
    problem(neighbour.call("GET", path), 404, "not_found")
    problem(neighbour.call("POST", f"{path}/approve", json={"answer": "x"}), 404, "not_found")
    refused = problem(approve(shop, one), 422, "invalid")
    assert refused["errors"][0]["where"] == "answer"
    approved = approve(shop, one, answer="Yes, our workshop repairs e-bikes in three days.")
    assert approved.status_code == 200, approved.text
    assert approved.json()["status"] == "approved" and approved.json()["document_id"]
    told = ask(shop, "Could you repair my e-bike?", "Dan Eck")
    assert told["status"] == "completed" and "three days" in told["message"]["text"]
    assert listed(shop, status="open") == []
    problem(approve(shop, one, answer="Again."), 409, "suggestion_decided")


def test_an_operators_answer_joins_the_question_that_was_asked_before(shop: Program) -> None:
    ask(shop, REPAIRS[1], "Ben Oak")
    [before] = listed(shop, status="open")
    asked = ask(shop, REPAIRS[0], "Ann Poe")
    operator = shop.key("conversations", "handoffs")
    limited = Program(shop.url, shop.tenant_id, shop.slug, operator, shop.knowledge_base_id, "")
    resolved = limited.call(
        "POST",
        f"/v1/handoffs/{asked['handoff']['handoff_id']}/resolve",
        json={"reply": "Hi Ann, yes, within three days.", "add_to_knowledge": True},
    )
    assert resolved.json()["learnt"]["suggestion_id"] == before["suggestion_id"]
    [one] = listed(shop, status="open")
    assert (one["kind"], one["asked"], one["contacts"]) == ("operator_answer", 2, 2)
    assert one["answer"] == "Yes, within three days." and one["removed"] == ["name"]
    assert approve(shop, one).json()["status"] == "approved"
    assert "three days" in ask(shop, REPAIRS[2])["message"]["text"]


def test_what_is_there_already_is_shown_and_may_take_the_answer(shop: Program) -> None:
    asked = ask(shop, "Do you ship to Iceland?")
    assert asked["status"] == "waiting_for_operator"
    [one] = listed(shop, status="open")
    [near] = [entry for entry in one["near"] if entry["question"] == "Do you ship to Norway?"]
    assert near["match"] == "near" and near["score"] > 0
    answer = "Yes, to Norway in five working days; we do not ship to Iceland."
    wrong = approve(shop, one, answer=answer, update_document_id=one["suggestion_id"])
    problem(wrong, 404, "not_found")
    done = approve(shop, one, answer=answer, update_document_id=near["document_id"]).json()
    assert (done["status"], done["document_id"]) == ("approved", near["document_id"])
    path = f"/v1/knowledge-bases/{shop.knowledge_base_id}/documents"
    [entry] = shop.call("GET", path).json()["data"]
    assert entry["document_id"] == near["document_id"] and entry["origin"]["kind"] == "suggestion"


def test_two_who_approve_at_once_publish_one_answer(shop: Program) -> None:
    ask(shop, REPAIRS[0])
    [one] = listed(shop, status="open")
    answers: dict[str, Any] = {}

    def send(text: str) -> None:
        answers[text] = approve(shop, one, answer=text)

    texts = [f"Yes, in {days} days." for days in (11, 12, 13, 14)]
    threads = [threading.Thread(target=send, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [text for text, response in answers.items() if response.status_code == 200]
    assert len(won) == 1, [response.text for response in answers.values()]
    for text in set(texts) - set(won):
        problem(answers[text], 409, "suggestion_decided")
    document_id = answers[won[0]].json()["document_id"]
    path = f"/v1/knowledge-bases/{shop.knowledge_base_id}/documents/{document_id}"
    assert shop.call("GET", path).json()["content"]["answer"] == won[0]


def test_approval_publishes_where_publishing_is_manual(shop: Program) -> None:
    base = f"/v1/knowledge-bases/{shop.knowledge_base_id}"
    changed = shop.call("PATCH", base, json={"publishing": "manual"})
    assert changed.status_code == 200, changed.text
    staged = {"question": "Do you sell kayaks?", "answer": "Yes, folding ones."}
    shop.call("POST", f"{base}/documents", json=staged)
    ask(shop, REPAIRS[0])
    [one] = listed(shop, status="open")
    assert approve(shop, one, answer="Yes, in three days.").status_code == 200
    assert "three days" in ask(shop, REPAIRS[1])["message"]["text"]
    assert ask(shop, "Do you sell kayaks?")["status"] == "waiting_for_operator"


def test_a_question_that_new_knowledge_answers_is_closed(shop: Program) -> None:
    ask(shop, "Do you sell gift vouchers?")
    [one] = listed(shop, status="open")
    shop.teach("Do you sell gift vouchers?", "Yes, from 20 euro on.")
    deadline = time.monotonic() + 60
    path = f"{SUGGESTIONS}/{one['suggestion_id']}"
    while (now := shop.call("GET", path).json()["status"]) == "open":
        assert time.monotonic() < deadline, "the periodic work did not close it"
        time.sleep(0.5)
    assert now == "answered"
    assert shop.call("POST", f"{path}/dismiss").json()["status"] == "dismissed"


def test_impact_splits_what_was_asked_by_what_a_version_does_to_it(
    shop: Program, desk: Desk
) -> None:
    ask(shop, "Do you ship to Norway?")
    for text in REPAIRS[:2]:
        ask(shop, text)
    ask(shop, REPAIRS[0])
    base = f"/v1/knowledge-bases/{shop.knowledge_base_id}"
    first = shop.call("GET", base).json()["version"]
    time.sleep(2.1)  # writes within two seconds share a version
    shop.teach("Do you repair e-bikes?", "Yes, our workshop repairs e-bikes.")
    body = {"version": "live", "against": first}
    done = shop.call("POST", f"{base}/impact", json=body)
    assert done.status_code == 200, done.text
    made = done.json()
    assert made["counts"]["newly_answered"] == 2, made
    assert made["counts"]["unchanged"] == 1 and made["questions"] == 3
    often = made["newly_answered"][0]
    assert (often["question"], often["asked"]) == (REPAIRS[0], 2)
    assert often["before"]["status"] == "unanswered" and often["before"]["answer"] is None
    assert "workshop" in often["after"]["answer"] and often["after"]["passages"][0]["title"]
    turned = shop.call("POST", f"{base}/impact", json={"version": first, "against": "live"}).json()
    assert turned["counts"]["no_longer_answered"] == 2
    kept = f"{base}/impact/{made['report_id']}"
    assert shop.call("GET", kept).json()["counts"] == made["counts"]
    neighbour = desk.tenant("Neighbour")
    problem(neighbour.call("GET", kept), 404, "not_found")
    problem(neighbour.call("POST", f"{base}/impact", json=body), 404, "not_found")
    problem(shop.call("POST", f"{base}/impact", json={"version": 9_999}), 404, "not_found")


def test_what_approving_would_change_is_found_without_changing_anything(
    shop: Program, desk: Desk
) -> None:
    for name, text in zip(("Ann Poe", "Ben Oak", "Cleo Dunn"), REPAIRS, strict=True):
        ask(shop, text, name)
    ask(shop, "Do you ship to Norway?")
    [one] = listed(shop, status="open")
    base = f"/v1/knowledge-bases/{shop.knowledge_base_id}"
    before = shop.call("GET", base).json()
    path = f"{SUGGESTIONS}/{one['suggestion_id']}/impact"
    problem(shop.call("GET", path), 422, "invalid")
    body = {"answer": "Yes, our workshop repairs e-bikes in three days."}
    tried = shop.call("POST", path, json=body)
    assert tried.status_code == 200, tried.text
    counts = tried.json()["counts"]
    assert counts["newly_answered"] >= 2 and counts["no_longer_answered"] == 0, tried.json()
    assert counts["unchanged"] >= 1 and tried.json()["questions"] == 4
    assert "three days" in tried.json()["newly_answered"][0]["after"]["answer"]
    assert shop.call("GET", base).json() == before
    assert len(shop.call("GET", f"{base}/documents").json()["data"]) == 1
    [same] = listed(shop, status="open")
    assert same["asked"] == 3
    problem(desk.tenant("Neighbour").call("POST", path, json=body), 404, "not_found")


def test_staged_changes_are_previewed_before_they_are_published(shop: Program) -> None:
    ask(shop, REPAIRS[0])
    ask(shop, "Do you ship to Norway?")
    base = f"/v1/knowledge-bases/{shop.knowledge_base_id}"
    problem(shop.call("POST", f"{base}/impact"), 409, "nothing_staged")
    entry = {"question": "Do you repair e-bikes?", "answer": "Yes, within three days."}
    shop.call("POST", f"{base}/documents?stage=true", json=entry)
    [old] = shop.call("GET", f"{base}/documents?version=live").json()["data"]
    shop.call("DELETE", f"{base}/documents/{old['document_id']}?stage=true")
    made = shop.call("POST", f"{base}/impact", json={"days": 7}).json()
    assert made["counts"] == {
        "newly_answered": 1, "changed": 0, "no_longer_answered": 1, "unchanged": 0,
        "still_unanswered": 0,
    }  # fmt: skip
    assert made["newly_answered"][0]["question"] == REPAIRS[0]
    assert made["no_longer_answered"][0]["after"]["answer"] is None
    assert ask(shop, REPAIRS[0])["status"] == "waiting_for_operator", "readers see nothing of it"
    assert shop.call("POST", f"{base}/versions", json={"note": "repairs"}).status_code == 201
    assert "three days" in ask(shop, REPAIRS[0])["message"]["text"]


def test_many_questions_are_previewed_by_a_job_that_shows_how_far_it_is(
    shop: Program, desk: Desk
) -> None:
    for n in range(22):
        ask(shop, f"Do you ship to Norway {'very ' * n}soon?")
    base = f"/v1/knowledge-bases/{shop.knowledge_base_id}"
    accepted = shop.call("POST", f"{base}/impact", json={"version": "live", "against": 0})
    assert accepted.status_code == 202, accepted.text
    job_id = accepted.json()["job_id"]
    deadline = time.monotonic() + 60
    while (job := shop.call("GET", f"/v1/jobs/{job_id}").json())["status"] != "succeeded":
        assert time.monotonic() < deadline and job["status"] in ("queued", "running"), job
        time.sleep(0.2)
    assert (job["done"], job["total"]) == (22, 22)
    assert job["result"]["counts"]["newly_answered"] > 10
    assert "Norway" not in str(job), "words lie in the report alone"
    report = shop.call("GET", f"{base}/impact/{job_id}").json()
    assert len(report["newly_answered"]) == job["result"]["counts"]["newly_answered"]
    problem(desk.tenant("Neighbour").call("GET", f"{base}/impact/{job_id}"), 404, "not_found")


def test_an_entry_is_tried_before_it_is_sent_beside_what_is_there_already(
    shop: Program, desk: Desk
) -> None:
    asked = ask(shop, REPAIRS[0], "Ann Poe")
    ask(shop, REPAIRS[1], "Ben Oak")
    ask(shop, "Do you ship to Norway?")
    base = f"/v1/knowledge-bases/{shop.knowledge_base_id}"
    before = shop.call("GET", base).json()
    handoff = f"/v1/handoffs/{asked['handoff']['handoff_id']}"
    path = f"{handoff}/entry-preview"
    entry = {"question": REPAIRS[0], "answer": "Yes, Ann Poe, our workshop does, in three days."}
    told = shop.call("POST", path, json=entry)
    assert told.status_code == 200, told.text
    tried = told.json()
    kept = "Yes, [name], our workshop does, in three days."
    removed = {"question": REPAIRS[0], "answer": kept, "removed": ["name"]}
    assert (tried["knowledge_base_id"], tried["entry"]) == (shop.knowledge_base_id, removed)
    assert tried["impact"]["questions"] == 3
    newly = [one["question"] for one in tried["impact"]["newly_answered"]]
    assert newly[0] == REPAIRS[0]  # what the handoff is about comes first
    assert tried["impact"]["counts"]["no_longer_answered"] == 0
    entry = {"question": "do you ship to Norway", "answer": "Yes, in a week."}
    [known] = shop.call("POST", path, json=entry).json()["near"]
    assert (known["match"], known["question"]) == ("identical", "Do you ship to Norway?")
    assert shop.call("GET", base).json() == before
    assert len(shop.call("GET", f"{base}/documents").json()["data"]) == 1
    assert shop.call("GET", handoff).json()["status"] == "waiting"
    problem(desk.tenant("Neighbour").call("POST", path, json=entry), 404, "not_found")
    problem(shop.call("POST", path, json={"question": "x"}), 422, "invalid")


def test_an_operators_own_name_is_no_knowledge(shop: Program) -> None:
    made = {"email": "tom@example.com", "name": "Tom Holm", "rights": []}
    operator_id = shop.call("POST", "/v1/operators", json=made).json()["operator_id"]
    asked = ask(shop, REPAIRS[0], "Ann Poe")
    body = {
        "reply": "Yes, Ann Poe, within three days. Regards, Tom",
        "add_to_knowledge": True,
        "operator_id": operator_id,
    }
    path = f"/v1/handoffs/{asked['handoff']['handoff_id']}/resolve"
    assert shop.call("POST", path, json=body).json()["learnt"]["kind"] == "suggestion"
    [one] = listed(shop, status="open")
    assert one["answer"] == "Yes, [name], within three days. Regards, [name]"
    assert [mark["field"] for mark in one["marks"]] == ["answer", "answer"]

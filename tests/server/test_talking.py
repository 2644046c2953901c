"""Messages and turns over HTTP: JSON, streams, repeats, handoffs, knowledge."""

import json
import threading
from typing import Any

import pytest

from tests import plain_http
from tests.server.conftest import Desk, Program, call, problem


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    shop = desk.tenant("Talking")
    shop.teach("Do you ship to Norway?", "Yes, parcels to Norway take five working days.")
    shop.teach("What does the Tarn tent cost?", "The Tarn tent costs 349 euros.")
    return shop


def frames(lines: Any) -> list[dict[str, Any]]:
    """Server-sent events as {"event", "id", "data"}."""
    found: list[dict[str, Any]] = []
    one: dict[str, Any] = {}
    for line in lines:
        if not line and one:
            found.append(one)
            one = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            one[name] = json.loads(value) if name == "data" else value
    return found


def stream(shop: Program, conversation_id: str, text: str) -> list[dict[str, Any]]:
    with plain_http.stream(
        "POST",
        f"{shop.url}/v1/conversations/{conversation_id}/messages",
        headers={"Authorization": f"Bearer {shop.api_key}", "Accept": "text/event-stream"},
        json={"text": text},
        timeout=30,
    ) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        return frames(response.iter_lines())


def test_a_known_question_is_answered_with_its_source(shop: Program) -> None:
    answered = shop.say(shop.conversation(), "Do you ship to Norway?").json()
    assert answered["status"] == "completed" and answered["handoff"] is None
    assert "five working days" in answered["message"]["text"]
    assert answered["citations"][0]["quote"] and answered["confidence"] > 0.5
    turn = shop.call("GET", f"/v1/turns/{answered['turn_id']}").json()
    assert turn == answered
    steps = shop.call("GET", f"/v1/turns/{answered['turn_id']}/steps").json()["data"]
    assert [s["node"] for s in steps][:2] == ["screen", "split"]


def test_a_streamed_turn_is_the_log_with_deltas_between(shop: Program) -> None:
    conversation_id = shop.conversation()
    seen = stream(shop, conversation_id, "Do you ship to Norway?")
    kinds = [frame["event"] for frame in seen]
    assert kinds[:2] == ["contact_message", "turn_started"]
    assert kinds[-2:] == ["message", "turn_ended"]
    said = "".join(f["data"]["text"] for f in seen if f["event"] == "message_delta")
    message = next(f["data"] for f in seen if f["event"] == "message")
    assert said == message["text"] != ""
    assert [int(f["id"]) for f in seen if "id" in f] == [1, 2, 3, 4]
    assert all("id" not in f for f in seen if f["event"] in ("message_delta", "sources"))


def test_events_go_on_from_the_last_id_that_was_seen(shop: Program) -> None:
    conversation_id = shop.conversation()
    shop.say(conversation_id, "Do you ship to Norway?")
    with plain_http.stream(
        "GET",
        f"{shop.url}/v1/conversations/{conversation_id}/events",
        headers={"Authorization": f"Bearer {shop.api_key}", "Last-Event-ID": "2"},
        timeout=30,
    ) as response:
        seen: list[str] = []
        for line in response.iter_lines():
            if line.startswith("id: "):
                seen.append(line[4:])
            if len(seen) == 2:
                shop.say(conversation_id, "What does the Tarn tent cost?")
            if len(seen) == 6:
                break
    assert seen == ["3", "4", "5", "6", "7", "8"]


def test_the_same_client_message_id_never_makes_a_second_turn(shop: Program) -> None:
    conversation_id = shop.conversation()
    answers: list[dict[str, Any]] = []

    def send() -> None:
        answered = shop.say(conversation_id, "Do you ship to Norway?", client_message_id="m-1")
        answers.append(answered.json())

    senders = [threading.Thread(target=send) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len({answer["turn_id"] for answer in answers}) == 1
    assert {answer["status"] for answer in answers} == {"completed"}
    transcript = shop.call("GET", f"/v1/conversations/{conversation_id}/messages").json()["data"]
    assert [message["author"] for message in transcript] == ["contact", "assistant"]


def test_without_waiting_the_turn_is_answered_later(shop: Program) -> None:
    conversation_id = shop.conversation()
    path = f"/v1/conversations/{conversation_id}/messages?wait=false"
    accepted = shop.call("POST", path, json={"text": "Do you ship to Norway?"})
    assert accepted.status_code == 202 and accepted.json()["status"] == "queued"
    events = f"/v1/conversations/{conversation_id}/events"
    with plain_http.stream(
        "GET",
        shop.url + events,
        headers={"Authorization": f"Bearer {shop.api_key}"},
        timeout=30,
    ) as response:
        for line in response.iter_lines():
            if line == "event: turn_ended":
                break
    turn = shop.call("GET", f"/v1/turns/{accepted.json()['turn_id']}").json()
    assert turn["status"] == "completed"


def test_many_messages_at_once_are_all_answered_in_order(shop: Program) -> None:
    conversation_id = shop.conversation()
    statuses: list[str] = []

    def send(number: int) -> None:
        sent = shop.say(conversation_id, f"Do you ship to Norway? ({number})")
        statuses.append(sent.json()["status"])

    senders = [threading.Thread(target=send, args=(n,)) for n in range(10)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert statuses == ["completed"] * 10
    path = f"/v1/conversations/{conversation_id}/messages?limit=100"
    transcript = shop.call("GET", path).json()["data"]
    assert sum(message["author"] == "contact" for message in transcript) == 10


def test_what_is_not_known_waits_for_an_operator_and_is_learnt(shop: Program) -> None:
    conversation_id = shop.conversation()
    asked = shop.say(conversation_id, "Can you repair my grandfather's violin?").json()
    assert asked["status"] == "waiting_for_operator"
    handoff_id = asked["handoff"]["handoff_id"]
    quiet = shop.say(conversation_id, "Hello?", client_message_id="q").json()
    assert quiet["status"] == "waiting_for_operator" and quiet["message"] is None
    again = shop.say(conversation_id, "Hello?", client_message_id="q").json()
    assert again["message_id"] == quiet["message_id"]
    [waiting] = shop.call("GET", f"/v1/conversations/{conversation_id}/interrupts").json()["data"]
    resume = f"/v1/conversations/{conversation_id}/interrupts/{waiting['interrupt_id']}/resume"
    problem(shop.call("POST", resume, json={"value": 7}), 422, "invalid")
    ola, kim = (operator(shop, name, rights=[]) for name in ("ola", "kim"))
    claim = f"/v1/handoffs/{handoff_id}/claim"
    assert shop.call("POST", claim, json={"operator_id": ola}).status_code == 200
    assert shop.call("POST", claim, json={"operator_id": ola}).status_code == 200
    problem(shop.call("POST", claim, json={"operator_id": kim}), 409, "handoff_taken")
    problem(shop.call("POST", claim), 409, "handoff_taken")
    value = {"reply": "Yes, our luthier repairs violins.", "add_to_knowledge": True}
    resumed = shop.call("POST", resume, json={"value": value, "operator_id": ola})
    assert resumed.status_code == 200, resumed.text
    assert resumed.json()["learnt"]["kind"] == "suggestion"
    problem(shop.call("POST", resume, json={"value": value}), 409, "interrupt_spent")
    wrong = resume.replace(waiting["interrupt_id"], "0" * 32)
    problem(shop.call("POST", wrong, json={"value": value}), 404, "not_found")
    problem(shop.call("POST", claim), 409, "handoff_closed")
    suggestion = resumed.json()["learnt"]["suggestion_id"]
    approve = f"/v1/knowledge-suggestions/{suggestion}/approve"
    problem(shop.call("POST", approve, json={"operator_id": ola}), 403, "denied")
    assert shop.call("POST", approve).json()["status"] == "approved"
    problem(shop.call("POST", approve), 409, "suggestion_decided")
    taught = shop.say(shop.conversation(), "Can you repair my grandfather's violin?").json()
    assert taught["status"] == "completed" and "luthier" in taught["message"]["text"]


def operator(shop: Program, name: str, rights: list[str]) -> str:
    body = {"email": f"{name}@example.com", "name": name, "rights": rights}
    made = shop.call("POST", "/v1/operators", json=body)
    assert made.status_code == 201, made.text
    return made.json()["operator_id"]


def test_an_idempotency_key_makes_one_thing(shop: Program) -> None:
    headers = {"Idempotency-Key": "only-once"}
    body = {"name": "Once", "knowledge": {"hours": "We open at nine."}}
    first = shop.call("POST", "/v1/assistants", json=body, headers=headers)
    again = shop.call("POST", "/v1/assistants", json=body, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json() and again.headers["idempotent-replayed"] == "true"
    other = shop.call("POST", "/v1/assistants", json=body | {"name": "x"}, headers=headers)
    problem(other, 422, "idempotency_reused")
    key = shop.call(
        "POST", "/v1/api-keys", json={"name": "k", "scopes": ["knowledge"]}, headers=headers
    )
    problem(key, 422, "idempotency_reused")
    secret = {"Idempotency-Key": "secret"}
    made = {"name": "k", "scopes": ["knowledge"]}
    first = shop.call("POST", "/v1/api-keys", json=made, headers=secret)
    kept = problem(shop.call("POST", "/v1/api-keys", json=made, headers=secret), 409, "conflict")
    assert kept["api_key_id"] == first.json()["api_key_id"] and "api_key" not in kept


def test_long_knowledge_is_a_job(shop: Program) -> None:
    same = "We open at nine and close at six on every working day of the week. " * 8
    entries = [{"hours": same}] * 4_000  # what is the same is embedded once
    made = shop.call("POST", "/v1/assistants", json={"name": "Long", "knowledge": entries})
    assert made.status_code == 202, made.text
    job_id = made.json()["job_id"]
    with plain_http.stream(
        "GET",
        f"{shop.url}/v1/jobs/{job_id}",
        headers={"Authorization": f"Bearer {shop.api_key}", "Accept": "text/event-stream"},
        timeout=120,
    ) as response:
        last = frames(response.iter_lines())[-1]["data"]
    assert last["status"] == "succeeded" and last["done"] == last["total"]


def test_an_answer_without_a_conversation_leaves_none(shop: Program) -> None:
    before = shop.call("GET", "/v1/conversations").json()["data"]
    path = f"/v1/assistants/{shop.assistant_id}/answer"
    history = [{"author": "contact", "text": "I like tents."}, {"author": "assistant", "text": "!"}]
    body = {"text": "What does the Tarn tent cost?", "history": history}
    answered = shop.call("POST", path, json=body).json()
    assert answered["status"] == "completed" and "349" in answered["text"]
    assert shop.call("GET", "/v1/conversations").json()["data"] == before


def test_lists_come_in_pages(shop: Program) -> None:
    made = {shop.conversation() for _ in range(5)}
    seen: set[str] = set()
    cursor: str | None = None
    for _ in range(60):
        query = "/v1/conversations?limit=2" + (f"&cursor={cursor}" if cursor else "")
        page = shop.call("GET", query).json()
        assert len(page["data"]) <= 2
        seen |= {one["conversation_id"] for one in page["data"]}
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert made <= seen and cursor is None


def test_the_inbox_tells_of_handoffs(desk: Desk, shop: Program) -> None:
    with plain_http.stream(
        "GET",
        f"{shop.url}/v1/inbox/events",
        headers={"Authorization": f"Bearer {shop.api_key}"},
        timeout=30,
    ) as response:
        asked = shop.say(shop.conversation(), "Do you sell submarines?").json()
        told: dict[str, str] = {}
        for line in response.iter_lines():
            if line.startswith("data: ") and "handoff_id" in line:
                told = json.loads(line[6:])
                if told["handoff_id"] == asked["handoff"]["handoff_id"]:
                    break
    assert (told["status"], told["reason"]) == ("waiting", "not_in_knowledge")
    assert "frontdesk_turns_total" in call(desk.url, None, "GET", "/metrics").text


def test_an_assistants_pause_is_a_setting_within_bounds(shop: Program) -> None:
    path = f"/v1/assistants/{shop.assistant_id}"
    changed = shop.call("PATCH", path, json={"dialogue": {"pause_minutes": 5}})
    assert changed.status_code == 200, changed.text
    assert shop.call("GET", path).json()["dialogue"] == {"pause_minutes": 5}
    problem(shop.call("PATCH", path, json={"dialogue": {"pause_minutes": 0}}), 422, "invalid")


def test_a_follow_up_over_http_is_searched_as_a_whole_question(shop: Program) -> None:
    conversation_id = shop.conversation()
    shop.say(conversation_id, "What does the Tarn tent cost?")
    shop.say(conversation_id, "great, thanks!")
    answered = shop.say(conversation_id, "and to Norway?").json()
    steps = shop.call("GET", f"/v1/turns/{answered['turn_id']}/steps").json()["data"]
    [split] = [s for s in steps if s["node"] == "split"]
    assert split["output"]["intents"][0]["query"] == "What does the Tarn tent cost to Norway"

"""What contacts think of answers and conversations, as the tenant's people read it."""

import pytest

from tests.server.conftest import Desk, Program, call, problem
from tests.server.test_access import session


@pytest.fixture
def shop(desk: Desk) -> Program:
    shop = desk.tenant("Judged")
    shop.teach("Do you ship to Norway?", "Yes, parcels to Norway take five working days.")
    return shop


def test_the_last_word_on_each_answer_and_on_the_whole_is_read(desk: Desk, shop: Program) -> None:
    talk = shop.conversation()
    place = f"/v1/conversations/{talk}"
    first, second = (
        shop.say(talk, "Do you ship to Norway?").json()["message"]["message_id"] for _ in range(2)
    )
    for message_id, opinion in (
        (first, {"helpful": True}),
        (second, {"helpful": True}),
        (first, {"helpful": False, "reason": "It is wrong"}),
    ):
        path = f"{place}/messages/{message_id}/feedback"
        assert shop.call("POST", path, json=opinion).status_code == 201
    for score in (1, 5):
        assert shop.call("POST", f"{place}/rating", json={"score": score}).status_code == 201
    other = shop.conversation()
    assert shop.call("POST", f"/v1/conversations/{other}/rating", json={"score": 2}).is_success
    found = shop.call("GET", f"{place}/feedback").json()
    assert found["next_cursor"] is None
    assert [(o["message_id"], o["helpful"], o["score"], o["reason"]) for o in found["data"]] == [
        (second, True, None, None),
        (first, False, None, "It is wrong"),
        (None, None, 5, None),
    ]
    problem(desk.tenant("Neighbour").call("GET", f"{place}/feedback"), 404, "not_found")


def test_a_contact_does_not_read_what_is_kept_of_opinions(shop: Program) -> None:
    known = session(shop)
    body = {"assistant_id": shop.assistant_id}
    talk = call(shop.url, known["token"], "POST", "/v1/conversations", json=body).json()
    path = f"/v1/conversations/{talk['conversation_id']}/feedback"
    problem(call(shop.url, known["token"], "GET", path), 403, "denied")

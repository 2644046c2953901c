"""A conversation by mail, over a real SMTP server: what is sent, to whom, how often, and by whom."""

import json
import re
from collections.abc import Iterator

import httpx2
import pytest

from tests import plain_http
from tests.databases import Database
from tests.server.conftest import Desk, Program, problem, serving
from tests.server.effects import until
from tests.smtp_loopback import MailHouse, mail_house

PRICE = "The evening course costs 145 pounds."
ASKED = "How much is the evening course?"


@pytest.fixture(scope="module")
def house() -> Iterator[MailHouse]:
    with mail_house() as made:
        yield made


@pytest.fixture(scope="module")
def mailing_desk(apart_database: Database, house: MailHouse) -> Iterator[Desk]:
    given = {"smtp_url": house.url, "mail_from": "desk@desk.example", "delivery_retry_seconds": 0.1}
    with serving(apart_database, **given) as desk:
        yield desk


@pytest.fixture
def program(mailing_desk: Desk, house: MailHouse) -> Program:
    house.taken.clear()
    house.answer, house.asked = lambda _to, _before: "250 ok", 0
    made = mailing_desk.tenant("Fern")
    made.teach(ASKED, PRICE)
    return made


def _talk(program: Program) -> str:
    conversation = program.conversation()
    assert program.say(conversation, ASKED).status_code == 200
    return conversation


def _mail(program: Program, conversation: str, **body: str) -> httpx2.Response:
    path = f"/v1/conversations/{conversation}/transcript-mails"
    return program.call("POST", path, json=body)


def test_both_sides_of_a_conversation_arrive_and_no_note(
    program: Program, house: MailHouse
) -> None:
    conversation = _talk(program)
    note = {"text": "He sounds tired."}
    assert program.call("POST", f"/v1/conversations/{conversation}/notes", json=note).is_success
    answered = _mail(program, conversation, to="ada@home.example", language="de-AT")
    assert (answered.status_code, answered.json()) == (202, {"status": "queued"})
    [came] = house.wait_for(1)
    assert (came.sender, came.to) == ("desk@desk.example", "ada@home.example")
    text = came.mail.get_content()
    assert ASKED in text and PRICE in text and "tired" not in text
    assert re.search(r"UTC  Sie\n", text) and came.mail["Subject"].startswith("Ihr Gespräch mit")
    assert came.mail["From"].addresses[0].display_name == "Fern"
    assert came.mail["Auto-Submitted"] == "auto-generated" and came.mail["Message-ID"]


def test_the_same_conversation_goes_once_and_again_when_more_was_said(
    program: Program, house: MailHouse
) -> None:
    conversation = _talk(program)
    assert _mail(program, conversation, to="ada@home.example").status_code == 202
    assert _mail(program, conversation, to="ada@home.example").status_code == 202
    assert program.say(conversation, "Thank you!").status_code == 200
    assert _mail(program, conversation, to="ada@home.example").status_code == 202
    house.wait_for(2)
    shown = program.call("GET", f"/v1/deliveries?conversation_id={conversation}").json()["data"]
    assert [one["kind"] for one in shown] == ["mail", "mail"]


def test_where_no_address_is_given_it_goes_to_the_contacts_own(
    program: Program, house: MailHouse
) -> None:
    contact = {"email": "bo@home.example", "name": "Bo"}
    body = {"assistant_id": program.assistant_id, "contact": contact}
    conversation = program.call("POST", "/v1/conversations", json=body).json()["conversation_id"]
    problem(_mail(program, conversation), 409, "conflict")  # nothing was said yet
    program.say(conversation, ASKED)
    assert _mail(program, conversation).status_code == 202
    assert house.wait_for(1)[0].to == "bo@home.example"
    problem(_mail(program, _talk(program)), 422, "invalid")


def test_nobody_writes_to_many_or_often(program: Program, house: MailHouse) -> None:
    conversation = _talk(program)
    for name in ("a", "b"):
        assert _mail(program, conversation, to=f"{name}@home.example").status_code == 202
    refused = problem(_mail(program, conversation, to="c@home.example"), 429, "rate_limited")
    assert refused["retry_after_seconds"] > 0
    for _ in range(4):  # from conversation to conversation the address has enough, too
        assert _mail(program, _talk(program), to="A@home.example").status_code == 202
    problem(_mail(program, _talk(program), to="a@home.example"), 429, "rate_limited")
    house.wait_for(6)


@pytest.mark.parametrize(
    "address",
    ["", "ada", "a@b", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "a b@c.example",
     "<a@b.example>", "a@-b.example", f"{'a' * 65}@b.example", "ä@b.example"],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(program: Program, address: str) -> None:
    problem(_mail(program, _talk(program), to=address), 422, "invalid")


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(
    program: Program, house: MailHouse
) -> None:
    house.answer = lambda _to, before: "451 later" if before == 0 else "250 ok"
    assert _mail(program, _talk(program), to="ada@home.example").status_code == 202
    house.wait_for(1)
    house.answer = lambda _to, _before: "550 nobody of that name"
    conversation = _talk(program)
    assert _mail(program, conversation, to="gone@home.example").status_code == 202
    path = f"/v1/deliveries?conversation_id={conversation}&state=dead"
    dead = until(lambda: program.call("GET", path).json()["data"], "the dead mail")
    assert dead[0]["attempts"] == 1 and "550" in json.dumps(dead)


def test_a_visitor_sends_their_own_conversation_alone(
    mailing_desk: Desk, program: Program, house: MailHouse
) -> None:
    headers = {"Origin": mailing_desk.url}
    opened = plain_http.post(
        f"{mailing_desk.url}/v1/widget/sessions",
        json={"assistant_id": program.assistant_id},
        headers=headers,
        timeout=30,
    )
    bearer = headers | {"Authorization": f"Bearer {opened.json()['token']}"}
    place = f"{mailing_desk.url}/v1/conversations"
    body = {"assistant_id": program.assistant_id}
    own = plain_http.post(place, json=body, headers=bearer, timeout=30).json()["conversation_id"]
    plain_http.post(f"{place}/{own}/messages", json={"text": ASKED}, headers=bearer, timeout=30)
    to = {"to": "ada@home.example"}
    sent = plain_http.post(f"{place}/{own}/transcript-mails", json=to, headers=bearer, timeout=30)
    assert sent.status_code == 202
    other = f"{place}/{_talk(program)}/transcript-mails"
    problem(plain_http.post(other, json=to, headers=bearer, timeout=30), 404, "not_found")
    house.wait_for(1)


def test_a_desk_without_a_mail_server_says_so_and_offers_none(desk: Desk) -> None:
    program = desk.tenant("Bare")
    page = plain_http.get(f"{desk.url}/widget/{program.assistant_id}", timeout=30).text
    assert '"mails": false' in page
    problem(_mail(program, _talk(program), to="ada@home.example"), 409, "conflict")

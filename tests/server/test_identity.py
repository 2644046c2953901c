"""Who a contact is: identity secrets in generations, joined identities, knowledge for the verified."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from tests.server.conftest import Desk, Program, call, problem
from tests.server.test_access import session

SECRET_PATH = "/v1/widget/identity-secret"


@pytest.fixture
def shop(desk: Desk) -> Program:
    return desk.tenant("Identity")


def _token(secret: str, subject: str = "customer-7") -> str:
    ends = datetime.now(UTC) + timedelta(minutes=5)
    claims = {"sub": subject, "aud": "frontdesk.identity", "exp": ends}
    return jwt.encode(claims, secret, algorithm="HS256")


def _refused(shop: Program, token: str) -> None:
    body = {"assistant_id": shop.assistant_id, "identity_token": token}
    headers = {"Origin": shop.url}
    refusal = call(shop.url, None, "POST", "/v1/widget/sessions", json=body, headers=headers)
    problem(refusal, 401, "unauthenticated")


def test_two_secrets_are_good_until_the_older_is_retired(shop: Program) -> None:
    old = shop.call("GET", SECRET_PATH).json()["identity_secret"]
    problem(shop.call("POST", f"{SECRET_PATH}/retire"), 409, "conflict")
    rotated = shop.call("POST", f"{SECRET_PATH}/rotate").json()
    new = rotated["identity_secret"]
    assert rotated["older_identity_secret"] == old != new
    problem(shop.call("POST", f"{SECRET_PATH}/rotate"), 409, "conflict")
    by_old, by_new = (session(shop, identity_token=_token(one)) for one in (old, new))
    assert by_old["contact_id"] == by_new["contact_id"]
    assert shop.call("POST", f"{SECRET_PATH}/retire").json()["older_identity_secret"] is None
    _refused(shop, _token(old))
    assert session(shop, identity_token=_token(new))["identity_level"] == "verified"


def test_what_a_browser_said_before_joins_the_verified_identity(desk: Desk, shop: Program) -> None:
    secret = shop.call("GET", SECRET_PATH).json()["identity_secret"]
    before = session(shop)
    body = {"assistant_id": shop.assistant_id}
    talk = call(shop.url, before["token"], "POST", "/v1/conversations", json=body).json()
    known = session(shop, identity_token=_token(secret), return_token=before["return_token"])
    path = f"/v1/conversations/{talk['conversation_id']}"
    assert call(shop.url, known["token"], "GET", path).status_code == 200
    problem(call(shop.url, before["token"], "GET", path), 404, "not_found")
    # another customer on the same browser does not inherit what the first one said
    other = session(
        shop, identity_token=_token(secret, "customer-8"), return_token=before["return_token"]
    )
    problem(call(shop.url, other["token"], "GET", path), 404, "not_found")
    foreign = session(desk.tenant("Abroad"))
    session(shop, identity_token=_token(secret), return_token=foreign["return_token"])


def _asks(shop: Program, who: dict[str, str], text: str) -> dict[str, Any]:
    body = {"assistant_id": shop.assistant_id}
    talk = call(shop.url, who["token"], "POST", "/v1/conversations", json=body).json()
    path = f"/v1/conversations/{talk['conversation_id']}/messages"
    said = call(shop.url, who["token"], "POST", path, json={"text": text})
    assert said.status_code == 200, said.text
    return said.json()


def _reason(shop: Program, turn: dict[str, Any]) -> str | None:
    return shop.call("GET", f"/v1/turns/{turn['turn_id']}/explanation").json()["reason"]


def test_knowledge_for_verified_contacts_is_closed_to_others(shop: Program) -> None:
    shop.teach("What is the members' door code?", "The members' door code is 7391 this season.")
    question = "What is the members' door code?"
    secret = shop.call("GET", SECRET_PATH).json()["identity_secret"]
    stranger = session(shop)
    assert "7391" in str(_asks(shop, stranger, question))
    path = f"/v1/knowledge-bases/{shop.knowledge_base_id}"
    assert shop.call("PATCH", path, json={"verified_only": True}).json()["verified_only"]
    refused = _asks(shop, stranger, question)
    assert "7391" not in str(refused)
    assert _reason(shop, refused) == "identity_needed"
    unrelated = _asks(shop, stranger, "Do you repair violins from the 18th century?")
    assert _reason(shop, unrelated) != "identity_needed"
    known = session(shop, identity_token=_token(secret))
    assert "7391" in str(_asks(shop, known, question)["message"])

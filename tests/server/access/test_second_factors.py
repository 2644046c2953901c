"""Second factors of operators: enrolled, asked for, good once, slowed down, required, reset."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import psycopg
import pytest

from server.access.totp import STEP_SECONDS, code_at
from tests.databases import Database
from tests.server.browser import Browser, link
from tests.server.conftest import Desk, Program, problem

PASSWORD = "correct horse 42 battery"
PATH = "/v1/session/second-factor"


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    return desk.tenant("Factored")


class Person:
    """An operator with a password and an authenticator app."""

    def __init__(self, shop: Program, role: str = "operator") -> None:
        self.shop = shop
        self.email = f"{os.urandom(5).hex()}@a.example"
        body = {"email": self.email, "name": "Robin", "role": role}
        invited = shop.call("POST", "/v1/invitations", json=body).json()
        token = invited["path"].partition("#invitation=")[2]
        self.browser = Browser(shop.url)
        given = {"invitation_token": token, "password": PASSWORD}
        accepted = self.browser.call("POST", "/v1/session/accept-invitation", json=given)
        assert accepted.status_code == 201, accepted.text
        self.operator_id: str = accepted.json()["operator_id"]
        self.secret = ""
        self.step = 0

    def enrol(self) -> list[str]:
        """Enrolled; the recovery codes."""
        self.secret = self.browser.call("POST", PATH).json()["secret"]
        given = {"code": self.code()}
        made = self.browser.call("POST", f"{PATH}/confirm", json=given)
        assert made.status_code == 200, made.text
        return made.json()["recovery_codes"]

    def code(self) -> str:
        """A code that was not used before: of this step, and the second time of the next one."""
        self.step = max(self.step + 1, int(time.time() // STEP_SECONDS))
        return code_at(self.secret, self.step)

    def signing_in(self, code: str | None = None, password: str = PASSWORD) -> httpx2.Response:
        given: dict[str, Any] = {"tenant": self.shop.slug, "email": self.email}
        given |= {"password": password} | ({"code": code} if code else {})
        return Browser(self.shop.url).call("POST", "/v1/session", json=given)


def test_a_confirmed_factor_is_asked_for_and_its_codes_are_good_once(shop: Program) -> None:
    person = Person(shop)
    begun = person.browser.call("POST", PATH).json()
    assert begun["otpauth_uri"].startswith("otpauth://totp/Frontdesk%20Factored")
    assert begun["secret"] in begun["otpauth_uri"] and begun["qr_svg"].startswith("data:image/svg")
    assert person.signing_in().status_code == 201  # not confirmed: not asked for
    wrong = person.browser.call("POST", f"{PATH}/confirm", json={"code": "000000"})
    problem(wrong, 403, "denied")
    codes = person.enrol()
    assert len(set(codes)) == 10
    problem(person.signing_in(), 401, "second_factor_needed")
    problem(person.signing_in(password=PASSWORD + "x"), 401, "unauthenticated")
    code = person.code()
    assert person.signing_in(code).status_code == 201
    problem(person.signing_in(code), 401, "unauthenticated")  # used
    problem(person.browser.call("POST", PATH), 409, "conflict")
    shown = person.browser.call("GET", PATH).json()
    assert shown["confirmed_at"] and shown["recovery_codes_left"] == 10
    logged = shop.call("GET", f"/v1/audit?actor_id={person.operator_id}").json()["data"]
    assert {"confirm_second_factor", "sign_in_refused"} <= {one["action"] for one in logged}


def test_a_link_asks_for_the_factor_too_and_is_not_spent_by_a_wrong_code(shop: Program) -> None:
    person = Person(shop)
    person.enrol()
    given = {"link_token": link(shop, person.operator_id)}
    browser = Browser(shop.url)
    needed = browser.call("POST", "/v1/session", json=given)
    problem(needed, 401, "second_factor_needed")
    wrong = browser.call("POST", "/v1/session", json=given | {"code": "000000"})
    problem(wrong, 401, "unauthenticated")
    right = browser.call("POST", "/v1/session", json=given | {"code": person.code()})
    assert right.status_code == 201, right.text


def test_recovery_codes_are_good_once_and_for_their_operator_alone(shop: Program) -> None:
    person, other = Person(shop), Person(shop)
    codes, _ = person.enrol(), other.enrol()
    problem(other.signing_in(codes[0]), 401, "unauthenticated")
    assert person.signing_in(codes[0].upper().replace("-", " ")).status_code == 201
    problem(person.signing_in(codes[0]), 401, "unauthenticated")
    with ThreadPoolExecutor(4) as at_once:  # the same code at once: one is in
        codes_seen = list(at_once.map(lambda _: person.signing_in(codes[1]).status_code, range(4)))
    assert sorted(codes_seen) == [201, 401, 401, 401]
    fresh = person.browser.call("POST", f"{PATH}/recovery-codes", json={"code": codes[2]}).json()
    problem(person.signing_in(codes[3]), 401, "unauthenticated")
    assert person.signing_in(fresh["recovery_codes"][0]).status_code == 201


def test_guessing_codes_is_slowed_down_whatever_the_password(shop: Program) -> None:
    person = Person(shop)
    codes = person.enrol()
    with ThreadPoolExecutor(4) as at_once:
        tried = list(at_once.map(lambda n: person.signing_in(f"{n:06}").status_code, range(12)))
    assert set(tried) == {401, 429}
    problem(person.signing_in(codes[0]), 429, "rate_limited")
    other = Person(shop)
    assert other.signing_in().status_code == 201


def test_an_administrator_resets_the_factor_of_who_lost_theirs(desk: Desk, shop: Program) -> None:
    person, admin = Person(shop), Person(shop, "admin")
    person.enrol()
    path = f"/v1/operators/{person.operator_id}/second-factor"
    problem(person.browser.call("DELETE", path), 403, "denied")
    problem(desk.tenant("Resetting").call("DELETE", path), 404, "not_found")
    assert admin.browser.call("DELETE", path).status_code == 204
    problem(person.browser.call("GET", "/v1/session"), 401, "unauthenticated")
    assert person.signing_in().status_code == 201
    problem(admin.browser.call("DELETE", path), 404, "not_found")
    logged = shop.call("GET", "/v1/audit?action=reset_second_factor").json()["data"]
    assert logged[0]["subject"] == f"operator:{person.operator_id}"
    owner = Person(shop, "owner")
    owner.enrol()
    theirs = f"/v1/operators/{owner.operator_id}/second-factor"
    problem(admin.browser.call("DELETE", theirs), 403, "denied")


def test_one_gives_up_ones_own_factor_with_a_code(shop: Program) -> None:
    person = Person(shop)
    codes = person.enrol()
    wrong = person.browser.call("POST", f"{PATH}/remove", json={"code": "000000"})
    problem(wrong, 403, "denied")
    given = {"code": codes[0]}
    assert person.browser.call("POST", f"{PATH}/remove", json=given).status_code == 204
    assert person.signing_in().status_code == 201


def test_where_it_is_required_a_session_without_one_can_do_nothing_but_enrol(desk: Desk) -> None:
    shop = desk.tenant("Requiring")
    person = Person(shop, "admin")
    rules = "/v1/sign-in-rules"
    assert person.browser.call("GET", rules).json() == {"second_factor_required": False}
    changed = person.browser.call("PUT", rules, json={"second_factor_required": True})
    assert changed.status_code == 200, changed.text
    for path in ("/v1/handoffs", "/v1/api-keys", rules, "/v1/conversations"):
        problem(person.browser.call("GET", path), 403, "second_factor_required")
    fresh = person.signing_in().json()
    assert fresh["must_enrol"] and not fresh["has_second_factor"]
    assert shop.call("GET", "/v1/handoffs").status_code == 200  # programs have no second factor
    person.enrol()
    assert person.browser.call("GET", "/v1/handoffs").status_code == 200
    logged = shop.call("GET", "/v1/audit?action=put_sign_in_rules").json()["data"]
    assert logged[0]["details"]["after"] == {"second_factor_required": True}
    assert person.browser.call("PUT", rules, json={}).status_code == 200
    assert Person(shop).browser.call("GET", "/v1/handoffs").status_code == 200


def test_secrets_and_codes_are_nowhere_in_the_database(
    shop: Program, desk_database: Database
) -> None:
    person = Person(shop)
    codes = person.enrol()
    words = [person.secret, *codes, *(one.replace("-", "") for one in codes)]
    with psycopg.connect(desk_database.superuser) as conn:
        for table in ("second_factors", "recovery_codes", "audit_log", "idempotency_keys"):
            found = conn.execute(f"select t::text from {table} t").fetchall()  # pyright: ignore[reportArgumentType, reportCallIssue]
            assert found or table == "idempotency_keys"
            for word in words:
                told = (word, word.encode().hex())
                assert not any(one in row[0] for one in told for row in found), table

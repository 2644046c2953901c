"""Tokens that somebody made up, moved or changed: none of them is taken, by any reader."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from server.access.contact_tokens import (
    AUDIENCE,
    IDENTITY_AUDIENCE,
    TICKET_AUDIENCE,
    ContactTokens,
)
from tenants.errors import Unauthenticated
from tenants.ids import new_id
from tenants.keys.secrets import derived_key

MASTER = b"m" * 32
KEY = derived_key(MASTER, "contact-token")
TOKENS = ContactTokens(MASTER)
TENANT, CONTACT = new_id(), new_id()
SECRET = TOKENS.identity_secret(TENANT, 0)


def _soon(seconds: float = 300) -> float:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).timestamp()


def _part(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


OURS: dict[str, Any] = {"aud": AUDIENCE, "sub": str(CONTACT), "tenant": str(TENANT), "exp": _soon()}
THEIRS: dict[str, Any] = {"aud": IDENTITY_AUDIENCE, "sub": "customer-7", "exp": _soon()}


def _signed(
    claims: dict[str, Any],
    key: Any = KEY,
    *,
    algorithm: str = "HS256",
    headers: dict[str, Any] | None = None,
) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def _without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in claims.items() if key != name}


def _by_another_tenant() -> str:
    return _signed(THEIRS, TOKENS.identity_secret(new_id(), 0))


ENDLESS = ', "exp": 1e400}'


def _by_hand(claims: str) -> str:
    """Signed with our key, whatever it says."""
    said = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    signature = hmac.new(KEY, said.encode(), hashlib.sha256).digest()
    return f"{said}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


GOOD = _signed(OURS)
_HEAD, _BODY, _SIGNATURE = GOOD.split(".")

CONTACTS: dict[str, str] = {
    "nothing": "",
    "dots": "..",
    "no base64": "!.!.!",
    "cut": GOOD[:-2],
    "longer": GOOD + "AA",
    "without a signature": f"{_HEAD}.{_BODY}.",
    "unsigned": _signed(OURS, "", algorithm="none"),
    "unsigned by another spelling": f"{_part({'alg': 'NonE', 'typ': 'JWT'})}.{_BODY}.",
    "another algorithm of ours": _signed(OURS, b"x" * 64, algorithm="HS512"),
    "our key by HS512": _signed(OURS, KEY * 2, algorithm="HS512"),
    "another key": _signed(OURS, b"x" * 32),
    "an empty key": f"{_HEAD}.{_BODY}.{_part('')}",
    "other claims under the same signature": f"{_HEAD}.{_part(OURS | {'sub': str(new_id())})}.{_SIGNATURE}",
    "another header under the same signature": f"{_part({'alg': 'HS256'})}.{_BODY}.{_SIGNATURE}",
    "a critical header": _signed(OURS, headers={"crit": ["b64"], "b64": False}),
    "a key of its own": _signed(OURS, headers={"jwk": {"kty": "oct", "k": _part("x" * 32)}}),
    "an address of keys": _signed(OURS, headers={"jku": "https://evil.example/keys"}),
    "another type": _signed(OURS, headers={"typ": "at+jwt"}),
    "expired": _signed(OURS | {"exp": _soon(-1)}),
    "without an end": _signed(_without(OURS, "exp")),
    "an end that is no number": _signed(OURS | {"exp": "soon"}),
    "an endless end": _by_hand(json.dumps(OURS)[:-1] + ENDLESS),
    "not yet": _signed(OURS | {"nbf": _soon(3_600)}),
    "without an audience": _signed(_without(OURS, "aud")),
    "several audiences": _signed(OURS | {"aud": [AUDIENCE, "x"]}),
    "a return token": TOKENS.returning_with(TENANT, CONTACT),
    "a ticket": _signed(OURS | {"aud": TICKET_AUDIENCE}),
    "an identity token": _signed(THEIRS, SECRET),
    "without a subject": _signed(_without(OURS, "sub")),
    "a subject that is no id": _signed(OURS | {"sub": "x"}),
    "a subject that is a number": _signed(OURS | {"sub": 7}),
    "without a tenant": _signed(_without(OURS, "tenant")),
    "an id in capitals": _signed(OURS | {"sub": str(CONTACT).upper()}),
    "claims that are a list": _by_hand("[1]"),
    "claims of endless depth": _by_hand("[" * 100_000),
}

IDENTITIES: dict[str, str] = {
    "our own contact token": GOOD,
    "signed with a contact token's key": _signed(THEIRS),
    "signed by another tenant": _by_another_tenant(),
    "unsigned": _signed(THEIRS, "", algorithm="none"),
    "longer than ten minutes": _signed(THEIRS | {"exp": _soon(3_600)}, SECRET),
    "for ever": _signed(THEIRS | {"exp": 1e300}, SECRET),
    "expired": _signed(THEIRS | {"exp": _soon(-31)}, SECRET),
    "without an end": _signed(_without(THEIRS, "exp"), SECRET),
    "without an audience": _signed(_without(THEIRS, "aud"), SECRET),
    "a contact's audience": _signed(THEIRS | {"aud": AUDIENCE}, SECRET),
    "a list of audiences": _signed(THEIRS | {"aud": [IDENTITY_AUDIENCE]}, SECRET),
    "nobody": _signed(THEIRS | {"sub": ""}, SECRET),
    "an endless name": _signed(THEIRS | {"sub": "x" * 201}, SECRET),
    "a name of two lines": _signed(THEIRS | {"sub": "a\nb"}, SECRET),
    "a name with space around": _signed(THEIRS | {"sub": " customer-7"}, SECRET),
    "a number": _signed(THEIRS | {"sub": 7}, SECRET),
    "by HS384": _signed(THEIRS, SECRET + "x" * 8, algorithm="HS384"),
    "the secret of a generation that ended": _signed(THEIRS, TOKENS.identity_secret(TENANT, 2)),
}


def test_there_are_enough_forgeries() -> None:
    assert len(CONTACTS) + len(IDENTITIES) >= 40


@pytest.mark.parametrize("forged", CONTACTS.values(), ids=CONTACTS.keys())
def test_no_reader_of_ours_takes_a_forged_token(forged: str) -> None:
    with pytest.raises(Unauthenticated):
        TOKENS.caller(forged)
    with pytest.raises(Unauthenticated):
        TOKENS.read_ticket(forged)
    with pytest.raises(Unauthenticated):
        TOKENS.verified_subject(new_id(), forged, [0, 1])


@pytest.mark.parametrize("forged", IDENTITIES.values(), ids=IDENTITIES.keys())
def test_nobody_is_verified_by_a_forged_identity_token(forged: str) -> None:
    with pytest.raises(Unauthenticated):
        TOKENS.verified_subject(TENANT, forged, [1, 0])


def test_what_is_right_is_taken() -> None:
    theirs = THEIRS | {"exp": _soon()}  # the module was read long before, on a busy machine
    assert TOKENS.caller(_signed(OURS | {"exp": _soon()})).contact_id == CONTACT
    assert TOKENS.verified_subject(TENANT, _signed(theirs, SECRET), [1, 0]) == "customer-7"
    newer = TOKENS.identity_secret(TENANT, 1)
    assert newer != SECRET
    assert TOKENS.verified_subject(TENANT, _signed(theirs, newer), [1, 0]) == "customer-7"
    assert TOKENS.returning(TENANT, TOKENS.returning_with(TENANT, CONTACT)) == CONTACT
    with pytest.raises(Unauthenticated):
        TOKENS.returning(new_id(), TOKENS.returning_with(TENANT, CONTACT))

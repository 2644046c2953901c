"""One-time passwords: the vectors of RFC 6238, and clocks that are a little off."""

import base64

import pytest

from server.access.totp import STEP_SECONDS, code_at, new_secret, otpauth_uri, step_of

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    step = seconds // STEP_SECONDS
    assert code_at(RFC_SECRET, step, digits=8) == code
    assert code_at(RFC_SECRET, step) == code[2:]


def test_a_clock_may_be_one_step_off_and_no_more() -> None:
    now = 1_000_000_020.0
    here = int(now // STEP_SECONDS)
    found = [step_of(RFC_SECRET, code_at(RFC_SECRET, here + off), now=now) for off in range(-2, 3)]
    assert found == [None, here - 1, here, here + 1, None]
    assert step_of(RFC_SECRET, "١٢٣٤٥٦", now=now) is None


def test_every_secret_is_another_and_the_address_holds_it() -> None:
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50 and {len(one) for one in secrets} == {32}
    uri = otpauth_uri("ABC", issuer="Frontdesk Müller & Co", name="a@b.example")
    assert uri.startswith("otpauth://totp/Frontdesk%20M%C3%BCller%20%26%20Co%3Aa@b.example?")
    assert "secret=ABC&issuer=Frontdesk%20M%C3%BCller%20%26%20Co" in uri

"""Signatures as the specification has them, and nothing that only looks like one."""

import pytest

from tenants.errors import Unauthenticated
from tools.webhook_signing import new_secret, signed_headers, verified

# the published example of the specification
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers(**other: str) -> dict[str, str]:
    signed = signed_headers([SECRET], ID, at_seconds=AT, body=BODY)
    return signed | {f"webhook-{name}": value for name, value in other.items()}


def test_the_published_example_is_signed_and_read() -> None:
    assert headers()["webhook-signature"] == SIGNATURE
    assert verified([SECRET], headers(), BODY, now_seconds=AT + 10) == ID


def test_while_a_secret_is_replaced_both_count() -> None:
    new = new_secret()
    signed = signed_headers([new, SECRET], ID, at_seconds=AT, body=BODY)
    for known in ([SECRET], [new], [new_secret(), SECRET]):
        assert verified(known, signed, BODY, now_seconds=AT) == ID


@pytest.mark.parametrize(
    "wrong",
    [{"id": "other"}, {"timestamp": str(AT + 1)}, {"timestamp": "-1"}, {"timestamp": "x"},
     {"timestamp": "١"}, {"timestamp": "9" * 40}, {"signature": ""}, {"signature": "v1,"},
     {"signature": "v1,\xff"}, {"signature": SIGNATURE.replace("v1,", "v2,")}, {"id": ""},
     {"signature": "v1,!!!! " * 1_000}],
)  # fmt: skip
def test_what_does_not_fit_is_nobody(wrong: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        verified([SECRET], headers(**wrong), BODY, now_seconds=AT)


def test_other_bytes_another_secret_or_another_day_are_nobody() -> None:
    for secret, body, now in (
        (SECRET, BODY + b" ", AT),
        (new_secret(), BODY, AT),
        (SECRET, BODY, AT + 301),
        (SECRET, BODY, AT - 301),
    ):
        with pytest.raises(Unauthenticated):
            verified([secret], headers(), body, now_seconds=now)

"""JSON as requests bring it: what is kept, and what is refused with a reason."""

import json

import pytest

from server.admitting.intake import parse_json
from server.errors import MalformedBody


def test_plain_json_is_kept_as_it_is() -> None:
    value = {"a": [1, 2.5, None, True, "ü 😀 \\u0000"], "b": {"c": []}}
    assert parse_json(json.dumps(value).encode(), max_depth=10) == value


def test_surrogate_pairs_are_characters() -> None:
    assert parse_json(b'"\\ud83d\\ude00"', max_depth=10) == "😀"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"[" * 10_000 + b"]" * 10_000, "nested"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "nested"),
        (b'"\\u0000"', "NUL"),
        (b'{"a\\u0000": 1}', "NUL"),
        (b'"\\ud800"', "surrogate"),
        (b'"\xff"', "UTF-8"),
        (b"NaN", "NaN"),
        (b"[1e999]", "too large"),
        (b"1" * 5_000, "cannot be kept"),
    ],
)
def test_what_cannot_be_kept_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(MalformedBody, match=says):
        parse_json(body, max_depth=100)


def test_a_syntax_error_keeps_its_place() -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        parse_json(b'{"a": }', max_depth=100)
    assert caught.value.pos == 6


def test_depth_up_to_the_limit_is_allowed() -> None:
    deep = b"[" * 100 + b"]" * 100
    assert parse_json(deep, max_depth=100) is not None
    with pytest.raises(MalformedBody):
        parse_json(b"[" + deep + b"]", max_depth=100)

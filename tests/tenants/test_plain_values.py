"""Ids, codec, blocks, slugs and personal data: no database needed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.errors import Invalid, TooLarge
from tenants.ids import new_id, parse_id
from tenants.keys import codec
from tenants.lessons.personal_data import clean
from tenants.tenants import check_slug, check_time_zone, make_slug
from tenants.transcripts.blocks import parse_blocks, text_of


def test_ids_are_version_7_and_sort_by_time() -> None:
    first = new_id()
    time.sleep(0.002)
    second = new_id()
    assert first.version == second.version == 7 and str(first) < str(second)
    assert parse_id(str(first)) == first
    assert parse_id(str(first).upper()) is None and parse_id("7") is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_what_is_encoded_comes_back(value: object) -> None:
    assert codec.decode(codec.encode(value)) == value


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown form"):
        codec.decode(b"\x07{}")


def test_text_is_shorthand_for_one_block() -> None:
    assert parse_blocks("Hi", None, max_chars=10) == [{"type": "text", "text": "Hi"}]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (None, None),
        ("a", []),
        ("", None),
        (" \n ", None),
        ("a\x00b", None),
        (None, []),
        (None, [{"type": "text"}]),
        (None, [{"type": "teleport", "text": "x"}]),
        (None, ["x"]),
    ],
)
def test_bad_messages_are_refused(text: str | None, content: list[object] | None) -> None:
    with pytest.raises(Invalid):
        parse_blocks(text, content, max_chars=100)


def test_long_messages_are_refused() -> None:
    with pytest.raises(TooLarge):
        parse_blocks("x" * 101, None, max_chars=100)


def test_buttons_have_a_text_for_clients_that_know_no_buttons() -> None:
    button = {"action_id": "yes", "label": "Yes"}
    blocks = parse_blocks(
        None, [{"type": "buttons", "text": "Yes?", "buttons": [button]}], max_chars=100
    )
    assert text_of(blocks) == "Yes?"


def test_slugs_and_time_zones() -> None:
    assert make_slug("Möbel & Café GmbH") == "mobel-cafe-gmbh"
    assert make_slug("株式会社") == ""
    with pytest.raises(Invalid):
        check_slug("-no")
    with pytest.raises(Invalid):
        check_time_zone("Mars/Olympus")


def test_personal_data_is_taken_out_and_named() -> None:
    cleaned = clean(
        "Dear Ada Marlow, call +1 650 253 0000 or mail ada.marlow@example.com; card "
        "4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00. Order 12345 ships in 3 days.",
        names=["Ada Marlow"],
    )
    for secret in ("Ada", "Marlow", "650 253", "ada.marlow", "4111", "3704"):
        assert secret not in cleaned.text
    assert "Order 12345 ships in 3 days." in cleaned.text
    assert set(cleaned.removed) == {"name", "telephone", "e-mail", "card", "account"}


def test_ordinary_numbers_and_prices_stay() -> None:
    text = "The desk costs 1,299.00 EUR, is 160 x 80 cm, article 4006381333931, since 2019-05-01."
    assert clean(text).text == text

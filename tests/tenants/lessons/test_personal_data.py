"""What is taken out before it may become knowledge, and what stays."""

import pytest

from tenants.lessons.personal_data import clean

NAMES = ["Ada Marlow", "Will Grace"]

REMOVED = [
    ("Write to ada.marlow@example.com please", "Write to [e-mail] please"),
    ("it is ada at example dot com", "it is [e-mail]"),
    ("Call +44 20 7946 0958 or 0176 12345678", "Call [telephone] or [telephone]"),
    ("My card is 4111 1111 1111 1111.", "My card is [card]."),
    ("IBAN de89 3704 0044 0532 0130 00", "IBAN [account]"),
    ("I am ADA MARLOW and ada wants it", "I am [name] and [name] wants it"),
    ("Hi Ada, yes we ship to Norway.", "Yes we ship to Norway."),
    ("Sehr geehrte Frau Kern, wir liefern.", "Wir liefern."),
    ("Dear Mr Oak, it left on Monday.", "It left on Monday."),
    ("My name is Jürgen Kern, can I pay later?", "My name is [name], can I pay later?"),
    ("Me llamo Lucía y busco una bomba", "Me llamo [name] y busco una bomba"),
    ("This is Tom speaking, is it there?", "This is [name] speaking, is it there?"),
    ("Ask Mrs Oak about it", "Ask Mrs [name] about it"),
    ("My address is 12 Baker Street, Leeds and I wait", "My address is [address] and I wait"),
    ("I live at 5 High Street. Can you deliver?", "I live at [address]. Can you deliver?"),
    ("I was born on 12.03.1984", "I was born on [date of birth]"),
    ("my password is hunter22", "my password is [secret]"),
    ("the pin is 1512", "the pin is [secret]"),
    ("Where is my order A-10293?", "Where is my order [number]?"),
    ("Wo bleibt meine Bestellung 10293?", "Wo bleibt meine Bestellung [number]?"),
    ("your invoice number: R-2024-17 is paid", "your invoice number: [number] is paid"),
    ("account zero six six nine seven", "account [number]"),
]

KEPT = [
    "We are at 12 Baker Street, London, open 9 to 18.",
    "The model A-100 costs 49.99 and weighs 1200 g.",
    "Orders above 100 euro ship free; order A-10293 shows how.",
    "Your order will arrive in 3 to 5 days.",
    "Will you ship it in May?",
    "Hello there, thanks for asking.",
    "Good question: ask for the green form.",
    "ISBN 9783161484100 has 1234567890123 pages.",
    "My order arrived in two pieces.",
    "The password page is under settings.",
    "I live in the north. Do you deliver?",
]


@pytest.mark.parametrize(("said", "kept"), REMOVED)
def test_personal_data_is_marked(said: str, kept: str) -> None:
    cleaned = clean(said, names=NAMES)
    assert cleaned.text == kept
    assert cleaned.removed


@pytest.mark.parametrize("said", KEPT)
def test_what_is_nobodys_stays(said: str) -> None:
    cleaned = clean(said, names=NAMES)
    assert (cleaned.text, cleaned.removed) == (said, [])


def test_what_the_caller_knows_of_the_contact_goes() -> None:
    cleaned = clean("Is CUST-77 known, and A-10293?", known=["cust-77"])
    assert cleaned.text == "Is [contact data] known, and A-10293?"


def test_marks_say_where_something_stood() -> None:
    cleaned = clean("Ask a@example.com.")
    [mark] = cleaned.marks
    assert mark == {"kind": "e-mail", "start": 4, "end": 12}
    assert cleaned.text[4:12] == "[e-mail]"


def test_cleaning_twice_changes_nothing() -> None:
    for said, _ in REMOVED:
        once = clean(said, names=NAMES).text
        assert clean(once, names=NAMES).text == once


def test_long_text_without_an_end_is_cleaned_in_no_time() -> None:
    said = "my address is " + "1 a " * 20_000 + "@" * 1_000 + "A1 " * 10_000
    assert clean(said).text

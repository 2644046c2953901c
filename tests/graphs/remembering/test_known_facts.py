"""Facts: told in many words, asked back for, put into what is searched; nothing made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.remembering.known_facts import MAX_PER_KIND, Fact, asked_back, enriched, newest
from graphs.remembering.stated_facts import MAX_TOLD, MAX_VALUE_CHARS, stated_in


def fact(kind: str, value: str, turn_id: str = "t1") -> Fact:
    return Fact(fact_id="", kind=kind, value=value, quote=f"My {kind} is {value}.", turn_id=turn_id)


FACTS = [fact("order number", "4711-B"), fact("size", "42"), fact("product", "Tarn 2 tent"),
         fact("place", "Bern"), fact("name", "Ada")]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "Hi, my name is Ada Brown and my order number is 4711-B.",
         {"name": "Ada Brown", "order number": "4711-B"}),
        ("en", "My shoe size is 42, by the way.", {"size": "42"}),
        ("en", "I live in Bern. I bought the Tarn 2 tent last week.",
         {"place": "Bern", "product": "Tarn 2 tent"}),
        ("en", "I'm allergic to peanuts and soy", {"allergy": "peanuts and soy"}),
        ("en", "Where is my order AB-1234?", {"order number": "AB-1234"}),
        ("en", "My delivery address is 12 Rose Street, Leeds LS1.",
         {"address": "12 Rose Street, Leeds LS1"}),
        ("en", "You can reach me at ada@example.com", {"email": "ada@example.com"}),
        ("de", "Ich heiße Jonas Weber, meine Bestellnummer lautet 4711.",
         {"name": "Jonas Weber", "order number": "4711"}),
        ("de", "Ich trage Größe 44 und wohne in Graz", {"size": "44"}),
        ("es", "Me llamo Lucía y mi número de pedido es 99812.",
         {"name": "Lucía", "order number": "99812"}),
        ("fr", "Je m'appelle Zoé, ma pointure est 39.", {"name": "Zoé", "size": "39"}),
        ("it", "Il mio numero d'ordine è 5521.", {"order number": "5521"}),
        ("pt", "O meu número do pedido é 3390, moro em Braga", {"order number": "3390", "place": "Braga"}),
    ],
)  # fmt: skip
def test_what_a_contact_tells_is_recognised(language: str, text: str, told: dict[str, str]) -> None:
    assert {s.kind: s.value for s in stated_in(text, language)} == told


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "my parcel is 3 days late"),
        ("en", "my order is missing and my phone is broken"),
        ("en", "This is not what I ordered"),
        ("en", "My name is not important"),
        ("en", "my size is not listed"),
        ("en", "I bought a few things"),
        ("en", "What is my order number?"),
        ("en", "Do you ship to Norway?"),
        ("de", "meine Bestellung ist nicht da"),
        ("fr", "mon colis est en retard"),
    ],
)
def test_what_is_no_fact_is_not_kept(language: str, text: str) -> None:
    assert stated_in(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "What was my order number again?", "order number"),
        ("en", "Do you still know my shoe size?", "size"),
        ("en", "where do I live?", "place"),
        ("en", "What is my name?", "name"),
        ("de", "Wie war meine Bestellnummer nochmal?", "order number"),
        ("es", "¿Cuál era mi número de pedido?", "order number"),
        ("fr", "Quel est mon numéro de commande ?", "order number"),
        ("it", "Qual era il mio numero d'ordine?", "order number"),
        ("pt", "Qual era o meu número do pedido?", "order number"),
    ],
)
def test_what_was_told_may_be_asked_back(language: str, text: str, kind: str) -> None:
    assert [one["kind"] for one in asked_back(text, FACTS, language)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order?",
        "How do I change my order number?",
        "Can I return my order?",
        "What is my order status?",
        "What sizes do you have?",
        "Is my size in stock?",
        "What is your name?",
        "My order number is 4711-B.",
    ],
)
def test_other_questions_are_not_taken_for_it(text: str) -> None:
    assert asked_back(text, FACTS, "en") == []


@pytest.mark.parametrize(
    ("language", "query", "searched"),
    [
        (
            "en",
            "Does the Fjord jacket come in my size?",
            "Does the Fjord jacket come in my size 42?",
        ),
        ("en", "Is my tent waterproof?", "Is my tent Tarn 2 tent waterproof?"),
        ("de", "Gibt es die Jacke in meiner Größe?", "Gibt es die Jacke in meiner Größe 42?"),
        ("en", "Where is my order?", "Where is my order?"),
        ("en", "Do you have size 42?", "Do you have size 42?"),
        ("en", "Is my size 42 in stock?", "Is my size 42 in stock?"),
    ],
)
def test_a_query_says_what_mine_is(language: str, query: str, searched: str) -> None:
    assert enriched(query, FACTS, language)[0] == searched


def test_the_newest_of_a_kind_counts_and_of_products_the_last_three() -> None:
    told = [
        fact("size", "41"),
        *(fact("product", f"Lamp {n}") for n in range(5)),
        fact("size", "42"),
    ]
    kept = newest(told)
    assert [one["value"] for one in kept if one["kind"] == "size"] == ["42"]
    assert len([one for one in kept if one["kind"] == "product"]) == MAX_PER_KIND
    assert kept[-1]["value"] == "42" and kept[0]["value"] == "Lamp 2"


@given(st.text(max_size=400), st.sampled_from(["en", "de", "es", "fr", "it", "pt", "zh", ""]))
def test_any_text_is_read_within_bounds(text: str, language: str) -> None:
    told = stated_in(f"My size is 42. {text}", language)
    assert len(told) <= MAX_TOLD
    assert all(0 < len(one.value) <= MAX_VALUE_CHARS for one in told)
    asked_back(text, FACTS, language)
    enriched(text, FACTS, language)

"""Requests of one message that share a thing, and requests that follow from another."""

import pytest

from graphs.understanding import following, sharing, splitting
from graphs.understanding.reply_order import hanging


def _queries(text: str, language: str, before: str = "") -> list[str]:
    parts = [
        one
        for part in splitting.split_text(text, language)
        for one in sharing.apart(part, language)
    ]
    return [query for _, query in following.resolve(parts, before, language)]


@pytest.mark.parametrize(
    ("language", "text", "shared", "own"),
    [
        ("en", "price and opening hours of the north branch", "north branch", ("price", "opening hours")),
        ("en", "Can you tell me the price, the weight and the colours of the Alpine tent?",
         "Alpine tent", ("price", "weight", "colours")),
        ("en", "What are the north branch's opening hours and address?", "north branch",
         ("opening hours", "address")),
        ("en", "What is the price and what are the opening hours of the city tour?", "city tour",
         ("price", "opening hours")),
        ("en", "What are the opening hours of the city museum and what is the price?", "city museum",
         ("opening hours", "price")),
        ("de", "Preis und Öffnungszeiten der Filiale Nord", "Filiale Nord", ("Preis", "Öffnungszeiten")),
        ("de", "Können Sie mir bitte die Adresse und die Öffnungszeiten der Filiale Nord nennen?",
         "Filiale Nord", ("Adresse", "Öffnungszeiten")),
        ("es", "¿Cuál es el precio y el horario de la sucursal norte?", "sucursal norte",
         ("precio", "horario")),
        ("fr", "Quels sont les tarifs et les horaires de l'agence nord ?", "agence nord",
         ("tarifs", "horaires")),
        ("it", "prezzo e orari della filiale nord", "filiale nord", ("prezzo", "orari")),
        ("pt", "preço e horário da filial norte", "filial norte", ("preço", "horário")),
    ],
)  # fmt: skip
def test_each_request_knows_the_thing_that_they_share(
    language: str, text: str, shared: str, own: tuple[str, ...]
) -> None:
    queries = _queries(text, language)
    assert len(queries) == len(own)
    assert all(shared in query for query in queries)
    assert all(word in query for word, query in zip(own, queries, strict=True))
    for word, query in zip(own, queries, strict=True):
        assert not any(other in query for other in own if other != word)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I want to change my address and phone number"),
        ("en", "Do you sell salt and pepper?"),
        ("en", "Is the price of the tent and the bag the same?"),
        ("en", "What is the price of the bed and breakfast?"),
        ("en", "Is the price of the tent with the guarantee and the cost of shipping right?"),
        ("en", "My name and address were printed wrong on the parcel"),
        ("de", "Ich möchte Name und Adresse ändern"),
        ("es", "Quiero cambiar mi nombre y dirección"),
        ("fr", "Je veux modifier mon nom et mon adresse"),
    ],
)
def test_what_is_done_with_two_things_stays_one_request(language: str, text: str) -> None:
    assert sharing.apart(text, language) == [text]


@pytest.mark.parametrize(
    ("language", "text", "before", "known"),
    [
        ("en", "how do I return it and when do I get the money", "Do you sell the Alpine tent?", "Alpine tent"),
        ("en", "How do I return worn shoes and when do I get the money back?", "", "return worn shoes"),
        ("de", "Wie schicke ich es zurück und wann bekomme ich das Geld?",
         "Haben Sie das Alpenzelt?", "Alpenzelt"),
        ("es", "¿Cómo lo devuelvo y cuándo recibo el dinero?", "¿Tienen la tienda Alpina?", "tienda Alpina"),
        ("fr", "Comment le retourner et quand est-ce que je reçois le remboursement ?",
         "Avez-vous la tente Alpine ?", "tente Alpine"),
    ],
)  # fmt: skip
def test_both_requests_know_what_is_spoken_of(
    language: str, text: str, before: str, known: str
) -> None:
    queries = _queries(text, language, before)
    assert len(queries) == 2
    assert all(known in query for query in queries)


def test_an_attribute_of_ours_takes_nothing_from_its_neighbour() -> None:
    [_, hours] = _queries(
        "What is the price of the red tent? And what are your opening hours?", "en"
    )
    assert "tent" not in hours
    [_, money] = _queries("How do I reset my password? And how do I send money to Peru?", "en")
    assert "password" not in money


@pytest.mark.parametrize(
    ("text", "kept_out"),
    [
        ("What are your opening hours and how do I get a refund?", "opening"),
        ("What are your opening hours and when do I get my refund?", "opening"),
        ("What are the opening hours of the museum? And what are the shipping costs?", "museum"),
    ],
)
def test_a_matter_of_its_own_is_not_mixed_with_its_neighbour(text: str, kept_out: str) -> None:
    [_, second] = _queries(text, "en")
    assert kept_out not in second


def test_attributes_of_two_things_are_asked_of_each() -> None:
    text = "I'd like to know the price and colours of the Skagen and the Tern"
    asked = sharing.apart(text, "en")
    told = [(one.split()[5], one.split()[-1]) for one in asked]
    assert told == [("price", "Skagen"), ("colours", "Skagen"), ("price", "Tern"), ("colours", "Tern")]  # fmt: skip


def test_one_attribute_is_not_asked_for_as_several() -> None:
    asked = sharing.apart("What are the price and the weight of the Skagen?", "en")
    assert asked == ["price of the Skagen?", "weight of the Skagen?"]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Can I return a helmet? If so, how?", "helmet"),
        ("Can I return a helmet? If so, how long does it take?", "helmet"),
        ("Do you ship to Norway? And if not, where can I pick up my order?", "Norway"),
    ],
)
def test_what_begins_with_a_condition_knows_the_condition(text: str, known: str) -> None:
    parts = splitting.split_text(text, "en")
    hangs = hanging(parts, text)
    queries = [q for _, q in following.resolve(parts, "", "en", hanging=hangs)]
    assert len(queries) == 2
    assert all(known in query for query in queries)

"""The order of a reply: urgency, then conditions, then as it was asked."""

import pytest

from graphs.asking.models import Models
from graphs.understanding.reply_order import in_reply_order, is_urgent
from tests.fakes import FakeKnowledge, ScriptedModel
from tests.graphs.conversation import SHOP, Talk, machine, text_of

BANK = (
    *SHOP,
    ("My card was stolen, how do I block it?", "Block a stolen card at once by calling 0800 123."),
    ("Do the soups contain nuts? I have an allergy.", "No soup contains nuts; tell the waiter of an allergy."),
)  # fmt: skip
HOURS = "What are your opening hours?"


@pytest.mark.parametrize(
    "text",
    [
        "My card was stolen", "I lost my debit card yesterday", "there is a payment I don't recognise",
        "I am allergic to nuts", "I need this right now", "the deadline is today",
        "Meine Karte wurde gestohlen", "ich habe meine Kreditkarte verloren", "das ist ein Notfall",
        "me robaron la cartera", "he perdido mi tarjeta", "tengo alergia a los frutos secos",
        "on m'a volé ma carte", "j'ai perdu ma carte bancaire", "c'est une urgence",
        "ho perso la carta", "mi hanno rubato il telefono", "è un'emergenza",
        "perdi o meu cartão", "roubaram a minha carteira", "tenho alergia a nozes",
    ],
)  # fmt: skip
def test_what_cannot_wait_is_urgent_in_six_languages(text: str) -> None:
    assert is_urgent(text)


@pytest.mark.parametrize(
    "text",
    [
        "What is playing right now?", "Can I use the card right away?", "Do you sell medical insurance?",
        "Ist das Geld sofort da?", "What are your opening hours today?", "Do you ship to Peru?", "Which card do you accept?",
        "I lost interest in my subscription", "Haben Sie heute geöffnet?", "¿Cuánto cuesta el envío?",
        "Où est ma commande ?", "Quanto costa la spedizione?", "Qual é o prazo de entrega?",
    ],
)  # fmt: skip
def test_everyday_requests_are_not_urgent(text: str) -> None:
    assert not is_urgent(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{HOURS} And my card was stolen, how do I block it?",
        f"{HOURS} Also, do the soups contain nuts? I have an allergy.",
    ],
)
async def test_the_urgent_request_is_answered_first_and_streams_first(text: str) -> None:
    talk = Talk(machine(FakeKnowledge(*BANK)))
    end = await talk.say(text)
    assert [i["status"] for i in end.intents] == ["answered", "answered"]
    assert text_of(end).split("\n\n")[1].startswith("We are open")
    shown = [frame for kind, frame in talk.frames if kind == "message_delta"]
    assert not shown[0]["text"].startswith("We are open")
    assert is_urgent(end.intents[0]["text"])


async def test_an_urgent_request_with_a_person_does_not_hold_up_what_is_known() -> None:
    end = await Talk(machine()).say(f"{HOURS} And someone used my violin, this is an emergency!")
    assert end.status == "waiting_for_operator"
    assert [i["status"] for i in end.intents] == ["handed_off", "answered"]
    assert "We are open" in text_of(end)


async def test_requests_alike_in_urgency_keep_their_order() -> None:
    end = await Talk(machine()).say(f"{HOURS} And do you ship to Switzerland?")
    assert [i["text"] for i in end.intents] == [HOURS, "do you ship to Switzerland?"]


@pytest.mark.parametrize(
    ("language", "condition", "link", "depends"),
    [
        ("en", "Can I block it?", "If so,", "how do I block my stolen card?"),
        ("de", "Kann ich sie sperren?", "Wenn ja,", "wie sperre ich meine gestohlene Karte, es eilt?"),
        ("es", "¿Puedo bloquearla?", "Si es así,", "¿cómo bloqueo mi tarjeta robada?"),
        ("fr", "Puis-je la bloquer ?", "Si oui,", "comment bloquer ma carte volée ?"),
        ("it", "Posso bloccarla?", "Se sì,", "come blocco la carta rubata?"),
        ("pt", "Posso bloqueá-lo?", "Se sim,", "como bloqueio o cartão roubado?"),
    ],
)  # fmt: skip
def test_a_condition_goes_before_what_depends_on_it_even_if_that_is_urgent(
    language: str, condition: str, link: str, depends: str
) -> None:
    message = f"{HOURS} {condition} {link} {depends}"
    parts = [(HOURS, HOURS), (condition, condition), (depends, depends)]
    ordered = in_reply_order(parts, message, language)
    assert [text for text, _ in ordered] == [condition, depends, HOURS]


def test_whether_it_goes_at_all_is_answered_before_how_it_goes() -> None:
    how, hours, whether = "How do I return shoes?", HOURS, "Can I return shoes at all?"
    parts = [(text, text) for text in (hours, how, whether)]
    ordered = in_reply_order(parts, " ".join(p[0] for p in parts), "en")
    assert [text for text, _ in ordered] == [hours, whether, how]


async def test_can_i_and_if_so_how_keeps_the_condition_first() -> None:
    end = await Talk(machine()).say("Can I return worn shoes? If so, how can I return worn shoes?")
    assert end.intents[0]["text"] == "Can I return worn shoes?"


async def test_a_models_split_is_put_in_the_same_order() -> None:
    text = f"{HOURS} And my card was stolen, how do I block it?"
    stolen = "my card was stolen, how do I block it?"
    written = (
        f'{{"intents": [{{"text": "{HOURS}", "query": "{HOURS}"}},'
        f' {{"text": "{stolen}", "query": "{stolen}"}}]}}'
    )
    model = ScriptedModel(pieces=[written])
    models = Models(default="fake:m", factories={"fake:m": lambda: model})
    end = await Talk(machine(FakeKnowledge(*BANK), models=models)).say(text)
    assert [i["text"] for i in end.intents] == [stolen, HOURS]

"""Small talk is known as such in six languages, and nothing else is."""

import time

import pytest

from graphs.understanding import talk

KINDS = {
    "greeting": ["hi", "Guten Morgen!", "¡buenas tardes!", "Bonsoir", "buongiorno", "Bom dia", "heeey", "👋"],
    "thanks": ["thank you so much", "vielen Dank!", "mil gracias", "merci beaucoup", "grazie mille", "obrigada!", "🙏"],
    "goodbye": ["bye bye", "schönen Abend noch", "hasta luego", "bonne journée", "arrivederci", "até logo", "thanks, bye!"],
    "how_are_you": ["how are you?", "Hallo, wie geht's?", "hola, ¿qué tal?", "ça va ?", "come stai?", "olá, como vai?"],
    "who_are_you": ["who are you?", "bist du ein Bot?", "¿eres un robot?", "êtes-vous un robot ?", "sei umano?", "você é um robô?", "are you a human or a bot?"],
    "compliment": ["you're the best!", "u guys r great", "ur awesome", "gut gemacht", "eres genial", "bravo !", "sei fantastico", "você é demais", "❤️"],
    "insult": ["you are useless!!", "du bist blöd", "eres inútil", "c'est nul", "sei inutile", "que droga", "wtf", "😡"],
    "joke": ["tell me a joke", "Erzähl mir einen Witz", "cuéntame un chiste", "raconte-moi une blague", "raccontami una barzelletta", "me conta uma piada"],
    "laughter": ["hahaha", "lol", "jajaja", "mdr", "ahahah", "kkkkk", "😂😂"],
    "are_you_there": ["are you still there?", "ist da jemand?", "¿hay alguien ahí?", "vous êtes là ?", "c'è qualcuno?", "tem alguém aí?", "???"],
    "fine": ["ok", "alles klar", "vale", "d'accord", "va bene", "tudo bem", "👍", ":)"],
    "cancelled": ["never mind", "egal", "no importa", "tant pis", "non importa", "deixa pra lá"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(k, t) for k, texts in KINDS.items() for t in texts])
def test_small_talk_is_known_in_every_language(kind: str, text: str) -> None:
    assert talk.kind_of(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Hi, do you ship to Switzerland?", "thanks, and what does it cost?", "ok so how do I return it",
        "cancel my order", "Is the tent good?", "hello kitty backpack", "Gute Nacht Geschichten",
        "who are you shipping with", "the test kit", "do u guys ship", "good morning tea", "", "no, the blue one",
    ],
)  # fmt: skip
def test_a_matter_is_no_small_talk(text: str) -> None:
    assert talk.kind_of(text) == ""


def test_long_texts_are_read_fast() -> None:
    began = time.perf_counter()
    for text in ("hi " * 2_700, "ha" * 4_000, "?" * 8_000, "lo" * 79):
        talk.kind_of(text)
    assert time.perf_counter() - began < 0.5

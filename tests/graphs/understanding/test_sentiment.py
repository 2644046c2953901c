"""How a message sounds."""

import pytest

from graphs.understanding.sentiment import sentiment, tone
from graphs.understanding.sentiment_words import NEGATIONS, WORDS


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This is unacceptable, I have been waiting for three weeks."),
        ("en", "My order is late and now the box is damaged too"),
        ("de", "Das ist eine Frechheit, ich bin sehr enttäuscht."),
        ("es", "Es una vergüenza, un servicio pésimo."),
        ("fr", "C'est inadmissible, j'en ai marre de vos erreurs"),
        ("it", "Un servizio pessimo, sono molto deluso"),
        ("pt", "Péssimo atendimento, estou muito decepcionado"),
    ],
)
def test_complaints_are_negative_in_every_language(language: str, text: str) -> None:
    assert sentiment(text, language) == "negative"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Great service, thank you so much"),
        ("de", "Das ist super, vielen Dank!"),
        ("es", "Me encanta, un servicio excelente"),
        ("fr", "C'est parfait, merci beaucoup"),
        ("it", "Ottimo servizio, grazie"),
        ("pt", "Ótimo atendimento, adorei"),
    ],
)
def test_praise_is_positive_in_every_language(language: str, text: str) -> None:
    assert sentiment(text, language) == "positive"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Do you ship to Norway?"),
        ("en", "not bad at all"),
        ("en", "That is no problem"),
        ("de", "Wie lange habt ihr am Samstag geöffnet?"),
        ("es", "¿Cuánto cuesta el envío?"),
        ("fr", "Ce n'est pas mal"),
        ("it", "Quanto costa la spedizione?"),
        ("pt", "Quanto custa o envio?"),
        ("zh", "你们发货到挪威吗"),
        ("en", ""),
    ],
)
def test_plain_questions_are_neutral(language: str, text: str) -> None:
    assert sentiment(text, language) == "neutral"


def test_a_negation_turns_praise_into_complaint_and_complaint_into_less() -> None:
    assert tone("The service is not great", "en") == -tone("The service is great", "en")
    assert 0 < tone("It was never bad") < -tone("It was bad")
    assert tone("It isn't good") < 0 < tone("It is good")


def test_the_lists_name_no_word_twice() -> None:
    for language, weights in WORDS.items():
        listed = [word for words in weights.values() for word in words.split()]
        assert len(listed) == len(set(listed)), language
        assert NEGATIONS[language]

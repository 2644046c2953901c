"""Our own sentences."""

from graphs.understanding import dialogue_phrases
from graphs.words.phrases import phrase
from graphs.writing import answer_phrases


def test_a_contacts_braces_are_only_text() -> None:
    assert "{name}" in phrase("hand_off_part", "en", name="Mia", asked="what is {name}")
    assert phrase("thanks", "nl") == phrase("thanks", "en")


def test_what_we_say_in_a_dialogue_is_said_in_six_languages() -> None:
    for key, texts in dialogue_phrases.PHRASES.items():
        assert set(texts) == {"en", "de", "es", "fr", "it", "pt"}, key
    for key, texts in dialogue_phrases.MORE.items():
        assert phrase(key, "it") != phrase(key, "en"), texts


def test_what_an_operator_said_is_no_place_of_ours() -> None:
    words = phrase("answered_meanwhile", "en", asked="a {said} b", said="c {asked} d")
    assert "“a {said} b”" in words
    assert "“c {asked} d”" in words


def test_what_we_say_about_an_answer_is_said_in_six_languages() -> None:
    for key, texts in answer_phrases.PHRASES.items():
        assert set(texts) == {"en", "de", "es", "fr", "it", "pt"}, key

"""Our own sentences."""

from graphs.phrases import phrase


def test_a_contacts_braces_are_only_text() -> None:
    assert "{name}" in phrase("hand_off_part", "en", name="Mia", asked="what is {name}")
    assert phrase("thanks", "pt") == phrase("thanks", "en")

"""What a message says besides its questions."""

import pytest

from graphs.understanding import wishes


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a human", "Can I speak to a real person?", "agent please", "human",
        "connect me with an operator", "Ich möchte mit einem Mitarbeiter sprechen",
        "quiero hablar con una persona", "je veux parler à un conseiller",
    ],
)  # fmt: skip
def test_a_wish_for_a_person_is_heard_in_several_languages(text: str) -> None:
    assert wishes.wants_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Do you ship to Switzerland?", "How many people fit in the tent?",
        "Can I return the shoes to the shop?", "What is the agent fee?", "Is there a person limit?",
    ],
)  # fmt: skip
def test_questions_are_no_wish_for_a_person(text: str) -> None:
    assert not wishes.wants_person(text)
    assert not wishes.small_talk(text)
    assert not wishes.is_unsafe(text)

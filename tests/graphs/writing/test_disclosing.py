"""That an AI answers is said once, before anything else, in the words of the tenant's."""

from dataclasses import replace

import pytest

from tests.fakes import FakeDesk
from tests.graphs.conversation import Talk, machine, text_of

LINES = {"en": "An AI answers here.", "de": "Hier antwortet eine KI."}
SWISS = "Do you ship to Switzerland?"


def talk_of(lines: dict[str, str] = LINES, *, channel: str = "api") -> Talk:
    talk = Talk(machine(desk=FakeDesk()))
    talk.context = replace(talk.context, disclosure=lines, channel=channel)
    return talk


@pytest.mark.parametrize("channel", ["api", "whatsapp", "email"])
async def test_the_first_reply_says_so_and_no_later_one(channel: str) -> None:
    talk = talk_of(channel=channel)
    first = text_of(await talk.say(SWISS))  # the talk checks that what was streamed is the reply
    assert first.startswith("An AI answers here.\n\nYes, we ship to Switzerland.")
    for asked in ("What are your opening hours?", "Thanks!", SWISS):
        assert "An AI answers" not in text_of(await talk.say(asked))


@pytest.mark.parametrize(
    "asked",
    ["Hello!", "I want to talk to a human, please.", "Can you engrave a violin?", "Thanks!"],
)
async def test_it_is_said_whatever_is_answered_first(asked: str) -> None:
    said = text_of(await talk_of().say(asked))
    assert said.startswith("An AI answers here.\n\n")
    assert len(said) > len("An AI answers here.\n\n"), "and what is answered behind it"


async def test_it_is_said_in_the_language_of_the_conversation() -> None:
    german = "Guten Tag, wie sind Ihre Öffnungszeiten am Samstag?"
    assert text_of(await talk_of().say(german)).startswith("Hier antwortet eine KI.\n\n")
    french = "Bonjour, quels sont vos horaires d'ouverture le samedi ?"
    assert text_of(await talk_of().say(french)).startswith("An AI answers here.\n\n")
    alone = talk_of({"de": "Hier antwortet eine KI."})
    assert text_of(await alone.say(SWISS)).startswith("Hier antwortet eine KI.\n\n")


async def test_nothing_is_said_where_the_frame_shows_it_or_the_tenant_has_no_words() -> None:
    assert "AI" not in text_of(await talk_of(channel="widget").say(SWISS))
    assert "AI" not in text_of(await talk_of({}).say(SWISS))

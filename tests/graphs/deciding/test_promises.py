"""What is promised when nobody is there."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from graphs.deciding.promises import in_words
from tests.graphs.conversation import Talk, machine, text_of

HOURS = {"weekly": [{"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}]}  # fmt: skip
SATURDAY, MONDAY = "2026-11-28T10:00:00+00:00", "2026-11-30T10:00:00+00:00"


def talk(now: str = SATURDAY, **context: Any) -> Talk:
    made = Talk(machine())
    given: dict[str, Any] = {"handoff": {"hours": HOURS}, "now": now, "time_zone": "Europe/Berlin"}
    made.context = replace(made.context, **(given | context))
    return made


async def test_at_the_weekend_a_time_is_promised_and_an_address_asked_for() -> None:
    end = await talk().say("Can you engrave a violin?")
    assert end.status == "waiting_for_operator"
    assert "a colleague will answer on Monday from 9:00 (CET)" in text_of(end)
    assert "e-mail address or a telephone number" in text_of(end)
    assert end.handoff is not None
    folder = end.handoff.content
    assert folder["promised"]["opens_at"] == "2026-11-30T09:00:00+01:00"
    assert "{details}" in folder["wants_details"]["confirmation"]
    assert end.contact_details == {}


async def test_who_can_be_reached_is_not_asked_for_an_address() -> None:
    end = await talk(contact={"known": True}).say("Can you engrave a violin?")
    assert "on Monday from 9:00" in text_of(end)
    assert "telephone" not in text_of(end)
    assert end.handoff is not None
    assert "wants_details" not in end.handoff.content


async def test_an_address_in_the_message_itself_is_taken_and_confirmed() -> None:
    end = await talk().say("Can you engrave a violin? Write to ada@example.com")
    assert end.contact_details == {"email": "ada@example.com"}
    assert "I have noted ada@example.com" in text_of(end)
    assert end.handoff is not None
    assert "wants_details" not in end.handoff.content


async def test_in_opening_hours_nothing_is_promised() -> None:
    end = await talk(MONDAY).say("Can you engrave a violin?")
    assert "Nobody" not in text_of(end)
    assert end.handoff is not None
    assert "promised" not in end.handoff.content


async def test_nobody_there_in_opening_hours_is_said_without_a_time() -> None:
    end = await talk(MONDAY, operators_available=False).say("Can you engrave a violin?")
    assert "as soon as one is" in text_of(end)
    assert "9:00" not in text_of(end)


async def test_where_it_never_opens_no_time_is_made_up() -> None:
    end = await talk(handoff={"hours": {"weekly": []}}).say("Can you engrave a violin?")
    assert "I can't say when" in text_of(end)


async def test_an_offer_says_when_somebody_would_answer() -> None:
    end = await talk(handoff={"hours": HOURS, "offer_first": True}).say("Can you engrave a violin?")
    assert end.decision == "offer"
    assert "Shall I pass it to a colleague?" in text_of(end)
    assert "on Monday from 9:00" in text_of(end)
    assert "telephone" not in text_of(end)  # asked once it is taken


async def test_nobody_is_promised_where_there_are_no_people() -> None:
    end = await talk(handoff={"hours": HOURS, "enabled": False}).say("I want to talk to a human")
    assert "Monday" not in text_of(end)


@pytest.mark.parametrize(
    ("opens", "language", "said"),
    [
        ("2026-11-28T13:30", "en", "today from 13:30 (CET)"),
        ("2026-11-29T09:00", "de", "morgen ab 9:00 Uhr (CET)"),
        ("2026-11-30T09:05", "es", "el lunes a partir de las 9:05 (CET)"),
        ("2026-12-01T09:00", "fr", "mardi à partir de 9:00 (CET)"),
        ("2027-01-05T09:00", "de", "am 5. Januar ab 9:00 Uhr (CET)"),
        ("2027-01-05T09:00", "en", "on 5 January from 9:00 (CET)"),
    ],
)
def test_a_moment_is_said_as_people_say_it(opens: str, language: str, said: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 11, 28, 10, tzinfo=zone)
    assert in_words(datetime.fromisoformat(opens).replace(tzinfo=zone), now, language) == said

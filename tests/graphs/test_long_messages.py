"""No message holds a process up: what is read out of the longest one takes about as long as its length."""

import time

import pytest

from tests.graphs.conversation import Talk, machine

LONGEST = 8_000  # characters, as the settings have it
SECONDS = (
    4.0  # of this process alone; what reads a row of marks from each of its marks takes longer
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "said", ["a", "0", "a ", ".", "?", "-", "a-", "a.", "a@", "a'", "<a>", "[a](", "1,", "…", "\n", "a, "]
)  # fmt: skip
async def test_the_longest_message_is_read_once(said: str) -> None:
    talk = Talk(machine())
    await talk.say("Do you ship to Switzerland?")  # what is loaded once
    began = time.process_time()
    await talk.say(f"{said * LONGEST}"[:LONGEST])
    assert time.process_time() - began < SECONDS

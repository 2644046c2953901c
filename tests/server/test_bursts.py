"""A burst of messages gets one reply, whichever process took which of them."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tenants.database.connection import Pool, tenant_transaction
from tenants.running import usage
from tenants.running.usage import THROWN_AWAY
from tests.graphs.conversation import SHOP
from tests.server.replicas import (
    ASKED,
    SECONDS_TO_FIRST_WORD,
    Replicas,
    ThinkingModel,
    open_replicas,
)

BURSTS = 200
AT_ONCE = 16
ANSWERS = {asked: answer.split(".")[0] for asked, (_, answer) in zip(ASKED, SHOP, strict=True)}
Script = list[tuple[float, str, int]]  # pause before, text, which replica takes it


@pytest.fixture
async def replicas(pool: Pool) -> Replicas:
    return await open_replicas(pool, ThinkingModel())


def _scripts() -> Iterator[Script]:
    """Two to five messages each, with pauses up to most of the time to the first word."""
    draw = random.Random(20261128)
    for _ in range(BURSTS):
        lines = draw.sample(ASKED, draw.randint(2, 3))
        lines += draw.sample(("Thank you!", "Thanks a lot!"), draw.choice((0, 0, 1, 2)))
        longest = draw.choice((0.0, 0.05, 0.7 * SECONDS_TO_FIRST_WORD))
        yield [
            (draw.uniform(0, longest) if at else 0.0, text, draw.randrange(2))
            for at, text in enumerate(lines)
        ]


@dataclass
class Came:
    """What a burst came to."""

    replies: int
    missing: list[str]
    orphans: int  # messages of a turn without an end, or of none


async def _burst(replicas: Replicas, script: Script) -> Came:
    talk = await replicas.conversation()
    for pause, text, replica in script:
        await asyncio.sleep(pause)
        await replicas.say(talk, text, replica)
    said = await replicas.transcript(talk)
    ended = {
        turn_id
        for turn_id in {line.turn_id for line in said if line.turn_id}
        if (await replicas.answer(talk, turn_id))["status"] == "completed"
    }
    said = await replicas.transcript(talk)
    replies = [line.text for line in said if line.author_kind == "assistant"]
    asked = [text for _, text, _ in script if text in ASKED]
    return Came(
        len(replies),
        [text for text in asked if ANSWERS[text] not in "\n".join(replies)],
        len(script) - sum(line.author_kind == "contact" and line.turn_id in ended for line in said),
    )


@pytest.mark.slow
async def test_two_hundred_bursts_get_one_reply_each(replicas: Replicas) -> None:
    replicas.model.seconds = SECONDS_TO_FIRST_WORD
    places = asyncio.Semaphore(AT_ONCE)

    async def one(script: Script) -> Came:
        async with places:
            return await _burst(replicas, script)

    async with replicas.looking():
        came = await asyncio.gather(*(one(script) for script in _scripts()))
    assert not [burst for burst in came if burst.missing or burst.orphans]
    alone = sum(burst.replies == 1 for burst in came)
    assert alone >= 0.99 * BURSTS, f"{alone} of {BURSTS} bursts got one reply"


async def test_what_a_stopped_run_has_cost_is_told_apart(replicas: Replicas) -> None:
    talk, model = await replicas.conversation(), replicas.model
    gate = model.hold(ASKED[0])
    turn_id = await replicas.say(talk, ASKED[0])
    await model.was_asked(ASKED[0])
    assert await replicas.say(talk, ASKED[1]) == turn_id
    await model.was_asked(ASKED[0], times=2)
    gate.set()
    answer = await replicas.answer(talk, turn_id)
    assert [intent["text"] for intent in answer["intents"]] == list(ASKED[:2])
    unseen = answer["usage"]["thrown_away"]
    assert 0 < unseen["input_tokens"] < answer["usage"]["input_tokens"]
    async with tenant_transaction(replicas.pool, talk.tenant_id) as conn:
        ledger = await usage.by_day(conn, days=1)
    by_node: dict[str, Any] = {}
    for row in ledger:
        by_node[row["node"]] = by_node.get(row["node"], 0) + row["input_tokens"]
    assert by_node[THROWN_AWAY] == unseen["input_tokens"]
    assert sum(by_node.values()) == answer["usage"]["input_tokens"]


async def test_a_message_that_is_sent_again_stops_nothing(replicas: Replicas) -> None:
    talk, model = await replicas.conversation(), replicas.model
    gate = model.hold(ASKED[0])
    turn_id = await replicas.say(talk, ASKED[0], client_message_id="one")
    await model.was_asked(ASKED[0])
    for at in (0, 1, 0):
        assert await replicas.say(talk, ASKED[0], at, client_message_id="one") == turn_id
    await asyncio.sleep(0.2)
    gate.set()
    await replicas.answer(talk, turn_id)
    assert model.asked == [ASKED[0]]


async def test_a_run_hears_of_what_another_process_took(pool: Pool) -> None:
    replicas = await open_replicas(pool, ThinkingModel())
    talk, model = await replicas.conversation(), replicas.model
    gate = model.hold(ASKED[0])
    turn_id = await replicas.say(talk, ASKED[0], at=0)
    await model.was_asked(ASKED[0])
    async with replicas.looking():
        assert await replicas.say(talk, ASKED[1], at=1) == turn_id
        await model.was_asked(ASKED[0], times=2)  # though the gate is closed and nothing was shown
        gate.set()
        answer = await replicas.answer(talk, turn_id)
    assert [intent["text"] for intent in answer["intents"]] == list(ASKED[:2])


async def test_one_look_hears_for_turns_of_several_tenants(pool: Pool) -> None:
    replicas, other = [await open_replicas(pool, ThinkingModel()) for _ in range(2)]
    runs = replicas.runs[0]
    talks = [await replicas.conversation(), await other.conversation()]
    gate = replicas.model.hold(ASKED[0])
    turn_ids = [await replicas.say(talk, ASKED[0]) for talk in talks]
    await replicas.model.was_asked(ASKED[0], times=2)
    for talk, turn_id in zip(talks, turn_ids, strict=True):
        assert await replicas.say(talk, ASKED[1], at=1) == turn_id
    await runs.look()
    await replicas.model.was_asked(ASKED[0], times=4)
    gate.set()
    for talk, turn_id in zip(talks, turn_ids, strict=True):
        answer = await replicas.answer(talk, turn_id)
        assert [intent["text"] for intent in answer["intents"]] == list(ASKED[:2])


async def test_a_later_answer_that_waits_for_its_turn_is_not_shown_yet(replicas: Replicas) -> None:
    talk, model = await replicas.conversation(), replicas.model
    gate = model.hold(ASKED[0])
    turn_id = await replicas.say(talk, f"{ASKED[0]} {ASKED[1]}")
    await model.was_asked(ASKED[1])
    await asyncio.sleep(0.2)  # the second answer is written, and waits for the first
    assert await replicas.say(talk, ASKED[2]) == turn_id
    gate.set()
    answer = await replicas.answer(talk, turn_id)
    assert [intent["text"] for intent in answer["intents"]] == list(ASKED)


async def test_a_message_after_the_first_words_is_a_turn_of_its_own(replicas: Replicas) -> None:
    talk, model = await replicas.conversation(), replicas.model
    gate = model.hold(ASKED[1])
    first = await replicas.say(talk, f"{ASKED[0]} {ASKED[1]}")
    await model.was_asked(ASKED[1])
    await asyncio.sleep(0.2)  # the first answer is shown, the second still thought about
    second = await replicas.say(talk, ASKED[2])
    assert second != first
    gate.set()
    assert len((await replicas.answer(talk, first))["intents"]) == 2
    assert (await replicas.answer(talk, second))["intents"][0]["text"] == ASKED[2]


async def test_who_never_stops_writing_is_answered_all_the_same(pool: Pool) -> None:
    replicas = await open_replicas(pool, ThinkingModel(seconds=0.3), joinable_seconds=0.6)
    talk = await replicas.conversation()
    turn_ids = [await replicas.say(talk, ASKED[0])]
    for n in range(12):
        await asyncio.sleep(0.15)
        turn_ids.append(await replicas.say(talk, ASKED[n % 3], at=n % 2))
    assert 1 < len(set(turn_ids)) < len(turn_ids)
    for turn_id in dict.fromkeys(turn_ids):
        assert (await replicas.answer(talk, turn_id))["status"] == "completed"


async def test_a_debounced_turn_starts_when_the_last_message_is_old_enough(
    replicas: Replicas,
) -> None:
    talk = await replicas.conversation()
    turn_id = await replicas.say(talk, ASKED[0], debounce_seconds=0.5)
    await asyncio.sleep(0.3)
    assert await replicas.say(talk, ASKED[1], at=1, debounce_seconds=0.5) == turn_id
    await asyncio.sleep(0.3)
    assert replicas.model.asked == []
    answer = await replicas.answer(talk, turn_id)
    assert [intent["text"] for intent in answer["intents"]] == list(ASKED[:2])
    assert sorted(replicas.model.asked) == sorted(ASKED[:2])

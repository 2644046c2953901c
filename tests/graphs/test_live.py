"""What is shown while a turn runs is always the beginning of the reply, and in the end all of it."""

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.asking.models import Models
from graphs.live import LiveReply, Weaver
from graphs.state import Intent
from tests.fakes import FakeKnowledge, ScriptedModel
from tests.graphs.conversation import SHOP, Talk, machine

SENTENCES = st.lists(
    st.sampled_from(
        [
            "Yes.",
            "We ship to Switzerland.",
            "It costs 9.90 EUR.",
            "We are open on Mondays only.",
            "Ok",
        ]
    ),
    max_size=3,
)


@given(
    st.lists(SENTENCES, min_size=1, max_size=4), st.randoms(use_true_random=False), st.booleans()
)
def test_any_interleaving_of_intents_gives_the_reply_that_compose_makes(
    intents: list[list[str]], random: Any, has_tail: bool
) -> None:
    spoken = [[f"{' ' if j else ''}{s}" for j, s in enumerate(one)] for one in intents]
    weaver = Weaver()
    reply = "".join(weaver.join(i, s) for i, one in enumerate(spoken) for s in one)
    if has_tail:
        reply = "\n\n".join(filter(None, [reply, "Shall I ask a colleague?"]))
    sent: list[str] = []
    live = LiveReply(lambda k, d: sent.append(d["text"]) if k == "message_delta" else None, began=0)
    live.expect([Intent(index=i, text="?", query="?") for i in range(len(spoken))])
    left = [[("say", i, s) for s in one] + [("over", i, "")] for i, one in enumerate(spoken)]
    while any(left):
        kind, index, text = random.choice([one for one in left if one]).pop(0)
        if kind == "say":
            live.sentence(index, text, None)
        else:
            live.over(index)
        assert reply.startswith("".join(sent))
    live.finish(reply)
    assert "".join(sent) == reply


class Clock:
    """A clock that calls back when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[Clock.Timer] = []

    class Timer:
        def __init__(self, clock: "Clock", what: Callable[[], None]) -> None:
            self._clock, self.what = clock, what

        def cancel(self) -> None:
            if self in self._clock.waiting:
                self._clock.waiting.remove(self)

    def later(self, _seconds: float, what: Callable[[], None]) -> "Clock.Timer":
        self.waiting.append(Clock.Timer(self, what))
        return self.waiting[-1]

    def strike(self) -> None:
        for timer in list(self.waiting):
            timer.what()


def spoken_by(clock: Clock, *, held: bool = False) -> tuple[LiveReply, list[tuple[str, Any]]]:
    """A reply of one intent that begins now, and what of it has left."""
    left: list[tuple[str, Any]] = []
    live = LiveReply(
        lambda kind, data: left.append((kind, data)),
        began=time.perf_counter(),
        held=held,
        later=clock.later,
    )
    live.expect([Intent(index=0, text="?", query="?")])
    left.clear()
    return live, left


def words(left: list[tuple[str, Any]]) -> list[str]:
    return [data["text"] for kind, data in left if kind == "message_delta"]


def test_the_first_word_leaves_at_once_and_those_behind_it_together() -> None:
    clock = Clock()
    live, left = spoken_by(clock)
    for piece in ("We ", "ship ", "to ", "you."):
        live.piece(0, piece)
    assert words(left) == ["We "]
    clock.strike()
    assert words(left) == ["We ", "ship to you."]
    live.finish("We ship to you.")
    assert words(left) == ["We ", "ship to you."]
    assert not clock.waiting


def test_waiting_words_leave_before_a_source_and_before_the_end() -> None:
    clock = Clock()
    live, left = spoken_by(clock)
    source: Any = {"passage_id": "p", "title": "T"}
    live.piece(0, "We ")
    live.piece(0, "ship")
    live.sentence(0, ".", source, "We ship.")
    assert [kind for kind, _ in left] == ["message_delta", "message_delta", "sources"]
    live.finish("We ship. Anything else?")
    assert "".join(words(left)) == "We ship. Anything else?"


def test_words_that_were_held_back_leave_together_once_they_may() -> None:
    clock = Clock()
    live, left = spoken_by(clock, held=True)
    live.piece(0, "We ")
    live.piece(0, "ship.")
    assert words(left) == []
    live.show()
    assert words(left) == ["We ship."]
    assert live.first_token_ms is not None


def test_a_reply_that_is_stopped_says_nothing_later() -> None:
    clock = Clock()
    live, left = spoken_by(clock)
    live.piece(0, "We ")
    live.piece(0, "ship.")
    live.stop()
    clock.strike()
    assert words(left) == ["We "]


KNOWN = [
    "Do you ship to Switzerland?",
    "What are your opening hours?",
    "How can I return worn shoes?",
]
UNKNOWN = ["Can you engrave a violin?", "Is there a vegan lasagne recipe?"]


@pytest.mark.parametrize("offer_first", [False, True])
@pytest.mark.parametrize(
    "asked",
    [*itertools.permutations([KNOWN[0], KNOWN[1], UNKNOWN[0]]), (*UNKNOWN,), (KNOWN[0],) * 2],
)
async def test_the_deltas_of_a_turn_are_its_reply_with_every_tail(
    asked: tuple[str, ...], offer_first: bool
) -> None:
    talk = Talk(machine())  # Talk compares the deltas with the reply, byte for byte
    talk.context = replace(talk.context, handoff={"offer_first": offer_first})
    end = await talk.say(" ".join(asked))
    assert end.reply is not None


@pytest.mark.parametrize("cut", range(1, 40, 3))
async def test_the_deltas_are_the_reply_however_the_model_cuts_its_words(cut: int) -> None:
    text = "Yes, we ship to Switzerland. [1] It takes 3 to 5 days. [1]\nIt costs 9.90 EUR. [1]"
    pieces = [text[i : i + cut] for i in range(0, len(text), cut)]
    models = Models(default="fake:m", factories={"fake:m": lambda: ScriptedModel(pieces=pieces)})
    talk = Talk(machine(FakeKnowledge(*SHOP), models=models))
    end = await talk.say("Do you ship to Switzerland?")
    assert end.reply is not None
    assert end.reply["content"][0]["text"] == (
        "Yes, we ship to Switzerland. It takes 3 to 5 days.\nIt costs 9.90 EUR."
    )


async def test_the_first_intent_is_shown_before_the_others_are_ready() -> None:
    talk = Talk(machine())
    await talk.say(" ".join(KNOWN[:2]))
    kinds = [kind for kind, _ in talk.frames]
    assert kinds[:2] == ["typing", "intents"]
    assert kinds.index("sources") < kinds.index("message_delta")

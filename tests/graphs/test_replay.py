"""A recorded turn comes to the same bytes without anything outside, and says where it does not."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from graphs import support
from graphs.asking.models import Models
from graphs.asking.providers import Access
from graphs.nodes.compose import compose
from graphs.support import Machine
from tenants.errors import TurnNotRecorded
from tests.graphs.recorded import KINDS, SWISS, Recorded, record
from tests.no_sockets import SocketOpened, no_sockets
from tests.openai_loopback import Loopback, Reply, openai_loopback

TURNS = 200


class Nobody:
    """Every port of the machine; whoever asks one has not been given what was recorded."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a replay asked {name}")


def alone() -> Machine:
    nobody: Any = Nobody()
    return support.build_machine(
        knowledge=nobody, desk=nobody, models=nobody, savers=nobody, labels=nobody, words=nobody
    )


@pytest.fixture(scope="module")
def provider() -> Iterator[Loopback]:
    def choose(asked: dict[str, Any]) -> Reply:
        text = str(asked["messages"][-1]["content"])
        if "fail" in text:
            return Reply(status=400)
        if not asked.get("stream"):
            return Reply(words=["not ", "JSON"])
        return Reply(words=["We ship ", "to Switzerland [1]. ", "It takes ", "3 to 5 days [1]."])

    with openai_loopback(Reply()) as loopback:
        loopback.choose = choose
        yield loopback


@pytest.fixture
async def models(provider: Loopback) -> AsyncIterator[Models]:
    made = Models(access=Access({"openai": "k"}, {"openai": provider.base_url}))
    yield made
    await made.close()


async def same(recorded: Sequence[Recorded]) -> None:
    made = alone()
    for one in recorded:
        with no_sockets():
            again = await one.again(made)
        assert again.is_same, (one.kind, again.differences)
        said = one.end.reply["content"][0]["text"] if one.end.reply else ""
        assert again.text == said and again.nodes == len(one.recording["steps"]) > 0


async def test_every_kind_of_turn_comes_to_the_same_bytes(models: Models) -> None:
    recorded = await record(KINDS, models=models)
    calls = {call["port"] for one in recorded for call in one.recording["calls"]}
    assert calls >= {
        "knowledge.search", "words.speller", "speller.corrections", "models.write",
        "models.write_json", "models.chain", "knowledge.asked_alike", "desk.resolution", "desk.learn", "id",
    }  # fmt: skip
    decisions = {one.end.decision for one in recorded}
    assert decisions >= {"deliver", "clarify", "offer", "hand_off"}
    await same(recorded)


@pytest.mark.slow
async def test_two_hundred_turns_come_to_the_same_bytes(models: Models) -> None:
    recorded: list[Recorded] = []
    seed = 20261128
    while len(recorded) < TURNS:
        recorded += await record(KINDS, models=models, seed=(seed := seed + 1))
    await same(recorded[:TURNS])
    kinds = Counter(one.kind for one in recorded[:TURNS])
    assert kinds.keys() == set(KINDS) and min(kinds.values()) >= 5


async def _politer(state: Any, runtime: Any) -> dict[str, Any]:
    update = await compose(state, runtime)
    reply = update["reply"] | {"text": update["reply"]["text"] + " Anything else?"}
    return update | {"reply": reply}


async def test_a_changed_node_is_named_with_what_it_changed(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    [one] = await record(("answer",), models=models)
    monkeypatch.setattr(support, "compose", _politer)
    again = await one.again(alone())
    changed = [d for d in again.differences if d.node]
    assert (changed[0].node, changed[0].what) == ("compose", "reply")
    assert changed[0].was["text"] + " Anything else?" == changed[0].now["text"]
    assert {d.what for d in again.differences if not d.node} >= {"reply", "state"}


async def test_a_node_that_asks_for_more_is_named(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    [one] = await record(("answer",), models=models)

    async def curious(state: Any, runtime: Any, *, knowledge: Any, labels: Any) -> dict[str, Any]:
        await knowledge.search(UUID(int=0), [], "what else?", limit=1)
        raise AssertionError("never comes so far")

    only_first = replace_call(one, "knowledge.search")
    monkeypatch.setattr(support, "retrieve", curious)
    again = await only_first.again(alone())
    assert ("retrieve:0", "asks knowledge.search once more") in {
        (d.node, d.what) for d in again.differences
    }
    assert ("", "came to no end") in {(d.node, d.what) for d in again.differences}


def replace_call(one: Recorded, port: str) -> Recorded:
    calls = [call for call in one.recording["calls"] if call["port"] != port]
    return replace(one, recording=one.recording | {"calls": calls})


async def test_a_turn_whose_passages_are_gone_is_not_recorded_any_more(models: Models) -> None:
    [one] = await record(("answer",), models=models)
    assert SWISS not in str(one.recording["steps"])
    with pytest.raises(TurnNotRecorded):
        await replace(one, passages=[]).again(alone())
    other = [passage | {"text": "changed"} for passage in one.passages]
    with pytest.raises(TurnNotRecorded):
        await replace(one, passages=other).again(alone())  # pyright: ignore[reportArgumentType]  # passages still


async def test_a_recording_holds_no_text_of_the_knowledge_but_the_answer(
    models: Models,
) -> None:
    [one] = await record(("answer",), models=models, seed=4)
    searched = next(c for c in one.recording["calls"] if c["port"] == "knowledge.search")
    assert all(len(p["text"]) == 12 for p in searched["gave"])


def test_sockets_are_refused_inside_the_block() -> None:
    import socket

    with no_sockets(), pytest.raises(SocketOpened):
        socket.socket()

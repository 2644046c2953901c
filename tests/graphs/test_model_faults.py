"""What becomes of an answer when a provider is at fault, over real HTTP."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from langchain_core.messages import BaseMessage, HumanMessage

from graphs.asking.breaker import Breaker
from graphs.asking.models import Failed, Models, Used, Writing, Wrote
from graphs.asking.providers import Access
from graphs.context import TurnContext
from tests.openai_loopback import Loopback, Reply, openai_loopback

ASKED: list[BaseMessage] = [HumanMessage("Do you ship?")]
GOOD = Reply(["Yes, we ship ", "to Switzerland. [1]"])
FIRST, SECOND = "one:m", "two:m"


@asynccontextmanager
async def _pair(one: Loopback, two: Loopback, **options: Any) -> AsyncGenerator[Models]:
    access = Access(endpoints={"one": one.base_url, "two": two.base_url})
    models = Models(default=FIRST, fallbacks=[SECOND], access=access, **options)
    try:
        yield models
    finally:
        await models.close()


async def _write(models: Models, *, shown: bool = False) -> list[Writing]:
    written = models.write(
        models.chain(), ASKED, context=TurnContext(), node="answer", shown=lambda: shown
    )
    return [w async for w in written]


def _said(written: list[Writing]) -> str:
    return "".join(w.text for w in written if isinstance(w, Wrote))


def _kinds(written: list[Writing]) -> list[str]:
    return [w.kind for w in written if isinstance(w, Failed)]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Reply(status=500), "Status500"),
        (Reply(status=429, headers={"retry-after": "60"}), "Status429"),
        (Reply(status=401), "Status401"),
        (Reply(waits_seconds=9), "TimeOut"),
        (Reply(["Yes, ", "we"], cut_after=1), "CutOff"),
        (Reply([]), "NothingSaid"),
        (Reply(["  "]), "NothingSaid"),
        (Reply(["We ship"], finish="length"), "TooLong"),
        (Reply(["a"] * 9, gap_seconds=0.9), "TimeOut"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_next_model_answers_where_nothing_was_shown(fault: Reply, kind: str) -> None:
    with openai_loopback(fault) as one, openai_loopback(GOOD) as two:
        async with _pair(one, two, timeout_seconds=3, idle_seconds=1.5) as models:
            written = await _write(models)
    assert _kinds(written) == [kind]
    assert len(one.requests) == len(two.requests) == 1
    assert _said(written).endswith("Yes, we ship to Switzerland. [1]")
    assert [w.entry["model"] for w in written if isinstance(w, Used)] == [FIRST, SECOND]


async def test_a_stream_that_stalls_is_given_up_before_its_whole_time_is_over() -> None:
    with openai_loopback(Reply(["Yes, ", "we"], held_after=1)) as one, openai_loopback(GOOD) as two:
        one.gate.clear()
        began = time.monotonic()
        async with _pair(one, two, timeout_seconds=60, idle_seconds=1.5) as models:
            written = await _write(models)
        took = time.monotonic() - began
        one.gate.set()
    assert _kinds(written) == ["TimeOut"]
    assert took < 30


async def test_what_was_cut_off_is_counted_by_what_was_heard_of_it() -> None:
    with openai_loopback(Reply(["Yes, we ", "ship"], cut_after=1)) as one, openai_loopback() as two:
        async with _pair(one, two) as models:
            written = await _write(models, shown=True)
    [entry] = [w.entry for w in written if isinstance(w, Used)]
    assert entry["input_tokens"] > 0
    assert entry["output_tokens"] > 0
    assert entry["cost_microusd"] > 0
    assert entry.get("is_estimated")
    assert not two.requests  # shown: nobody starts over


async def test_a_provider_that_asks_to_be_left_alone_is() -> None:
    now = [0.0]
    busy = Reply(status=429, headers={"retry-after": "40"})
    with openai_loopback(busy, GOOD) as one, openai_loopback(GOOD) as two:
        async with _pair(one, two, make_breaker=lambda: Breaker(clock=lambda: now[0])) as models:
            await _write(models)
            assert models.open_breakers() == ["one"]
            now[0] = 39.0
            assert _kinds(await _write(models)) == ["CircuitOpen"]
            now[0] = 40.0
            assert _kinds(await _write(models)) == []
    assert len(one.requests) == 2


async def test_a_moment_is_waited_for_where_nobody_else_is_there() -> None:
    busy = Reply(status=429, headers={"retry-after": "0.3"})
    with openai_loopback(busy, GOOD) as one:
        models = Models(default=FIRST, access=Access(endpoints={"one": one.base_url}))
        began = time.monotonic()
        written = await _write(models)
        await models.close()
    assert _kinds(written) == ["Status429"]
    assert _said(written) == "Yes, we ship to Switzerland. [1]"
    assert time.monotonic() - began >= 0.3


async def test_our_own_fault_leaves_the_breaker_closed() -> None:
    with openai_loopback(Reply(status=400)) as one, openai_loopback(GOOD) as two:
        async with _pair(one, two, make_breaker=lambda: Breaker(failures=1)) as models:
            assert _kinds(await _write(models)) == ["Status400"]
            assert models.open_breakers() == []


@pytest.mark.parametrize("broken", ['{"intents": [', "Sure! Here you are.", "[1, 2]"])
async def test_json_that_is_broken_is_asked_of_the_next_model(broken: str) -> None:
    with openai_loopback(Reply([broken])) as one, openai_loopback(Reply(['{"a": 1}'])) as two:
        async with _pair(one, two) as models:
            text, used = await models.write_json(
                models.chain(), ASKED, context=TurnContext(), node="split"
            )
    assert text == '{"a": 1}'
    assert [u["model"] for u in used] == [FIRST, SECOND]


async def test_json_may_stand_in_a_fence() -> None:
    fenced = Reply(['Here:\n```json\n{"a": {"b": "}"}}\n```\n'])
    with openai_loopback(fenced) as one, openai_loopback() as two:
        async with _pair(one, two) as models:
            text, _ = await models.write_json(
                models.chain(), ASKED, context=TurnContext(), node="split"
            )
    assert text == '{"a": {"b": "}"}}'


def test_splitting_begins_with_the_small_model() -> None:
    models = Models(default=FIRST, small="two:small", fallbacks=[SECOND])
    assert models.chain() == [FIRST, SECOND, "extractive"]
    assert models.chain(task="split") == ["two:small", FIRST, SECOND, "extractive"]
    own = models.chain("openai:gpt-4.1", task="score", small="openai:gpt-4.1-nano")
    assert own == ["openai:gpt-4.1-nano", "openai:gpt-4.1", SECOND, "extractive"]
    assert models.chain("extractive", ["openai:gpt-4.1"], task="split") == ["extractive"]

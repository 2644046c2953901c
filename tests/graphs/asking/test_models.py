"""Models by name: the DeepSeek client over real HTTP, fallbacks, time-outs, the breaker."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from langchain_core.messages import BaseMessage, HumanMessage

from graphs.asking.breaker import Breaker
from graphs.asking.models import Began, Failed, Models, Used, Writing, Wrote
from graphs.asking.providers import Access
from graphs.context import TurnContext
from tenants.errors import Unavailable
from tests.fakes import ScriptedModel
from tests.graphs.conversation import Talk, machine, text_of
from tests.openai_loopback import Loopback, Reply, openai_loopback

ASKED: list[BaseMessage] = [HumanMessage("Do you ship?")]
SHIPS = Reply(["Yes, we ship ", "to Switzerland. [1]", " It takes 3 to 5 days. [1]"])


@asynccontextmanager
async def _deepseek(loopback: Loopback, *, timeout_seconds: float = 5) -> AsyncGenerator[Models]:
    models = Models(
        deepseek_api_key="test",
        deepseek_api_base=loopback.base_url,
        timeout_seconds=timeout_seconds,
    )
    try:
        yield models
    finally:
        await models.close()


async def _write(models: Models, names: list[str] | None = None) -> list[Writing]:
    chain = names or models.chain()
    written = models.write(chain, ASKED, context=TurnContext(), node="answer", shown=lambda: False)
    return [w async for w in written]


async def test_a_deepseek_key_makes_deepseek_the_default() -> None:
    assert Models().chain() == ["extractive"]
    assert Models(deepseek_api_key="k").chain() == ["deepseek:deepseek-chat", "extractive"]
    assert Models(deepseek_api_key="k").chain("extractive") == ["extractive"]
    chain = Models(deepseek_api_key="k").chain("openai:gpt-4o-mini", ["deepseek"])
    assert chain == ["openai:gpt-4o-mini", "deepseek:deepseek-chat", "extractive"]


async def test_the_platform_s_models_are_built_before_they_are_asked() -> None:
    built: list[str] = []

    def build() -> ScriptedModel:
        built.append("house:m")
        return ScriptedModel(pieces=["Yes, we ship. [1]"])

    models = Models(default="house:m", fallbacks=["mistral:none"], factories={"house:m": build})
    await models.get_ready()  # the one that cannot be built stops nobody
    assert built == ["house:m"]
    assert Began("house:m") in await _write(models, ["house:m"])
    assert built == ["house:m"]


async def test_deepseek_answers_a_turn_over_http_and_its_tokens_are_counted() -> None:
    with openai_loopback(Reply(SHIPS.words, cached_tokens=40)) as loopback:
        async with _deepseek(loopback) as models:
            talk = Talk(machine(models=models))
            end = await talk.say("Do you ship to Switzerland?")
    assert text_of(end) == "Yes, we ship to Switzerland. It takes 3 to 5 days."
    assert end.models == ["deepseek:deepseek-chat"]
    [used] = end.usage
    assert (used.input_tokens, used.output_tokens, used.cached_tokens) == (100, 3, 40)
    assert used.cost_usd > 0
    [request] = loopback.requests
    assert request["stream"] is True
    assert "9.90 EUR" in request["messages"][0]["content"]
    assert set(request["messages"][0]) == {"role", "content"}
    assert [d["text"] for k, d in talk.frames if k == "message_delta"] == [
        "Yes, we ship to Switzerland.", " It takes 3 to 5 days.",
    ]  # fmt: skip


async def test_a_sentence_that_no_passage_says_is_never_shown() -> None:
    invented = Reply(
        ["Yes, we ship to Switzerland. [1] It costs 4.50 EUR. [1] Write to x@y.example. [1]"]
    )
    with openai_loopback(invented) as loopback:
        async with _deepseek(loopback) as models:
            end = await Talk(machine(models=models)).say("Do you ship to Switzerland?")
    assert text_of(end).startswith("Yes, we ship to Switzerland.")
    assert "4.50" not in text_of(end)
    assert "x@y.example" not in text_of(end)


async def test_a_model_that_says_none_hands_off() -> None:
    with openai_loopback(Reply(["NO", "NE"])) as loopback:
        async with _deepseek(loopback) as models:
            end = await Talk(machine(models=models)).say("Do you ship to Switzerland?")
    assert end.status == "waiting_for_operator"


async def test_several_requests_are_split_by_json_mode_and_validated() -> None:
    split = Reply(['{"intents": [{"text": "Do you ship to Switzerland", "query": "Do you ship to Switzerland?"},'
                   '{"text": "opening hours?", "query": "What are your opening hours?"}]}'])  # fmt: skip
    with openai_loopback(split, SHIPS, Reply(["We are open Monday to Friday. [1]"])) as loopback:
        async with _deepseek(loopback) as models:
            talk = Talk(machine(models=models))
            end = await talk.say("Do you ship to Switzerland and what are your opening hours?")
    assert loopback.requests[0]["response_format"] == {"type": "json_object"}
    assert [i["text"] for i in end.intents] == ["Do you ship to Switzerland", "opening hours?"]
    assert [u.node for u in end.usage].count("split") == 1


async def test_a_split_that_is_no_valid_json_falls_back_to_the_rules() -> None:
    with openai_loopback(Reply(['{"intents": 3}']), SHIPS) as loopback:
        async with _deepseek(loopback) as models:
            talk = Talk(machine(models=models))
            end = await talk.say("Do you ship to Switzerland and what are your opening hours?")
    assert [i["text"] for i in end.intents] == [
        "Do you ship to Switzerland", "what are your opening hours?",
    ]  # fmt: skip


async def test_one_request_costs_no_call_for_splitting() -> None:
    with openai_loopback(SHIPS) as loopback:
        async with _deepseek(loopback) as models:
            await Talk(machine(models=models)).say("Do you ship to Switzerland?")
    assert len(loopback.requests) == 1


async def test_a_failing_provider_gives_way_to_the_next_model() -> None:
    with openai_loopback(Reply(status=500)) as loopback:
        async with _deepseek(loopback) as models:
            end = await Talk(machine(models=models)).say("Do you ship to Switzerland?")
    assert text_of(end).startswith("Yes, we ship to Switzerland.")
    assert end.models == ["deepseek:deepseek-chat", "extractive"]
    assert len(loopback.requests) == 2  # once more, as nobody else is there, and no hidden retries


async def test_a_slow_provider_is_given_up_in_time() -> None:
    with openai_loopback(Reply(["late"], waits_seconds=1.5)) as loopback:
        async with _deepseek(loopback, timeout_seconds=0.3) as models:
            end = await Talk(machine(models=models)).say("Do you ship to Switzerland?")
    assert text_of(end).startswith("Yes, we ship to Switzerland.")
    assert end.total_ms is not None
    assert end.total_ms < 1_400


async def test_no_other_model_starts_over_after_a_shown_sentence() -> None:
    words = ["Yes, we ship to Switzerland. [1] ", "It takes ", "3 to 5 days. [1]"]
    with openai_loopback(Reply(words, cut_after=2)) as loopback:
        async with _deepseek(loopback) as models:
            talk = Talk(machine(models=models))
            end = await talk.say("Do you ship to Switzerland?")
    assert text_of(end).startswith("Yes, we ship to Switzerland.")
    assert text_of(end).count("Yes, we ship") == 1
    assert end.models == ["deepseek:deepseek-chat"]


async def test_what_a_failed_model_wrote_unseen_is_void() -> None:
    broken = ScriptedModel(pieces=["We never ship"], fails_after=1)
    models = Models(default="fake:broken", factories={"fake:broken": lambda: broken})
    end = await Talk(machine(models=models)).say("Do you ship to Switzerland?")
    assert "never" not in text_of(end)


async def test_a_provider_that_keeps_failing_is_left_alone_for_a_while() -> None:
    now = [0.0]
    models = Models(
        default="fake:down",
        factories={"fake:down": lambda: ScriptedModel(fails_after=0)},
        make_breaker=lambda: Breaker(failures=2, rest_seconds=10, clock=lambda: now[0]),
    )
    down = Failed("fake:down", "ConnectionError")
    assert (await _write(models)).count(down) == 2  # nobody else is there: once more
    assert models.open_breakers() == ["fake"]
    assert Failed("fake:down", "CircuitOpen") in await _write(models)
    now[0] = 11.0
    assert Failed("fake:down", "ConnectionError") in await _write(models)
    assert models.open_breakers() == ["fake"]  # the one try failed


async def test_a_name_that_no_provider_has_is_a_failure_and_no_crash() -> None:
    written = await _write(Models(default="nowhere:model-1"))
    assert written[0] == Failed("nowhere:model-1", "UnknownProvider")
    assert any(isinstance(w, Began) and w.model == "extractive" for w in written)
    assert not any(isinstance(w, Wrote) for w in written)  # no passages: nothing to say
    assert isinstance(written[-1], Used)


async def test_a_key_that_cannot_be_opened_gives_way_and_is_not_replaced_by_the_platform_s() -> (
    None
):
    class Unreadable:
        async def key(self, tenant_id: str, provider: str) -> str | None:
            raise Unavailable("a secret was sealed under another master key")

    with openai_loopback(SHIPS) as loopback:
        access = Access({"deepseek": "platform"}, {"deepseek": loopback.base_url})
        models = Models(access=access, keys=Unreadable())
        written = await _write(models)
        await models.close()
    assert Failed("deepseek:deepseek-chat", "KeyUnreadable") in written
    assert Began("extractive") in written
    assert loopback.requests == []

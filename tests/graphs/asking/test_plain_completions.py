"""OpenAI's SDK with messages and chunks left plain: the same is asked, and the same is understood."""

import json
from typing import Any

import openai
import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_deepseek import ChatDeepSeek
from langchain_openai import ChatOpenAI
from langchain_openai.chat_models.base import BaseChatOpenAI
from langchain_together import ChatTogether

from graphs.asking.call_failures import Failure, failure_of
from graphs.asking.plain_completions import leave_plain
from tests.dialect_loopback import READ, WORDS, WRITTEN, Provider, dialect_loopback

KINDS = (BaseChatOpenAI, ChatOpenAI, ChatDeepSeek, ChatTogether)
TOOL = {
    "type": "function",
    "function": {
        "name": "track",
        "description": "Where a parcel is.",
        "parameters": {"type": "object", "properties": {"id": {"type": "string"}}},
    },
}
SAID: list[BaseMessage] = [
    SystemMessage("Answer from the passages."),
    HumanMessage("Where is my parcel?"),
    AIMessage("", tool_calls=[{"name": "track", "args": {"id": "7"}, "id": "call_1"}]),
    ToolMessage("In Basel.", tool_call_id="call_1"),
    HumanMessage("Do you ship to Switzerland?"),
]


def _made(kind: type[Any], provider: Provider) -> BaseChatModel:
    return kind(
        model="m",
        api_key="sk-test",
        base_url=f"{provider.address}/v1",
        max_retries=0,
        max_tokens=70,
        stream_usage=True,
    )


def _plain(kind: type[Any], provider: Provider) -> BaseChatModel:
    model = _made(kind, provider)
    leave_plain(model)
    return model


def _seen(message: BaseMessage) -> dict[str, Any]:
    return message.model_dump(exclude={"id"})


@pytest.mark.parametrize("kind", KINDS)
async def test_a_stream_is_asked_for_and_understood_as_by_the_sdk(kind: type[Any]) -> None:
    told: list[list[dict[str, Any]]] = []
    with dialect_loopback() as provider:
        for make in (_made, _plain):
            model = make(kind, provider).bind(
                tools=[TOOL], extra_body={"seed": 4}, extra_headers={"authorization": "Bearer own"}
            )
            told.append([_seen(chunk) async for chunk in model.astream(SAID)])
    first, second = provider.requests
    assert first == second and first["body"]["seed"] == 4 and first["key"] == "Bearer own"
    assert [message["role"] for message in first["body"]["messages"]][-2:] == ["tool", "user"]
    assert told[0] == told[1]
    assert "".join(chunk["content"] for chunk in told[1]) == "".join(WORDS)
    [usage] = [chunk["usage_metadata"] for chunk in told[1] if chunk["usage_metadata"]]
    assert (usage["input_tokens"], usage["output_tokens"]) == (READ, WRITTEN)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"response_format": {"type": "json_object"}}])
async def test_a_whole_answer_is_asked_for_and_understood_as_by_the_sdk(
    kind: type[Any], options: dict[str, Any]
) -> None:
    with dialect_loopback() as provider:
        asked = [make(kind, provider).bind(**options) for make in (_made, _plain)]
        by_sdk, plainly = [await model.ainvoke(SAID) for model in asked]
    first, second = provider.requests
    assert first == second
    assert plainly.content == by_sdk.content != ""
    assert isinstance(plainly, AIMessage) and isinstance(by_sdk, AIMessage)
    assert plainly.usage_metadata == by_sdk.usage_metadata
    assert plainly.response_metadata["finish_reason"] == "stop"


@pytest.mark.parametrize("status", [400, 401, 429, 503])
async def test_a_refusal_is_the_sdk_s_own_error(status: int) -> None:
    errors: list[Exception] = []
    with dialect_loopback(status=status) as provider:
        for make in (_made, _plain):
            for options in ({}, {"response_format": {"type": "json_object"}}):
                model = make(BaseChatOpenAI, provider).bind(**options)
                with pytest.raises(openai.APIStatusError) as whole:
                    await model.ainvoke(SAID)
                errors.append(whole.value)
            with pytest.raises(openai.APIStatusError) as streamed:
                [chunk async for chunk in make(BaseChatOpenAI, provider).astream(SAID)]
            errors.append(streamed.value)
    assert {(type(error), str(error)) for error in errors} == {(type(errors[0]), str(errors[0]))}
    assert len(provider.requests) == len(errors)


def _chunk(*choices: dict[str, Any]) -> dict[str, Any]:
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"} | {
        "choices": list(choices)
    }


CALL = {"type": "function", "function": {"name": "track", "arguments": '{"id": "7"}'}}
ODD = {
    "tool calls without a number": [
        _chunk({"index": 0, "delta": {"role": "assistant", "tool_calls": [CALL | {"id": "1"}]}}),
        _chunk({"index": 0, "delta": {}, "finish_reason": "tool_calls"}),
    ],
    "a choice without a delta": [
        _chunk({"index": 0, "delta": {"role": "assistant", "content": "Yes."}}),
        _chunk({"index": 0, "finish_reason": None, "content_filter_offsets": {}}),
        _chunk({"index": 0, "delta": {}, "finish_reason": "stop"}),
    ],
    "no choices": [
        _chunk({"index": 0, "delta": {"content": "Yes."}}),
        {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": None},
    ],
}


@pytest.mark.parametrize("odd", ODD)
async def test_what_some_servers_leave_out_is_understood_as_by_the_sdk(odd: str) -> None:
    told: list[list[dict[str, Any]]] = []
    with dialect_loopback(frames=ODD[odd]) as provider:
        for make in (_made, _plain):
            model = make(ChatOpenAI, provider)
            told.append([_seen(chunk) async for chunk in model.astream(SAID)])
    assert told[0] == told[1]
    heard = [call for chunk in told[1] for call in chunk["tool_call_chunks"]]
    assert bool(heard) == ("tool" in odd)


async def test_json_of_another_content_type_is_understood() -> None:
    body = json.dumps(
        {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
        | {"choices": [{"index": 0, "message": {"role": "assistant", "content": '{"a": 1}'}}]}
    )
    with dialect_loopback(whole=("text/plain", body)) as provider:
        for make in (_made, _plain):
            model = make(BaseChatOpenAI, provider).bind(response_format={"type": "json_object"})
            assert (await model.ainvoke(SAID)).content == '{"a": 1}'


CUT = {"index": 0, "finish_reason": "content_filter", "message": {"content": "{}", "role": "a"}}
REFUSED = {
    "an error": ("application/json", json.dumps({"error": {"message": "busy", "code": 503}})),
    "a page": ("text/html", "<html>sign in</html>"),
    "no choices": ("application/json", json.dumps({"id": "c", "choices": None})),
    "nothing": ("application/json", "{}"),
    "a filter": ("application/json", json.dumps({"id": "c", "choices": [CUT]})),
}


@pytest.mark.parametrize("refused", REFUSED)
async def test_an_answer_that_is_none_costs_nothing(refused: str) -> None:
    failures: list[Failure] = []
    with dialect_loopback(whole=REFUSED[refused]) as provider:
        for make in (_made, _plain):
            model = make(BaseChatOpenAI, provider).bind(response_format={"type": "json_object"})
            with pytest.raises(Exception) as failed:
                await model.ainvoke(SAID)
            failures.append(failure_of(failed.value))
    assert failures[0] == failures[1] == Failure("Status200", unbilled=True)

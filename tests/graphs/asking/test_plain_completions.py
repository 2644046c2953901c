"""OpenAI's SDK with messages and chunks left plain: the same is asked, and the same is understood."""

from typing import Any

import openai
import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_deepseek import ChatDeepSeek
from langchain_openai import ChatOpenAI
from langchain_openai.chat_models.base import BaseChatOpenAI
from langchain_together import ChatTogether

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

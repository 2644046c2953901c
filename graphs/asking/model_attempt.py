"""One call to one model: its time, what it said, what it cost, and what its failure means."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata

from graphs.asking.breaker import Breaker
from graphs.asking.call_failures import CutOff, Failure, NoJson, NothingSaid, TooLong, failure_of
from graphs.asking.metering import Caller
from graphs.asking.prices import Price
from graphs.ports import NO_PACE, Pace
from graphs.state import UsageEntry
from tenants.cutting.drafts import count_tokens
from tenants.running.budgets import Stage

_ENDINGS = ("finish_reason", "stop_reason", "done_reason")  # as the packages call it
_TOO_LONG = frozenset({"length", "max_tokens", "MAX_TOKENS", "model_length"})


@dataclass
class Attempt:
    """A call that is allowed to go out; `failure` and `said` are there when it is over."""

    name: str
    model: BaseChatModel
    breaker: Breaker
    price: Price
    seconds: float
    idle_seconds: float
    tells_its_end: bool  # a provider's stream that ends without saying so was cut off
    call_id: UUID | None = None
    said: str = ""
    tokens: UsageMetadata | None = None
    ending: str = ""
    failure: Failure | None = None
    tools: Sequence[Mapping[str, Any]] = ()  # that the model may call instead of writing
    pace: Pace = NO_PACE
    _heard: AIMessageChunk | None = None

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The tools that were called, `name` and `arguments`; None where they are no object."""
        if self._heard is None:
            return []
        good = [{"name": c["name"], "arguments": c["args"]} for c in self._heard.tool_calls]
        bad = [{"name": c["name"] or "", "arguments": None} for c in self._heard.invalid_tool_calls]
        return [*good, *bad]

    async def pieces(self, messages: Sequence[BaseMessage]) -> AsyncGenerator[str]:
        """The text as it is written; it just ends where the model failed."""
        try:
            async with aclosing(self._chunks(messages)) as chunks:
                async for chunk in chunks:
                    self._take(chunk)
                    if chunk.text:
                        self.said += chunk.text
                        yield chunk.text
            self._check(self.said)
        except (asyncio.CancelledError, GeneratorExit):
            self.breaker.abandoned()
            raise
        except Exception as error:  # every provider has an error tree of its own
            self._failed(failure_of(error))
        else:
            self.breaker.succeeded()

    async def json_object(self, messages: Sequence[BaseMessage], options: dict[str, Any]) -> str:
        """The JSON object of a whole answer, or "" where the model failed."""
        found = ""
        try:
            async with asyncio.timeout(self.seconds):
                answer = await self.model.bind(**options).ainvoke(list(messages))
            self._take(answer)
            self.said = answer.text
            self._check(self.said)
            found = _object_in(self.said)
            if not found:
                raise NoJson
        except asyncio.CancelledError:
            self.breaker.abandoned()
            raise
        except NoJson as error:
            self.failure = failure_of(error)
            self.breaker.succeeded()  # it is there and answers, if not in the form asked for
        except Exception as error:  # as above; the caller has rules
            self._failed(failure_of(error))
        else:
            self.breaker.succeeded()
        return found

    def entry(self, caller: Caller, messages: Sequence[BaseMessage], stage: Stage) -> UsageEntry:
        """The call's tokens and cost; what the provider did not tell is counted by us."""
        tokens, is_estimated = self.tokens, False
        unbilled = self.failure is not None and self.failure.unbilled and not self.said
        if not unbilled and (tokens is None or tokens["input_tokens"] == 0):
            is_estimated = True
            read = sum(count_tokens(message.text) for message in messages)
            written = max(count_tokens(self.said), tokens["output_tokens"] if tokens else 0)
            tokens = UsageMetadata(
                input_tokens=read, output_tokens=written, total_tokens=read + written
            )
        entry = usage_entry(caller, self.name, tokens, self.price)
        entry["is_estimated"] = is_estimated or (
            not self.price.known and entry["cost_microusd"] > 0
        )
        if self.call_id is not None:
            entry["call_id"] = str(self.call_id)
        if stage:
            entry["stage"] = stage
        return entry

    async def _chunks(self, messages: Sequence[BaseMessage]) -> AsyncGenerator[AIMessageChunk]:
        """The model's stream: the whole of it within its time, no pause longer than may be."""
        clock = asyncio.get_running_loop().time
        ends_at = clock() + self.seconds
        stream = cast(
            AsyncGenerator[AIMessageChunk], self._able().astream(list(messages))
        )  # a generator, though LangChain promises an iterator only
        async with aclosing(stream):
            while True:
                try:  # never around a yield: it would cancel whoever reads
                    async with asyncio.timeout_at(min(ends_at, clock() + self.idle_seconds)):
                        chunk = await anext(stream)
                except StopAsyncIteration:
                    return
                yield chunk
                await self.pace.words()

    def _able(self) -> Any:
        """The model with its tools bound, where it has some and can have them."""
        if not self.tools:
            return self.model
        try:
            return self.model.bind_tools([_function(tool) for tool in self.tools])
        except NotImplementedError:
            return self.model

    def _take(self, message: AIMessage | AIMessageChunk) -> None:
        """Keep usage and ending; providers send the whole usage once, the largest seen is it."""
        if self.tools and isinstance(message, AIMessageChunk) and message.tool_call_chunks:
            self._heard = message if self._heard is None else self._heard + message
        new = message.usage_metadata
        if new and (self.tokens is None or new["total_tokens"] >= self.tokens["total_tokens"]):
            self.tokens = new
        for name in _ENDINGS:
            self.ending = str(message.response_metadata.get(name) or self.ending)

    def _check(self, said: str) -> None:
        if self.ending in _TOO_LONG:
            raise TooLong
        if self.tells_its_end and not self.ending:
            raise CutOff
        if self.tells_its_end and not said.strip() and not self.calls:
            raise NothingSaid

    def _failed(self, failure: Failure) -> None:
        self.failure = failure
        if failure.is_ours:
            self.breaker.abandoned()
        else:
            self.breaker.failed(rest_seconds=failure.rest_seconds)


def _function(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A tool as LangChain hands it to any provider."""
    told = {"name": tool["name"], "description": tool["description"], "parameters": tool["schema"]}
    return {"type": "function", "function": told}


def usage_entry(
    caller: Caller, model: str, tokens: UsageMetadata | None, price: Price
) -> UsageEntry:
    """A call's tokens and cost as the state keeps them."""
    read = tokens["input_tokens"] if tokens else 0
    written = tokens["output_tokens"] if tokens else 0
    details = (tokens or {}).get("input_token_details") or {}
    cached = details.get("cache_read") or 0
    entry = UsageEntry(
        node=caller.node,
        model=model,
        input_tokens=read,
        output_tokens=written,
        cached_tokens=cached,
        cost_microusd=price.microusd(read, written, cached),
        price_version=price.version,
    )
    if caller.intent_index is not None:
        entry["intent_index"] = caller.intent_index
    if caller.intent_label is not None:
        entry["intent_label"] = caller.intent_label
    return entry


def _object_in(text: str) -> str:
    """The first JSON object in a text, as it stands there; "" where there is none."""
    start = text.find("{")
    if start < 0:
        return ""
    try:
        _, length = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return ""
    return text[start : start + length]

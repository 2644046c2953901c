"""Language models by name, in a chain that always ends with `extractive`.

A name is `provider:model` as LangChain knows it, or `extractive`. A model that fails before
anything of its answer was shown gives way to the next one; after that its answer just ends.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from langchain.chat_models import init_chat_model
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata

from graphs.breaker import Breaker
from graphs.extractive import ExtractiveChatModel
from graphs.model_calls import note_call
from graphs.prices import cost_microusd
from graphs.state import UsageEntry
from graphs.turn_clock import seconds_for_models
from tenants.drafts import count_tokens

EXTRACTIVE = "extractive"
DEEPSEEK = "deepseek:deepseek-chat"
_OPENAI_LIKE = frozenset({"deepseek", "openai", "azure_openai", "openrouter", "together"})
_ALIASES = {"deepseek": DEEPSEEK}

Factory = Callable[[], BaseChatModel]


@dataclass(frozen=True, slots=True)
class Began:
    """A model starts to write; what an earlier one wrote and nobody saw is void."""

    model: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """The next piece of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Used:
    """A call's tokens, when it is over."""

    entry: UsageEntry


@dataclass(frozen=True, slots=True)
class Failed:
    """A model failed; `kind` names the error's type and never its text."""

    model: str
    kind: str


Writing = Began | Wrote | Used | Failed


class Models:
    """The models of this process, built when first asked for, each behind its provider's breaker."""

    def __init__(
        self,
        *,
        default: str = EXTRACTIVE,
        timeout_seconds: float = 30,
        deepseek_api_key: str | None = None,
        deepseek_api_base: str | None = None,
        factories: Mapping[str, Factory] | None = None,
        make_breaker: Callable[[], Breaker] = Breaker,
    ) -> None:
        self._default = _full_name(default)
        if self._default == EXTRACTIVE and deepseek_api_key:
            self._default = DEEPSEEK
        self._timeout_seconds = timeout_seconds
        self._deepseek: dict[str, Any] = {}
        if deepseek_api_key:
            self._deepseek["api_key"] = deepseek_api_key
        if deepseek_api_base:
            self._deepseek["base_url"] = deepseek_api_base
        self._factories = {EXTRACTIVE: ExtractiveChatModel, **(factories or {})}
        self._built: dict[str, BaseChatModel] = {}
        self._breakers: dict[str, Breaker] = {}
        self._make_breaker = make_breaker

    def chain(self, model: str = "", fallbacks: Sequence[str] = ()) -> list[str]:
        """The names to try in turn; the platform's default where none is asked for."""
        names = [_full_name(model) if model else self._default, *map(_full_name, fallbacks)]
        return [*dict.fromkeys(n for n in names if n != EXTRACTIVE), EXTRACTIVE]

    def open_breakers(self) -> list[str]:
        """The providers that are being left alone now."""
        return sorted(p for p, breaker in self._breakers.items() if breaker.is_open)

    async def close(self) -> None:
        """Close the connections to the providers."""
        for model in self._built.values():
            client = getattr(model, "root_async_client", None)  # what OpenAI-like models hold
            if client is not None:
                await client.close()
        self._built.clear()

    async def write(
        self,
        names: Sequence[str],
        messages: list[BaseMessage],
        *,
        node: str,
        shown: Callable[[], bool],
    ) -> AsyncIterator[Writing]:
        """An answer as it is written, by the first model that manages."""
        for name in names:
            breaker = self._breaker(name)
            if name != EXTRACTIVE and not self._seconds():
                yield Failed(name, "NoTimeLeft")
                continue
            if not breaker.allows():
                yield Failed(name, "CircuitOpen")
                continue
            yield Began(name)
            tokens = UsageMetadata(input_tokens=0, output_tokens=0, total_tokens=0)
            failure: Failed | None = None
            said = ""
            try:
                async with aclosing(self._chunks(name, messages)) as chunks:
                    async for chunk in chunks:
                        tokens = _latest(tokens, getattr(chunk, "usage_metadata", None))
                        if chunk.text:
                            said += chunk.text
                            yield Wrote(chunk.text)
            except (asyncio.CancelledError, GeneratorExit):
                breaker.abandoned()
                note_call(_stopped(node, name, messages, said))
                raise
            except Exception as error:  # every provider has an error tree of its own
                breaker.failed()
                failure = Failed(name, type(error).__name__)
            else:
                breaker.succeeded()
            if failure is not None:
                yield failure
            yield Used(note_call(usage_entry(node, name, tokens)))
            if failure is None or shown():
                return

    async def write_json(
        self, names: Sequence[str], messages: Sequence[BaseMessage], *, node: str
    ) -> tuple[str, list[UsageEntry]]:
        """The JSON text of the first language model that gives one, or "" when none does."""
        used: list[UsageEntry] = []
        for name in names:
            breaker = self._breaker(name)
            if name == EXTRACTIVE or not self._seconds() or not breaker.allows():
                continue
            try:
                async with asyncio.timeout(self._seconds()):
                    asked = self._build(name).with_structured_output(
                        {}, method="json_mode", include_raw=True
                    )
                    found: Any = await asked.ainvoke(list(messages))
            except asyncio.CancelledError:
                breaker.abandoned()
                note_call(_stopped(node, name, messages, ""))
                raise
            except Exception:  # every provider has an error tree of its own; the caller has rules
                breaker.failed()
                continue
            breaker.succeeded()
            used.append(note_call(usage_entry(node, name, found["raw"].usage_metadata)))
            return found["raw"].text, used
        return "", used

    async def _chunks(
        self, name: str, messages: list[BaseMessage]
    ) -> AsyncGenerator[AIMessageChunk]:
        """The model's stream; the whole of it within the time-out and the turn's time for models."""
        seconds = self._timeout_seconds if name == EXTRACTIVE else self._seconds()
        ends_at = asyncio.get_running_loop().time() + seconds
        stream = cast(
            AsyncGenerator[AIMessageChunk], self._build(name).astream(messages)
        )  # a generator, though LangChain promises an iterator only
        async with aclosing(stream):
            while True:
                try:  # never around a yield: it would cancel whoever reads
                    async with asyncio.timeout_at(ends_at):
                        chunk = await anext(stream)
                except StopAsyncIteration:
                    return
                yield chunk

    def _seconds(self) -> float:
        return seconds_for_models(self._timeout_seconds)

    def _build(self, name: str) -> BaseChatModel:
        if name not in self._built:
            self._built[name] = self._factories.get(name, partial(self._init, name))()
        return self._built[name]

    def _init(self, name: str) -> BaseChatModel:
        provider = name.partition(":")[0]
        own = dict(self._deepseek) if provider == "deepseek" else {}
        if provider in _OPENAI_LIKE:
            own["stream_usage"] = True  # a base_url of one's own turns it off
        return init_chat_model(name, timeout=self._timeout_seconds, max_retries=0, **own)

    def _breaker(self, name: str) -> Breaker:
        provider = name.partition(":")[0]
        if provider not in self._breakers:
            self._breakers[provider] = self._make_breaker()
        return self._breakers[provider]


def usage_entry(node: str, model: str, tokens: UsageMetadata | None) -> UsageEntry:
    """A call's tokens and cost as the state keeps them."""
    read = tokens["input_tokens"] if tokens else 0
    written = tokens["output_tokens"] if tokens else 0
    details = (tokens or {}).get("input_token_details") or {}
    cached = details.get("cache_read") or 0
    return UsageEntry(
        node=node,
        model=model,
        input_tokens=read,
        output_tokens=written,
        cached_tokens=cached,
        cost_microusd=cost_microusd(model, read, written, cached),
    )


def _stopped(node: str, model: str, messages: Sequence[BaseMessage], said: str) -> UsageEntry:
    """About what a call cost that was stopped: a provider tells tokens at the end only."""
    read = sum(count_tokens(message.text) for message in messages)
    written = count_tokens(said)
    tokens = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
    return usage_entry(node, model, tokens)


def _latest(held: UsageMetadata, new: UsageMetadata | None) -> UsageMetadata:
    """Providers send the whole usage once, in the last chunk; the largest one seen is it."""
    return new if new and new["total_tokens"] >= held["total_tokens"] else held


def _full_name(name: str) -> str:
    return _ALIASES.get(name, name)

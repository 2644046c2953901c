"""OpenAI's interface as its own SDK asks it, with messages and chunks left as plain data.

The SDK goes through what is asked by the types of its interface and builds typed objects of every
chunk; LangChain takes those apart again. Nothing is gained by either, and together they cost twice
what the rest of a streamed answer does (`docs/benchmarks.md`). Connections, time-outs, errors and
the reading of a stream stay the SDK's.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, cast

from langchain_core.language_models.chat_models import BaseChatModel
from openai import AsyncOpenAI, AsyncStream
from openai.resources.chat.completions import AsyncCompletions

_PATH = "/chat/completions"
_OPTIONS = {"extra_headers": "headers", "extra_query": "params", "extra_body": "extra_json"}


class PlainCompletions(AsyncCompletions):
    """The part of the SDK that asks for completions; an answer is what the server sent."""

    async def create(self, **asked: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """An answer as a dict, or a stream of such. Raises: openai.OpenAIError, ValueError."""
        body, options = _apart(asked)
        if body.get("stream"):
            return await self._post(
                _PATH, body=body, options=options, cast_to=object, stream=True, stream_cls=_Chunks
            )
        options["post_parser"] = partial(_whole, of_json="response_format" in body)
        return await self._post(_PATH, body=body, options=options, cast_to=object)

    async def parse(self, **asked: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """As `create`; a `response_format` is plain data here, so that nothing is to be parsed."""
        return await self.create(**{"stream": False} | asked)


def leave_plain(model: BaseChatModel) -> None:
    """Have a model of LangChain's ask so, where it asks by the SDK of OpenAI's."""
    client = getattr(model, "root_async_client", None)
    if isinstance(client, AsyncOpenAI):
        plain = PlainCompletions(client)
        vars(client.chat)["completions"] = plain
        vars(model)["async_client"] = plain


class _Chunks(AsyncStream[object]):
    """Chunks with the places that LangChain looks into and some servers leave out.

    Gemini numbers no tool calls, Azure's filter tells of itself without a delta; the SDK's types say
    None there.
    """

    async def __stream__(self) -> AsyncIterator[object]:
        async for chunk in super().__stream__():
            for choice in _choices(chunk):
                delta = choice.setdefault("delta", None) or {}
                for call in delta.get("tool_calls") or ():
                    call.setdefault("index", None)
            yield chunk


def _choices(told: object) -> list[dict[str, Any]]:
    """Of a chunk or a whole answer; none where it has no such form."""
    found = cast(dict[str, Any], told).get("choices") if isinstance(told, dict) else None
    return cast(list[dict[str, Any]], found) if isinstance(found, list) else []


def _whole(told: object, *, of_json: bool) -> object:
    """An answer that is one. Raises: ValueError, within LangChain's reach: it adds the response, by
    which `failure_of` knows that nothing was read for money.
    """
    if isinstance(told, str):  # its type was not said to be JSON
        with suppress(ValueError):
            told = json.loads(told)
    if not _choices(told):
        raise ValueError("the provider answered without a choice")
    if of_json and any(one.get("finish_reason") == "content_filter" for one in _choices(told)):
        raise ValueError("the provider's filter cut the JSON off")
    return told


def _apart(asked: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """The request's body, and what the SDK is told beside it."""
    body = {name: value for name, value in asked.items() if name not in {*_OPTIONS, "timeout"}}
    options = {to: asked[name] for name, to in _OPTIONS.items() if asked.get(name) is not None}
    if "timeout" in asked:
        options["timeout"] = asked["timeout"]
    return body, options

"""OpenAI's interface as its own SDK asks it, with messages and chunks left as plain data.

The SDK goes through what is asked by the types of its interface and builds typed objects of every
chunk; LangChain takes those apart again. Nothing is gained by either, and together they cost twice
what the rest of a streamed answer does (`docs/benchmarks.md`). Connections, time-outs, errors and
the reading of a stream stay the SDK's.
"""

from collections.abc import Mapping
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from openai import AsyncOpenAI, AsyncStream
from openai.resources.chat.completions import AsyncCompletions

_PATH = "/chat/completions"
_OPTIONS = {"extra_headers": "headers", "extra_query": "params", "extra_body": "extra_json"}


class PlainCompletions(AsyncCompletions):
    """The part of the SDK that asks for completions; an answer is what the server sent."""

    async def create(self, **asked: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """An answer as a dict, or a stream of such. Raises: openai.OpenAIError."""
        body, options = _apart(asked)
        if body.get("stream"):
            return await self._post(
                _PATH,
                body=body,
                options=options,
                cast_to=object,
                stream=True,
                stream_cls=AsyncStream[object],
            )
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


def _apart(asked: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """The request's body, and what the SDK is told beside it."""
    body = {name: value for name, value in asked.items() if name not in {*_OPTIONS, "timeout"}}
    options = {to: asked[name] for name, to in _OPTIONS.items() if asked.get(name) is not None}
    if "timeout" in asked:
        options["timeout"] = asked["timeout"]
    return body, options

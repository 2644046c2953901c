"""A chat model that answers with the best supported sentences of the passages, and with no others.

It needs no key and no network. The passages come as data in the system message's
`additional_kwargs["passages"]`, the question is the last human message. Each sentence carries its
[n]; nothing that is not a passage's own sentence is ever said.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from graphs.writing.best_sentences import extract, is_item
from tenants.finding.search import Passage


class ExtractiveChatModel(BaseChatModel):
    """The chat model over `extract`; deterministic, streams sentence by sentence."""

    @property
    def _llm_type(self) -> str:
        return "extractive"

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _chunks(messages):
            yield ChatGenerationChunk(message=chunk)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _chunks(messages):
            yield ChatGenerationChunk(message=chunk)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        pieces = list(_chunks(messages))
        text = "".join(piece.text for piece in pieces)
        message = AIMessage(content=text, usage_metadata=pieces[-1].usage_metadata)
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages)


def approximate_tokens(text: str) -> int:
    """A fair guess without a tokenizer: four characters a token."""
    return -(-len(text) // 4)


def _chunks(messages: list[BaseMessage]) -> Iterator[AIMessageChunk]:
    passages: list[Passage] = []
    question = stressed = ""
    for message in messages:
        passages = message.additional_kwargs.get("passages", passages)
        if message.type == "human":
            question = message.text
            stressed = str(message.additional_kwargs.get("stressed", ""))
            if field := message.additional_kwargs.get("field"):
                question, stressed = f"{question} {field}", f"{stressed} {field}"
    chosen = extract(question, passages, stressed=stressed)
    spoken = 0
    for i, (index, sentence) in enumerate(chosen):
        following = chosen[i + 1][1] if i + 1 < len(chosen) else None
        gap = "" if following is None else "\n" if is_item(following) else " "
        text = f"{sentence} [{index + 1}]{gap}"
        spoken += approximate_tokens(text)
        yield AIMessageChunk(content=text)
    read = approximate_tokens(question) + sum(approximate_tokens(p["text"]) for p in passages)
    usage = UsageMetadata(input_tokens=read, output_tokens=spoken, total_tokens=read + spoken)
    yield AIMessageChunk(content="", usage_metadata=usage)

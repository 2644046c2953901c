"""A scripted language model for the tasks of an assistant that acts: it calls what it is told to."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

_FIRST_PASSAGE = re.compile(r"<(data-[0-9a-f]+) passage 1>\n(.*?)\n</\1>", re.S)


class CallingModel(BaseChatModel):
    """Calls the tools that a script says, once a message, and has nothing of its own to say.

    Of a message's several requests the one that names what a call is about makes it.
    """

    calls: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    said: str = ""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **how: Any) -> "CallingModel":  # pyright: ignore[reportIncompatibleMethodOverride]  # itself
        return self

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        question = str(messages[-1].text)
        wanted = [one for one in self.calls if self._is_for(one, question)]
        self.calls = [one for one in self.calls if one not in wanted]
        for n, one in enumerate(wanted):
            chunk = tool_call_chunk(
                name=one["name"], args=json.dumps(one["arguments"]), id=f"c{n}", index=n
            )
            yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[chunk]))
        if not wanted:
            passage = _FIRST_PASSAGE.search(str(messages[0].text))
            lines = [line.strip() for line in passage[2].split("\n")] if passage else []
            told = next((line for line in lines if line.endswith(".") and " " in line), "NONE")
            yield ChatGenerationChunk(message=AIMessageChunk(content=told))

    def _is_for(self, call: dict[str, Any], question: str) -> bool:
        """Whether a request makes the call: it says what it is about, or no request does."""
        named = [str(value) for value in call["arguments"].values() if str(value) in self.said]
        return not named or any(value in question for value in named)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("{}"))])

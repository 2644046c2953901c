"""The model of the echo graphs: says twenty words at once, whatever it is asked.

Needs LangChain alone: servers of other people load it in environments that lack the product.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

TOKENS = int(os.environ.get("ECHO_TOKENS", "20"))
FIRST_SECONDS = float(os.environ.get("ECHO_FIRST_MS", "0")) / 1_000
TOKEN_SECONDS = float(os.environ.get("ECHO_TOKEN_MS", "0")) / 1_000


class EchoModel(BaseChatModel):
    """Streams TOKENS short words; no network, and no delay unless asked for."""

    @property
    def _llm_type(self) -> str:
        return "echo"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(f"word{number} " for number in range(TOKENS))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        began = time.monotonic()
        for number in range(TOKENS):
            due = began + FIRST_SECONDS + number * TOKEN_SECONDS - time.monotonic()
            if due > 0 or not TOKEN_SECONDS:  # else it came while nobody read
                await asyncio.sleep(max(0.0, due))
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=f"word{number} "))
            if run_manager:
                await run_manager.on_llm_new_token(f"word{number} ", chunk=chunk)
            yield chunk

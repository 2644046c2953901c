"""What it costs to hear a model: `python benchmarks/model_streams.py [--tokens N] [--calls N] [--rounds N]`.

Streams of a loopback model in a process of its own, and whole answers in JSON, asked by LangChain over
OpenAI's SDK as that comes, with messages and chunks left plain as the product asks, and (the floor) by
the SDK's own HTTP client, whose lines nobody reads. Rounds alternate; printed: this process's CPU time a
call, the median of the rounds, and how many times the floor that is.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import httpx2
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai.chat_models.base import BaseChatOpenAI
from model_process import model_process

from graphs.asking.plain_completions import leave_plain

MESSAGES = [SystemMessage("Answer. " * 400), *(HumanMessage("words " * 60) for _ in range(4))]
BODY = {
    "model": "m",
    "messages": [{"role": "user", "content": message.text} for message in MESSAGES],
}
JSON_MODE: dict[str, Any] = {"response_format": {"type": "json_object"}}

Ask = Callable[[], Awaitable[None]]


def ways(base_url: str, client: httpx2.AsyncClient) -> dict[str, tuple[Ask, Ask]]:
    """By name: how a stream is heard to its end, and how a whole answer is."""
    options: dict[str, Any] = {"model": "m", "api_key": "none", "base_url": base_url}
    as_it_comes, plain = BaseChatOpenAI(**options), BaseChatOpenAI(**options)
    plain.stream_chunk_timeout = 0
    leave_plain(plain)

    async def bare_stream() -> None:
        asked = BODY | {"stream": True}
        async with client.stream("POST", f"{base_url}/chat/completions", json=asked) as response:
            async for _line in response.aiter_lines():
                pass

    async def bare_whole() -> None:
        await client.post(f"{base_url}/chat/completions", json=BODY | JSON_MODE)

    return {
        "lines that nobody reads (floor)": (bare_stream, bare_whole),
        "messages and chunks plain (ours)": _asked(plain),
        "the SDK as it comes": _asked(as_it_comes),
    }


def _asked(model: BaseChatOpenAI) -> tuple[Ask, Ask]:
    async def stream() -> None:
        async for _chunk in model.astream(MESSAGES):
            pass

    async def whole() -> None:
        await model.ainvoke(MESSAGES, **JSON_MODE)

    return stream, whole


async def cpu_ms(ask: Ask, calls: int) -> float:
    """Of one call."""
    began = time.process_time()
    for _ in range(calls):
        await ask()
    return 1e3 * (time.process_time() - began) / calls


async def run(asked: argparse.Namespace) -> None:
    """Rounds of all ways in turn, then the table."""
    with model_process("talking_model.py", asked.tokens) as base_url:
        async with httpx2.AsyncClient(timeout=30) as client:
            found = ways(base_url, client)
            took: dict[str, tuple[list[float], list[float]]] = {n: ([], []) for n in found}
            for asks in found.values():
                for ask in asks:
                    await cpu_ms(ask, 5)
            for _ in range(asked.rounds):
                for name, asks in found.items():
                    for ask, figures in zip(asks, took[name], strict=True):
                        figures.append(await cpu_ms(ask, asked.calls))
    print(f"| | stream of {asked.tokens} tokens, ms of CPU | x floor | JSON, ms of CPU | x floor |")
    print("| --- " * 5 + "|")
    floor = [median(figures) for figures in next(iter(took.values()))]
    for name, figures in took.items():
        stream, whole = map(median, figures)
        print(
            f"| {name} | {stream:.1f} | {stream / floor[0]:.1f} | "
            f"{whole:.1f} | {whole / floor[1]:.1f} |"
        )


def main() -> None:
    """Ask the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=100)
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=7)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()

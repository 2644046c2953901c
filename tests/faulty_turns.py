"""Turns over HTTP while a provider is at fault in a share of its calls, and what came of them.

Used by the slow test and by `benchmarks/faults.py`.
"""

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests import plain_http
from tests.openai_loopback import Reply

SHARE = 0.3
KNOWN = {
    "Do you ship to Switzerland?": "Yes, parcels to Switzerland take 3 to 5 days.",
    "What are your opening hours?": "We are open Monday to Friday from 9:00 to 18:00.",
    "Can I return worn shoes?": "Worn shoes can be returned within 30 days.",
    "How much does gift wrapping cost?": "Gift wrapping costs 3.50 EUR.",
    "Do you repair umbrellas?": "Our workshop repairs umbrellas on Tuesdays.",
}
ASKS_THE_MODEL = {"curated": {"enabled": False}}  # although every question is a pair's
TIME_OUTS = {"model_timeout_seconds": 3.0, "model_idle_seconds": 1.0}
FAULTS = (
    "time-out", "429 with Retry-After", "500", "half-open stream", "cut stream", "broken JSON",
    "empty content", "slow tokens",
)  # fmt: skip


class Faults:
    """Chooses what each call gets; the same seed, the same faults in the same order of calls."""

    def __init__(self, seed: int, share: float = SHARE) -> None:
        self._random = random.Random(seed)
        self._share = share
        self._lock = threading.Lock()
        self.calls: Counter[str] = Counter()

    def __call__(self, request: dict[str, Any]) -> Reply:
        with self._lock:
            fault = self._random.choice(FAULTS) if self._random.random() < self._share else "none"
            self.calls[fault] += 1
        words = _json(request) if request.get("response_format") else _sentence(request)
        return _faulty(fault, words)


def _faulty(fault: str, words: list[str]) -> Reply:
    match fault:
        case "time-out":
            return Reply(words, waits_seconds=4)
        case "429 with Retry-After":
            return Reply(status=429, headers={"retry-after": "1"})
        case "500":
            return Reply(status=500)
        case "half-open stream":
            return Reply(words, stalls_after=2)
        case "cut stream":
            return Reply(words, cut_after=2)
        case "broken JSON":
            return Reply(['{"intents": [{"text": '], is_garbled=True)
        case "empty content":
            return Reply([])
        case "slow tokens":
            return Reply(words, gap_seconds=0.3)
        case _:
            return Reply(words)


def _sentence(request: dict[str, Any]) -> list[str]:
    asked = str(request["messages"][-1]["content"])
    known = next((answer for question, answer in KNOWN.items() if question in asked), "NONE")
    half = len(known) // 2
    return [known[:half], known[half:], " [1]"]


def _json(request: dict[str, Any]) -> list[str]:
    asked = str(request["messages"][-1]["content"])
    parts = [question for question in KNOWN if question in asked] or [asked]
    return [json.dumps({"intents": [{"text": part, "query": part} for part in parts]})]


@dataclass
class Seen:
    """What came of the turns."""

    turns: int = 0
    ended_well: int = 0
    answered: int = 0
    by_model: Counter[str] = field(default_factory=Counter[str])
    seconds: list[float] = field(default_factory=list[float])
    wrong: list[str] = field(default_factory=list[str])

    def take(self, asked: Sequence[str], events: Sequence[tuple[str, Any]], seconds: float) -> None:
        """One turn's events: it ended well if it was said to have ended, with a reply that begins
        with every word that was shown, and with an answer or a person for what was asked.
        """
        self.turns += 1
        self.seconds.append(seconds)
        shown = "".join(data["text"] for kind, data in events if kind == "message_delta")
        replies = [data for kind, data in events if kind == "message"]
        ends = [data for kind, data in events if kind == "turn_ended"]
        if len(ends) != 1 or ends[0]["status"] not in ("completed", "waiting_for_operator"):
            self.wrong.append(f"no end: {ends}")
        elif len(replies) != 1 or not replies[0]["text"].startswith(shown):
            self.wrong.append(f"taken back: {shown!r} {[r['text'] for r in replies]}")
        else:
            has_all = all(KNOWN[question] in replies[0]["text"] for question in asked)
            self.answered += has_all
            if has_all or ends[0]["status"] == "waiting_for_operator":
                self.ended_well += 1
            else:
                self.wrong.append(f"not answered: {replies[0]['text']!r}")


async def run_turns(
    url: str, key: str, assistant_id: str, *, turns: int, at_once: int = 8, seed: int = 7
) -> Seen:
    """Ask one or two questions a turn, each in a conversation of its own."""
    seen, chance = Seen(), random.Random(seed)
    scripts = [chance.sample(list(KNOWN), 1 + (number % 3 == 0)) for number in range(turns)]
    gate = asyncio.Semaphore(at_once)
    headers = {"authorization": f"Bearer {key}"}
    async with plain_http.AsyncClient(base_url=url, headers=headers, timeout=60) as client:

        async def one(asked: list[str]) -> None:
            async with gate:
                made = await client.post("/v1/conversations", json={"assistant_id": assistant_id})
                path = f"/v1/conversations/{made.json()['conversation_id']}/messages"
                began = asyncio.get_running_loop().time()
                events = await _events(client, path, " ".join(asked))
                seen.take(asked, events, asyncio.get_running_loop().time() - began)

        await asyncio.gather(*(one(asked) for asked in scripts))
    return seen


async def _events(client: httpx2.AsyncClient, path: str, text: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    kind = ""
    accept = {"accept": "text/event-stream"}
    async with client.stream("POST", path, json={"text": text}, headers=accept) as answer:
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                found.append((kind, json.loads(value)))
    return found

"""Conversations through the breaking line until it has broken so often, then what everybody saw."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.cuts.clients import read_by_socket, read_by_sse, request, send
from tests.cuts.proxy import CuttingProxy
from tests.cuts.reading import Event, Reading

TURNS_AT_MOST = 10_000
END_SECONDS = 120.0  # for everybody to catch up, once the line lets everything through


@dataclass
class Outcome:
    """What came of a run."""

    seed: int
    cuts: Counter[str]
    readings: dict[str, list[Reading]] = field(default_factory=dict[str, list[Reading]])
    turns: int = 0
    late: int = 0  # readers that had not caught up in time

    @property
    def mistakes(self) -> list[str]:
        """Everything that was wrong, by kind of reader."""
        return [
            f"{kind} {one.conversation_id}: {what}"
            for kind, readings in self.readings.items()
            for one in readings
            for what in one.mistakes
        ]


async def run(
    url: str,
    key: str,
    assistant_id: str,
    questions: Sequence[str],
    *,
    cuts: int,
    seed: int,
    conversations: int,
) -> Outcome:
    """Each conversation has a sender, a reader by SSE and one by WebSocket, all through the line."""
    nobody = {"handoff": {"enabled": False}}  # a person would end the turns
    await request(url, key, "PATCH", f"/v1/assistants/{assistant_id}", nobody)
    async with CuttingProxy(url, cuts=cuts, seed=seed) as proxy:
        talks = [
            _Talk(url, proxy, key, await _conversation(url, key, assistant_id, f"{seed}-{n}"))
            for n in range(conversations)
        ]
        draw = random.Random(seed)
        async with asyncio.TaskGroup() as tasks:
            for talk in talks:
                tasks.create_task(talk.go_on(questions, draw))
        outcome = Outcome(seed, proxy.done)
        for talk in talks:
            outcome.turns += talk.turns
            outcome.late += talk.late
            log, stored = await _kept(url, key, talk.conversation_id, talk.turns)
            for kind, reading in talk.readings.items():
                reading.compare(log, stored)
                outcome.readings.setdefault(kind, []).append(reading)
        return outcome


class _Talk:
    """One conversation: it goes on until the line lets through, and until its readers have all."""

    def __init__(self, url: str, proxy: CuttingProxy, key: str, conversation_id: str) -> None:
        self._proxy = proxy
        self._key = key
        self.conversation_id = conversation_id
        self.readings = {kind: Reading(conversation_id) for kind in ("SSE", "WebSocket")}
        self.turns = 0
        self.late = 0

    async def go_on(self, questions: Sequence[str], draw: random.Random) -> None:
        ways = {"SSE": read_by_sse, "WebSocket": read_by_socket}
        readers = [
            asyncio.create_task(read(self._proxy.url, self._key, self.readings[kind]))
            for kind, read in ways.items()
        ]
        try:
            while not self._proxy.is_through.is_set() and self.turns < TURNS_AT_MOST:
                name = f"m{self.turns}"
                question = draw.choice(questions)
                await send(self._proxy.url, self._key, self.conversation_id, question, name)
                self.turns += 1
                await self._caught_up(readers)
            await self._caught_up(readers)
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)

    async def _caught_up(self, readers: Sequence[asyncio.Task[None]]) -> None:
        """Return when every reader has seen the end of every turn. Raises: what a reader raised."""
        try:
            async with asyncio.timeout(END_SECONDS):
                while any(one.ended < self.turns for one in self.readings.values()):
                    for reader in readers:
                        if reader.done():
                            reader.result()
                    await asyncio.sleep(0.01)
        except TimeoutError:
            self.late = sum(one.ended < self.turns for one in self.readings.values())
            raise


async def _conversation(url: str, key: str, assistant_id: str, name: str) -> str:
    contact = {"name": name, "identities": [{"channel": "api", "address": name}]}
    body = {"assistant_id": assistant_id, "contact": contact}
    return (await request(url, key, "POST", "/v1/conversations", body))["conversation_id"]


async def _kept(
    url: str, key: str, conversation_id: str, turns: int
) -> tuple[list[Event], dict[str, str]]:
    """The log and the assistant's replies, past the proxy."""
    straight = Reading(conversation_id)
    reading = asyncio.create_task(read_by_sse(url, key, straight))
    async with asyncio.timeout(END_SECONDS):
        while straight.ended < turns:
            await asyncio.sleep(0.01)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert not straight.mistakes, straight.mistakes
    stored: dict[str, str] = {}
    path = f"/v1/conversations/{conversation_id}/messages?limit=200"
    page = await request(url, key, "GET", path)
    while True:
        stored |= {m["message_id"]: m["text"] for m in page["data"] if m["author"] == "assistant"}
        if not page.get("next_cursor"):
            return straight.events, stored
        page = await request(url, key, "GET", f"{path}&cursor={page['next_cursor']}")

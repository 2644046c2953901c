"""Messages sent at once into one conversation: every accepted one stands there and is answered."""

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest

from tests import plain_http
from tests.server.conftest import Desk, Program

pytestmark = pytest.mark.slow
TALKS = 6
PARALLEL = 4


async def ask_at_once(client: httpx2.AsyncClient, talk: str) -> list[httpx2.Response]:
    path = f"/v1/conversations/{talk}/messages"
    asked = (client.post(path, json={"text": f"message {number}"}) for number in range(PARALLEL))
    return list(await asyncio.gather(*asked))


async def race(shop: Program) -> list[tuple[str, list[httpx2.Response]]]:
    talks = [shop.conversation() for _ in range(TALKS)]
    headers = {"Authorization": f"Bearer {shop.api_key}"}
    async with plain_http.AsyncClient(base_url=shop.url, headers=headers, timeout=120) as client:
        return [(talk, await ask_at_once(client, talk)) for talk in talks]


def transcript(shop: Program, talk: str) -> list[dict[str, Any]]:
    return shop.call("GET", f"/v1/conversations/{talk}/messages").json()["data"]


async def test_no_accepted_message_is_lost_and_none_answered_twice(desk: Desk) -> None:
    shop = desk.tenant("Race")
    for number in range(PARALLEL):
        shop.teach(f"message {number}", f"This is the answer to message {number}.")
    for talk, answers in await race(shop):
        accepted = [one.json() for one in answers if one.status_code < 300]
        assert len(accepted) == PARALLEL, [one.text for one in answers]
        stood = transcript(shop, talk)
        said = Counter(one["text"] for one in stood if one["author"] == "contact")
        assert said == Counter(f"message {number}" for number in range(PARALLEL))
        replied = Counter(one["turn_id"] for one in stood if one["author"] == "assistant")
        waiting = {one["turn_id"] for one in accepted if one["status"] == "waiting_for_operator"}
        turns = {one["turn_id"] for one in stood if one["author"] == "contact" and one["turn_id"]}
        assert set(replied.values()) <= {1}, "a turn was answered twice"
        assert turns <= set(replied) | waiting, "a turn has no end"

"""Who was told to come back later and comes sooner is refused without any work."""

import json
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from server.admitting.early_refusal import EarlyRefusal
from server.errors import Busy
from server.problems import respond
from tenants.errors import DeskError, NotFound, RateLimited, Unavailable


class Inner:
    """An app that refuses as it is told, and counts who reaches it."""

    def __init__(self) -> None:
        self.reached = 0
        self.refuses = True
        self.error: DeskError = RateLimited("more than 10 turns a second", retry_after_seconds=0.4)
        self.limits: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reached += 1
        error = self.error if self.refuses else NotFound("no such conversation")
        answer = respond(error, instance=scope["path"], headers=self.limits)
        await answer(scope, receive, send)


class Asker:
    """Sends requests through the middleware, at a time of its own."""

    def __init__(self) -> None:
        self.now = 100.0
        self.inner = Inner()
        self.app = EarlyRefusal(self.inner, clock=lambda: self.now)

    async def post(
        self, key: str = "a", path: str = "/v1/conversations/x/messages", method: str = "POST"
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.request", "body": b"{}", "more_body": False}

        headers = [(b"authorization", f"Bearer {key}".encode())] if key else []
        scope = {"type": "http", "method": method, "path": path, "headers": headers}
        await self.app(scope, receive, send)
        shown = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], shown, json.loads(sent[1]["body"])


async def test_a_refusal_is_repeated_for_as_long_as_it_said() -> None:
    asker = Asker()
    first = await asker.post()
    asker.now += 0.3
    status, headers, body = await asker.post(path="/v1/conversations/y/messages")
    assert asker.inner.reached == 1
    assert (status, body["code"], headers["retry-after"]) == (429, "rate_limited", "1")
    assert headers["content-type"] == "application/problem+json"
    assert body["retry_after_seconds"] == 0.1 and first[2]["retry_after_seconds"] == 0.4
    assert body["instance"] == "/v1/conversations/y/messages"
    asker.now += 0.11
    asker.inner.refuses = False
    assert (await asker.post())[0] == 404 and (await asker.post())[0] == 404
    assert asker.inner.reached == 3


async def test_others_and_other_ways_are_not_refused() -> None:
    asker = Asker()
    await asker.post()
    for key, path, method in (
        ("b", "/v1/conversations/x/messages", "POST"),
        ("", "/v1/conversations/x/messages", "POST"),
        ("a", "/v1/conversations/x/messages", "GET"),
        ("a", "/v1/conversations", "POST"),
    ):
        reached = asker.inner.reached
        await asker.post(key, path, method)
        assert asker.inner.reached == reached + 1, (key, path, method)


async def test_a_refusal_for_want_of_room_is_repeated_with_its_limits() -> None:
    asker = Asker()
    asker.inner.error = Busy("100 turns wait already", retry_after_seconds=5)
    asker.inner.limits = {"ratelimit": '"tenant-turns";r=3;t=1'}
    await asker.post()
    status, headers, body = await asker.post()
    assert asker.inner.reached == 1
    assert (status, body["code"], headers["retry-after"]) == (503, "busy", "1")
    assert headers["ratelimit"] == '"tenant-turns";r=3;t=1'


async def test_a_database_that_is_away_is_asked_again_at_once() -> None:
    asker = Asker()
    asker.inner.error = Unavailable("the database is away", retry_after_seconds=1)
    await asker.post()
    await asker.post()
    assert asker.inner.reached == 2

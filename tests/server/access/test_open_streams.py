"""Streams of events end when the right behind them does; until then they go on."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from server.access.callers import Caller
from server.access.open_sockets import OpenSockets
from server.access.open_streams import while_allowed
from tenants.database.connection import Pool
from tenants.errors import DeskError, Unauthenticated
from tenants.ids import new_id
from tests import plain_http
from tests.seeds import Seeded
from tests.server.browser import Browser, link, operator
from tests.server.conftest import Desk, Program, call
from tests.server.test_access import session

SOON_SECONDS = 60.0  # a bound for a machine that stands still; it takes three on one that does not


class Reader:
    """Reads one stream to its end, in a thread; `frames` are what came."""

    def __init__(self, url: str, path: str, headers: dict[str, str]) -> None:
        self.opened = threading.Event()
        self.frames: list[tuple[str, dict[str, Any]]] = []
        self._place = (url + path, headers)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        assert self.opened.wait(SOON_SECONDS), "the stream did not open"

    def _read(self) -> None:
        url, headers = self._place
        wanted = headers | {"accept": "text/event-stream"}
        with plain_http.stream("GET", url, headers=wanted, timeout=SOON_SECONDS) as answer:
            assert answer.status_code == 200
            self.opened.set()
            kind = ""
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    self.frames.append((kind, json.loads(value)))

    @property
    def is_open(self) -> bool:
        return self._thread.is_alive()

    def ended(self) -> str:
        """The code of the problem that ended it."""
        self._thread.join(SOON_SECONDS)
        assert not self.is_open, "the stream is still open"
        kind, shown = self.frames[-1]
        assert kind == "problem", self.frames
        return shown["code"]


@contextmanager
def _others(desk: Desk, shop: Program, conversation: str) -> Generator[None]:
    """Streams of the same tenant whose right nobody touches: they outlive the block."""
    path = f"/v1/conversations/{conversation}/events"
    only_handoffs = {"Authorization": f"Bearer {shop.key('handoffs')}"}
    kept = [
        Reader(shop.url, path, {"Authorization": f"Bearer {shop.api_key}"}),
        Reader(shop.url, "/v1/inbox/events", only_handoffs),
    ]
    yield
    assert all(one.is_open for one in kept)
    desk.platform("PATCH", f"/v1/tenants/{shop.tenant_id}", json={"status": "suspended"})
    assert [one.ended() for one in kept] == ["tenant_suspended"] * 2


def test_a_revoked_key_ends_the_streams_that_it_opened(desk: Desk) -> None:
    shop = desk.tenant("Streams")
    conversation = shop.conversation()
    body = {"name": "k", "scopes": ["handoffs", "conversations"]}
    made = shop.call("POST", "/v1/api-keys", json=body).json()
    shown = {"Authorization": f"Bearer {made['api_key']}"}
    with _others(desk, shop, conversation):
        reading = [
            Reader(shop.url, f"/v1/conversations/{conversation}/events", shown),
            Reader(shop.url, "/v1/inbox/events", shown),
        ]
        assert shop.call("DELETE", f"/v1/api-keys/{made['api_key_id']}").status_code == 204
        assert [one.ended() for one in reading] == ["unauthenticated"] * 2


@pytest.mark.parametrize("what", ["signed out", "demoted", "disabled"])
def test_an_operator_who_lost_their_right_reads_no_further(desk: Desk, what: str) -> None:
    shop = desk.tenant("Losing")
    someone = operator(shop, "operator")
    browser = Browser(shop.url)
    browser.sign_in(link(shop, someone))
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    reader = Reader(shop.url, "/v1/inbox/events", {"Cookie": cookie})
    path = f"/v1/operators/{someone}"
    if what == "signed out":
        browser.call("DELETE", "/v1/session")
    else:
        change = {"role": "viewer"} if what == "demoted" else {"disabled": True}
        assert shop.call("PATCH", path, json=change).status_code == 200
    assert reader.ended() == "unauthenticated"


def test_a_suspended_tenant_s_streams_end(desk: Desk) -> None:
    shop = desk.tenant("Suspending")
    shown = {"Authorization": f"Bearer {shop.api_key}"}
    reader = Reader(shop.url, f"/v1/conversations/{shop.conversation()}/events", shown)
    desk.platform("PATCH", f"/v1/tenants/{shop.tenant_id}", json={"status": "suspended"})
    assert reader.ended() == "tenant_suspended"


def test_an_erased_contact_s_stream_ends(desk: Desk) -> None:
    shop = desk.tenant("Erasing")
    contact = session(shop)
    body = {"assistant_id": shop.assistant_id, "channel": "widget"}
    made = call(shop.url, contact["token"], "POST", "/v1/conversations", json=body).json()
    shown = {"Authorization": f"Bearer {contact['token']}"}
    reader = Reader(shop.url, f"/v1/conversations/{made['conversation_id']}/events", shown)
    assert shop.call("DELETE", f"/v1/contacts/{contact['contact_id']}").status_code == 204
    assert reader.ended() == "unauthenticated"


async def _numbers(stopped: list[str]) -> AsyncIterator[int]:
    try:
        for number in range(3):
            yield number
        await asyncio.Event().wait()
    finally:
        stopped.append("closed")


class _Sockets(OpenSockets):
    """Ends who is watched when it is told to."""

    def __init__(self) -> None:
        self._open = set()

    async def end_all(self, why: DeskError) -> None:
        for one in list(self._open):
            await one.end(why)


CALLER = Caller("api_key", "k", "k")


def _last(why: DeskError) -> int:
    return -1


async def test_what_came_is_told_before_the_end_and_the_source_is_closed() -> None:
    sockets, stopped = _Sockets(), list[str]()
    told: list[int] = []
    async for number in while_allowed(_numbers(stopped), sockets, CALLER, _last):
        told.append(number)
        if number == 2:
            await sockets.end_all(Unauthenticated("over"))
    assert told == [0, 1, 2, -1] and stopped == ["closed"] and not sockets._open


async def test_a_reader_who_goes_leaves_nothing_behind() -> None:
    sockets, stopped = _Sockets(), list[str]()
    reading = while_allowed(_numbers(stopped), sockets, CALLER, _last)
    assert await anext(reading) == 0
    waiting = asyncio.create_task(_drained(reading))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert stopped == ["closed"] and not sockets._open


async def test_a_stream_that_waits_is_ended_and_its_reader_goes_on() -> None:
    sockets, stopped = _Sockets(), list[str]()
    told: list[int] = []

    async def read() -> str:
        async for number in while_allowed(_numbers(stopped), sockets, CALLER, _last):
            told.append(number)
        await asyncio.sleep(0.01)  # whatever it does next is not stopped
        return "went on"

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.01)
    assert told == [0, 1, 2]
    for _ in range(2):
        await sockets.end_all(Unauthenticated("over"))
    assert await reading == "went on" and reading.cancelling() == 0
    assert told == [0, 1, 2, -1] and stopped == ["closed"] and not sockets._open


async def test_a_reader_who_goes_as_the_stream_is_ended_has_gone() -> None:
    sockets, stopped = _Sockets(), list[str]()
    reading = asyncio.create_task(
        _drained(while_allowed(_numbers(stopped), sockets, CALLER, _last))
    )
    await asyncio.sleep(0.01)
    await sockets.end_all(Unauthenticated("over"))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert reading.cancelled() and stopped == ["closed"] and not sockets._open


async def _drained(reading: AsyncIterator[int]) -> None:
    async for _ in reading:
        pass


async def test_who_takes_nothing_more_keeps_no_other_from_its_end(
    pool: Pool, neighbour: Seeded
) -> None:
    gone = Caller("contact", "c", "c", neighbour.tenant_id, contact_id=new_id())
    sockets, ended = OpenSockets(pool), asyncio.Event()

    async def stands_still(_why: DeskError) -> None:
        await asyncio.Event().wait()

    async def ends(_why: DeskError) -> None:
        ended.set()

    with ExitStack() as stack:
        for _ in range(4):  # in whichever order they are looked at
            stack.enter_context(sockets.watching(gone, stands_still))
        stack.enter_context(sockets.watching(gone, ends))
        looking = asyncio.create_task(sockets.look())
        async with asyncio.timeout(4):
            await ended.wait()
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)

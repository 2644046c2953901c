"""A socket whose client reads nothing: who may not stay is heard no more, also when it reads again."""

import json
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from server.access.open_sockets import END_SECONDS, LOOK_SECONDS
from tests.server.conftest import Desk, Program

pytestmark = pytest.mark.slow
WORDS = "My lamp came on a Tuesday and its box was blue. " * 80  # of a message, 3,840 characters
LONG_MESSAGES = 100
TIMES = 16  # asked for anew: more than the buffers between both hold
RECEIVE_BYTES = 4_096
LATE = "Am I still heard?"


@contextmanager
def stalled(shop: Program, conversation_id: str) -> Generator[ClientConnection]:
    """It asks for everything again and again, and takes next to nothing of it."""
    parts = urlsplit(shop.url)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    line.connect((parts.hostname, parts.port))
    protocols: Any = ["frontdesk.v1"]
    where = f"ws://{parts.netloc}/v1/conversations/{conversation_id}/ws"
    with connect(
        where,
        sock=line,
        additional_headers={"Authorization": f"Bearer {shop.api_key}"},
        subprotocols=protocols,
        compression=None,
        max_queue=1,
        ping_interval=None,
        close_timeout=0,
    ) as opened:
        for _ in range(TIMES):
            opened.send(json.dumps({"type": "resume", "last_event_id": 0}))
            time.sleep(0.3)
        yield opened


def said(shop: Program, conversation_id: str) -> list[str]:
    path = f"/v1/conversations/{conversation_id}/messages?limit=200"
    return [one["text"] for one in shop.call("GET", path).json()["data"]]


def test_a_suspended_tenant_s_socket_is_heard_no_more_though_it_took_nothing(desk: Desk) -> None:
    shop = desk.tenant("Stalled")
    conversation_id = shop.conversation()
    path = f"/v1/conversations/{conversation_id}/messages"
    assert shop.call("POST", path, json={"text": "I want to talk to a human, please."}).is_success
    for _ in range(LONG_MESSAGES):
        assert shop.call("POST", path, json={"text": WORDS}).is_success
    place = f"/v1/tenants/{shop.tenant_id}"
    with stalled(shop, conversation_id) as opened:
        time.sleep(1)  # until what is between both is full
        assert desk.platform("PATCH", place, json={"status": "suspended"}).is_success
        time.sleep(LOOK_SECONDS + END_SECONDS + 2)  # it is looked at, and given up to tell
        opened.send(json.dumps({"type": "message", "text": LATE}))
        with suppress(ConnectionClosed, TimeoutError):  # it reads again: all is to be heard
            while True:
                opened.recv(timeout=5)
    assert desk.platform("PATCH", place, json={"status": "active"}).is_success
    heard = said(shop, conversation_id)
    assert WORDS.strip() in heard[-1] and LATE not in heard

"""What readers cost that take nothing: `python benchmarks/stalled_readers.py`.

Half of them by server-sent events, half by WebSocket; each asks for a long conversation from its
first event and then reads no byte. Beside them somebody else talks, before and while they stand
there, and the conversation that they read goes on. It waits for a person, so that its messages are
long and nobody has to think about them.
"""

import argparse
import asyncio
import base64
import json
import os
import socket
import struct
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from desk import Api, Server, milliseconds, open_client, percentile

READERS = 500
LONG_MESSAGES = 120
WORDS = "My lamp came on a Tuesday and its box was blue. " * 120  # of a message, 5,800 characters
RECEIVE_BYTES = 4_096
KNOWLEDGE = {"shipping": "We ship to Switzerland. It takes 3 to 5 days."}
QUESTION = "Do you ship to Switzerland?"
PERSON = "I want to talk to a human, please."


def stalled(url: str, key: str, conversation_id: str, *, by_socket: bool) -> socket.socket:
    """A reader that has asked for everything and takes nothing."""
    parts = urlsplit(url)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    line.connect((parts.hostname, parts.port))
    path = f"/v1/conversations/{conversation_id}/{'ws' if by_socket else 'events'}"
    head = f"GET {path} HTTP/1.1\r\nhost: {parts.netloc}\r\nauthorization: Bearer {key}\r\n"
    if by_socket:
        nonce = base64.b64encode(os.urandom(16)).decode()
        head += (
            "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n"
            f"sec-websocket-key: {nonce}\r\n"
            "sec-websocket-extensions: permessage-deflate; client_max_window_bits\r\n"
        )
    line.sendall(f"{head}\r\n".encode())
    if by_socket:
        answered = b""
        while not answered.endswith(b"\r\n\r\n"):
            answered += line.recv(1)
        if b" 101 " not in answered:
            raise SystemExit(answered.decode())
        line.sendall(_masked(b'{"type":"resume","last_event_id":0}'))
    return line


def _masked(text: bytes) -> bytes:
    """A client's frame of less than 126 bytes."""
    mask = os.urandom(4)
    data = bytes(byte ^ mask[n % 4] for n, byte in enumerate(text))
    return struct.pack("!BB", 0x81, 0x80 | len(text)) + mask + data


async def talk(api: Api, assistant_id: str, turns: int) -> list[float]:
    """Seconds to the first event of each turn of somebody else's conversation."""
    made = await api.post("/v1/conversations", {"assistant_id": assistant_id})
    took = [await api.turn(made["conversation_id"], QUESTION) for _ in range(turns)]
    return [turn.first_event_seconds for turn in took]


async def measure(server: Server, readers: int, turns: int) -> dict[str, object]:
    """What stands in the table."""
    async with open_client(server.url) as client:
        platform = Api(client, server.platform_key)
        tenant = await platform.post("/v1/tenants", {"name": "Stalled"})
        api = Api(client, tenant["api_key"])
        made = await api.post("/v1/assistants", {"name": "Mia", "knowledge": KNOWLEDGE})
        body = {"assistant_id": made["assistant_id"]}
        long = (await api.post("/v1/conversations", body))["conversation_id"]
        if (await api.turn(long, PERSON)).handoff is None:
            raise SystemExit("nobody was called into the long conversation")
        for _ in range(LONG_MESSAGES):
            await api.turn(long, WORDS)
        await talk(api, made["assistant_id"], turns)  # warm
        quiet = await talk(api, made["assistant_id"], turns)
        before = server.memory_mb
        lines = [
            await asyncio.to_thread(stalled, server.url, api.key, long, by_socket=n % 2 == 1)
            for n in range(readers)
        ]
        await asyncio.sleep(3)  # until nothing moves any more
        standing = server.memory_mb
        beside = await talk(api, made["assistant_id"], turns)
        own = [(await api.turn(long, QUESTION)).first_event_seconds for _ in range(turns)]
        after = server.memory_mb
        for line in lines:
            line.close()
        again = await talk(api, made["assistant_id"], turns)
    return {
        "readers": readers,
        "MB for them": round(standing - before, 1),
        "MB behind the turns": round(after - before, 1),
        "first event without, ms p50 / p95": milliseconds(quiet),
        "beside them": milliseconds(beside),
        "in their conversation": milliseconds(own),
        "when they are gone": milliseconds(again),
        "beside them / without, p50": round(percentile(beside, 0.5) / percentile(quiet, 0.5), 2),
    }


def main() -> None:
    """Print the row."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--readers", type=int, default=READERS)
    told.add_argument("--turns", type=int, default=60)
    given = told.parse_args()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "data") as server:
        print(json.dumps(asyncio.run(measure(server, given.readers, given.turns)), indent=1))


if __name__ == "__main__":
    main()

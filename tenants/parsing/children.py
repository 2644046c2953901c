"""One fresh child process a file: fed by a pipe, read by a pipe, bounded, and gone afterwards.

The child gets an empty environment, a session of its own and limits that it sets before it reads
its first byte (`tenants.readers.sandbox`). What it answers is JSON of bounded size; whatever else
happens to it (a crash, too much memory, too much time) is a reason that the sender can read.
"""

import asyncio
import contextlib
import io
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tenants.errors import TooLarge, Unreadable
from tenants.parsing.parsed import Parsed, parsed_of
from tenants.parsing.places import Place, places
from tenants.readers.limits import ParseLimits

_ROOT = Path(__file__).resolve().parents[2]
_CHUNK_BYTES = 1 << 16
_BIG_ANSWER_BYTES = 100_000  # decoded in a thread beyond this


async def parse(
    content: bytes,
    name: str,
    media_type: str | None = None,
    *,
    limits: ParseLimits | None = None,
    main_text: bool = False,
) -> Parsed:
    """What a file holds; its format is what `name` or `media_type` declare and its bytes confirm.

    `main_text` reads a web page without its navigation. Raises: Unreadable, TooLarge.
    """
    limits = limits or ParseLimits()
    if not content:
        raise Unreadable("the file is empty")
    if len(content) > limits.max_bytes:
        raise TooLarge(f"the file has {_mb(len(content))}; at most {_mb(limits.max_bytes)}")
    asked = {
        "name": name[-1_000:],
        "media_type": media_type,
        "main_text": main_text,
        "size": len(content),
        "limits": asdict(limits),
    }
    head = json.dumps(asked).encode() + b"\n"
    async with places() as place:
        answer = await _run(head, content, limits, place)
    if len(answer) > _BIG_ANSWER_BYTES:
        return await asyncio.to_thread(_understood, answer)
    return _understood(answer)


async def _run(head: bytes, content: bytes, limits: ParseLimits, place: Place) -> bytes:
    """The child's whole answer. Raises: Unreadable, TooLarge."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-s", "-B", "-X", "utf8", "-m", "tenants.readers.child",
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=_ROOT, env={}, start_new_session=True,
    )  # fmt: skip
    place.taken_by(child.pid)
    feeding = asyncio.create_task(_feed(child, head, content))
    try:
        async with asyncio.timeout(limits.wall_seconds):
            answer = await _answer(child, limits.output_bytes)
            status = await child.wait()
    except TimeoutError:
        raise Unreadable(
            f"reading it takes longer than {limits.wall_seconds:g} s; it was given up"
        ) from None
    finally:
        feeding.cancel()
        await _end(child)
    if status != 0:
        raise _fate(status, limits)
    return answer


async def _feed(child: Process, head: bytes, content: bytes) -> None:
    assert child.stdin is not None
    # a child that has seen enough closes its end: what it answers counts, not this
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(head)
        view = memoryview(content)
        for start in range(0, len(content), _CHUNK_BYTES):
            child.stdin.write(view[start : start + _CHUNK_BYTES])
            await child.stdin.drain()
        child.stdin.close()


async def _answer(child: Process, max_bytes: int) -> bytes:
    assert child.stdout is not None
    parts = bytearray()
    while part := await child.stdout.read(_CHUNK_BYTES):
        parts += part
        if len(parts) > max_bytes:
            raise TooLarge(f"it holds more than {_mb(max_bytes)} of text")
    return bytes(parts)


async def _end(child: Process) -> None:
    """Kill what is left of the child's session, and wait until it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    assert child.stdout is not None
    # asyncio takes a process for ended only when its output was read to the end
    while await child.stdout.read(_CHUNK_BYTES):
        pass
    await child.wait()


def _fate(status: int, limits: ParseLimits) -> Exception:
    """Why a child ended without an answer."""
    if status == -signal.SIGXCPU:
        return Unreadable(f"reading it takes more than {limits.cpu_seconds} s of computing")
    if status == -signal.SIGKILL:
        return Unreadable("reading it took more than it may; it was stopped")
    return Unreadable("the file is damaged: the program that reads it broke off")


def _understood(answer: bytes) -> Parsed:
    # line by line: other threads, the event loop's among them, get their turns in between
    wire = map(json.loads, io.BytesIO(answer))
    first: dict[str, Any] = next(wire)
    refused = first.get("refused")
    if refused is not None:
        error = TooLarge if first["code"] == TooLarge.code else Unreadable
        raise error(str(refused))
    return parsed_of(first, wire)


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size < 10e6 else f"{size / 1e6:.0f} MB"

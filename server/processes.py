"""`frontdesk serve --processes N`: servers side by side behind one port, and the parent that holds them.

    parent: the listening socket, the lines between them, PostgreSQL where it is the embedded one
      └ N servers, each with its own turns, jobs and connections: replicas on one machine

A server that dies is started again and its turns are taken over as any; a signal to the parent is
one to all; servers whose parent is gone end by themselves.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from server.sharing.switchboard import Switchboard
from server.start import HOME, Prepared, StartFailed
from settings import Settings
from tenants.database.postgres import MAX_CONNECTIONS

ONE_PROCESS = (sys.executable, "-m", "server.one_process")
BACKLOG = 2_048
BESIDE_POOL = 8  # connections of a server's jobs and listeners
READY = b"ready\n"
YOUNG_SECONDS = 5.0  # a server that dies younger is not started again at once
MOST_YOUNG_DEATHS = 3  # in a row, of any: then all of it ends
LATE_SECONDS = 5.0  # beyond the drain, for servers that do not end


class ProcessPlan(BaseModel):
    """What one server is told on its standard input: it holds secrets."""

    number: int
    of: int
    listening: int  # the descriptor of the socket
    line: str
    app_url: str
    owner_url: str
    platform_key: str
    master_key: str
    settings: dict[str, str | int]  # what the command line said, beyond the environment


def run_processes(
    settings: Settings, prepared: Prepared, *, command: Sequence[str] = ONE_PROCESS
) -> int:
    """Serve in `settings.processes` servers until a signal; 0 after a clean end. Raises: StartFailed."""
    wanted = settings.processes * (settings.pool_max + BESIDE_POOL)
    if prepared.embedded and wanted > MAX_CONNECTIONS:
        raise StartFailed(
            f"{settings.processes} processes want {wanted} connections, and the PostgreSQL inside takes "
            f"{MAX_CONNECTIONS}. Start fewer, make FRONTDESK_POOL_MAX smaller, or give a PostgreSQL of "
            "your own (FRONTDESK_DATABASE_URL)"
        )
    with _listening(settings) as listening, tempfile.TemporaryDirectory("-frontdesk") as folder:
        parent = _Parent(settings, prepared, listening, Path(folder) / "line", command)
        return asyncio.run(parent.run())


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((settings.host, settings.port))
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening


class _Parent:
    def __init__(
        self,
        settings: Settings,
        prepared: Prepared,
        listening: socket.socket,
        line: Path,
        command: Sequence[str],
    ) -> None:
        self._settings = settings
        self._prepared = prepared
        self._listening = listening
        self._line = line
        self._command = command
        self._children: dict[int, asyncio.subprocess.Process] = {}
        self._ready: set[int] = set()
        self._is_ready = asyncio.Event()
        self._ends = asyncio.Event()
        self._young_deaths = 0
        self._status = 0

    async def run(self) -> int:
        """Hold all servers until the end."""
        loop = asyncio.get_running_loop()
        board = Switchboard()
        answering = await loop.create_unix_server(board.line, str(self._line))
        for sig in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sig, self._ends.set)
        holding = [
            asyncio.create_task(self._hold(number), name=f"server-{number}")
            for number in range(1, self._settings.processes + 1)
        ]
        telling = asyncio.create_task(self._tell_ready())
        await self._ends.wait()
        telling.cancel()
        for child in self._children.values():
            _send(child, signal.SIGTERM)
        _, late = await asyncio.wait(holding, timeout=self._settings.drain_seconds + LATE_SECONDS)
        for child in self._children.values() if late else ():
            _send(child, signal.SIGKILL)
        await asyncio.gather(*holding)
        answering.close()
        board.close()
        return self._status

    async def _hold(self, number: int) -> None:
        """Run one server, again and again, until the end."""
        while not self._ends.is_set():
            began = time.monotonic()
            child = self._children[number] = await self._start(number)
            if self._ends.is_set():
                _send(child, signal.SIGTERM)
            await asyncio.gather(self._hear(number, child), child.wait())
            self._ready.discard(number)
            if self._ends.is_set():
                self._status = self._status or abs(child.returncode or 0)
                return
            is_young = time.monotonic() - began < YOUNG_SECONDS
            self._young_deaths = self._young_deaths + 1 if is_young else 0
            sys.stderr.write(
                f"frontdesk: server {number} ended ({child.returncode}), it is started again\n"
            )
            if self._young_deaths >= MOST_YOUNG_DEATHS or not self._is_ready.is_set():
                self._status = 1
                self._ends.set()
                return
            if is_young:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._ends.wait(), YOUNG_SECONDS)

    async def _start(self, number: int) -> asyncio.subprocess.Process:
        told = ProcessPlan(
            number=number,
            of=self._settings.processes,
            listening=self._listening.fileno(),
            line=str(self._line),
            app_url=self._prepared.app_url,
            owner_url=self._prepared.owner_url,
            platform_key=self._prepared.platform_key,
            master_key=b64encode(self._prepared.master_key).decode(),
            settings={
                "host": self._settings.host,
                "port": self._listening.getsockname()[1],
                "data": str(self._settings.data.absolute()),
            },
        )
        child = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HOME), *_path()])},
            pass_fds=(self._listening.fileno(),),
            start_new_session=True,  # Ctrl-C is the parent's to hear
        )
        assert child.stdin is not None
        child.stdin.write(told.model_dump_json().encode() + b"\n")  # it stays open: its end is ours
        await child.stdin.drain()
        return child

    async def _hear(self, number: int, child: asyncio.subprocess.Process) -> None:
        """What a server prints is printed; that it is ready is told once, of all."""
        assert child.stdout is not None
        while line := await child.stdout.readline():
            if line == READY:
                self._ready.add(number)
                if len(self._ready) == self._settings.processes:
                    self._is_ready.set()
            else:
                sys.stdout.buffer.write(line)
                sys.stdout.flush()

    async def _tell_ready(self) -> None:
        await self._is_ready.wait()
        host, port = self._listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        sys.stdout.write(f"ready http://{shown}:{port}\n")
        sys.stdout.flush()


def _path() -> list[str]:
    given = os.environ.get("PYTHONPATH", "")
    return [given] if given else []


def _send(child: asyncio.subprocess.Process, sig: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(sig)

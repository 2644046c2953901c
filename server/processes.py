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

from server.running.drain import LISTENS_SECONDS
from server.sharing.switchboard import Switchboard
from server.start import HOME, Prepared, StartFailed
from settings import Settings
from tenants.database.postgres import MAX_CONNECTIONS

ONE_PROCESS = (sys.executable, "-m", "server.one_process")
BACKLOG = 2_048
CHUNK_BYTES = 65_536
BESIDE_POOL = 8  # connections of a server's jobs and listeners
READY = b"ready\n"
YOUNG_SECONDS = 5.0  # a server that dies younger is started again after as long
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
    demo_port: int  # where the demo's service listens, which the first of them runs
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
        try:
            return asyncio.run(parent.run())
        finally:  # nothing hurries what follows: PostgreSQL is told to end, and would be left alone
            for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(sig, signal.SIG_IGN)


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((settings.host, settings.port))
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
        self._demo_port = _free_port()
        self._children: dict[int, asyncio.subprocess.Process] = {}
        self._ready: set[int] = set()
        self._is_ready = asyncio.Event()
        self._ends = asyncio.Event()
        self._status = 0

    async def run(self) -> int:
        """Hold all servers until the end."""
        loop = asyncio.get_running_loop()
        board = Switchboard()
        answering = await loop.create_unix_server(board.line, str(self._line))
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(sig, self._end)
        holding = [
            asyncio.create_task(self._hold(number), name=f"server-{number}")
            for number in range(1, self._settings.processes + 1)
        ]
        for held in holding:
            held.add_done_callback(lambda _held: self._ends.set())  # whatever made it end
        telling = asyncio.create_task(self._tell_ready())
        await self._ends.wait()
        telling.cancel()
        for child in self._children.values():
            _send(child, signal.SIGTERM)
        loop.call_later(LISTENS_SECONDS, self._listening.close)
        _, late = await asyncio.wait(holding, timeout=self._settings.drain_seconds + LATE_SECONDS)
        for child in self._children.values() if late else ():
            _send(child, signal.SIGKILL)
        await asyncio.gather(*holding)
        answering.close()
        board.close()
        return self._status

    def _end(self) -> None:
        """A signal: the first begins the end, another one hurries it."""
        for child in self._children.values() if self._ends.is_set() else ():
            _send(child, signal.SIGINT)
        self._ends.set()

    async def _hold(self, number: int) -> None:
        """Run one server, again and again, until the end; one that dies before all were ready ends all."""
        while not self._ends.is_set():
            began, how = time.monotonic(), "it could not be started"
            try:
                child = self._children[number] = await self._start(number)
                if self._ends.is_set():
                    _send(child, signal.SIGTERM)
                await asyncio.gather(self._hear(number, child), child.wait())
                how = str(child.returncode)
                if self._ends.is_set():
                    self._status = self._status or _status(child.returncode or 0)
                    return
            except OSError as error:
                how = str(error)
            self._ready.discard(number)
            if not self._is_ready.is_set():
                self._status = 1
                return
            sys.stderr.write(f"frontdesk: server {number} ended ({how}), it is started again\n")
            if time.monotonic() - began < YOUNG_SECONDS:
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
            demo_port=self._demo_port,
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
        """That a server is ready is told once, of all."""
        assert child.stdout is not None
        while said := await child.stdout.read(CHUNK_BYTES):
            if READY in said:  # it says nothing else there: logs go to standard error
                self._ready.add(number)
                if len(self._ready) == self._settings.processes:
                    self._is_ready.set()

    async def _tell_ready(self) -> None:
        await self._is_ready.wait()
        host, port = self._listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        sys.stdout.write(f"ready http://{shown}:{port}\n")
        sys.stdout.flush()


def _path() -> list[str]:
    given = os.environ.get("PYTHONPATH", "")
    return [given] if given else []


def _status(code: int) -> int:
    """Of a server that was told to go: what ended it is no failure."""
    return 0 if code in (-signal.SIGTERM, -signal.SIGKILL, -signal.SIGINT) else abs(code)


def _send(child: asyncio.subprocess.Process, sig: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(sig)

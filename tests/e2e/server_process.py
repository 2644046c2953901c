"""A real server as its own process, to be stopped, killed and started again by tests."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.e2e.first_start import copy_first_start

# A test's calls come as fast as they are made, many more than a tenant's own programs make.
UNHURRIED = {
    "FRONTDESK_REQUESTS_PER_SECOND": "10000",
    "FRONTDESK_TURNS_PER_SECOND": "1000",
    "FRONTDESK_SESSIONS_PER_SECOND": "1000",
}
START_SECONDS = 180  # the machine may be busy
STOP_SECONDS = 60


class ServerProcess:
    """`frontdesk serve` on a free port over one data folder.

    A folder that is not there yet is one whose database is made, unless the server is to make it.
    """

    def __init__(
        self,
        data: Path,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = (str(Path(sys.executable).with_name("frontdesk")),),
        *,
        makes_database: bool = False,
    ) -> None:
        self.data = data
        self._makes_database = makes_database
        self.command = command
        self.environment = dict(environment or {})
        self.url = ""
        self.output: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._ready = threading.Event()
        self._reader: threading.Thread | None = None

    def start(self, port: int = 0) -> "ServerProcess":
        """Start on a port (0: any free one) and wait for the ready line. Raises: TimeoutError with the output so far."""
        self._ready.clear()
        if not self._makes_database and not self.data.exists():
            copy_first_start(self.data, self.command)
        self._process = subprocess.Popen(
            [*self.command, "serve", "--port", str(port), "--data", str(self.data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | UNHURRIED | {"FRONTDESK_DEMO": "0"} | self.environment,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._ready.wait(0.1):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError("the server did not become ready:\n" + "".join(self.output))
        return self

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.output.append(line)
                ready = re.match(r"ready (http://127\.0\.0\.1:\d+)", line)
                if ready:
                    self.url = ready[1]
                    self._ready.set()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def platform_key(self) -> str:
        """The key that the first start left in the data folder."""
        return (self.data / "platform.key").read_text().strip()

    def kill(self) -> None:
        """`kill -9` of the server alone; Postgres lives on."""
        os.kill(self.pid, signal.SIGKILL)
        assert self._process is not None
        self._process.wait(10)
        self._join()

    def abandon(self) -> None:
        """End a process that did not become ready."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(10)
        self._join()

    def stop(self) -> int:
        """SIGTERM and wait; the exit status."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def end(self) -> None:
        """SIGTERM and wait, where it runs. Raises: TimeoutExpired."""
        if self._process is not None and self._process.poll() is None:
            self.stop()

    def wait(self) -> int:
        """The exit status of a server that was asked to go. Raises: TimeoutExpired."""
        assert self._process is not None
        status = self._process.wait(STOP_SECONDS)
        self._join()
        return status

    def _join(self) -> None:
        if self._reader is not None:
            self._reader.join(5)


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True

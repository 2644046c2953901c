"""A real redis-server on a free port, to be killed and started again by tests."""

import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

START_SECONDS = 30


class RedisProcess:
    """It keeps nothing on disk; a start after a kill is on the same port, and empty."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As `FRONTDESK_REDIS_URL` names it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> "RedisProcess":
        """Return when it answers. Raises: TimeoutError."""
        found = shutil.which("redis-server")
        if found is None:
            pytest.fail("these tests need Redis: on Debian, apt-get install redis-server")
        command = [found, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [*command, "--appendonly", "no", "--dir", "/tmp"], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError("redis-server did not start")
            time.sleep(0.02)
        return self

    def kill(self) -> None:
        """`kill -9`."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as asked:
                asked.sendall(b"PING\r\n")
                return asked.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextmanager
def redis_process() -> Generator[RedisProcess]:
    """A running one until the block ends."""
    process = RedisProcess().start()
    try:
        yield process
    finally:
        process.kill()

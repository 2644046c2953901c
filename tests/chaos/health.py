"""Somebody who asks every living server all the time whether it is well, whatever happens to the base."""

import threading
import time

import httpx2

from tests import plain_http
from tests.chaos.journal import Journal
from tests.chaos.world import World

EVERY_SECONDS = 0.2
PATIENCE_SECONDS = (
    10.0  # of a look; what matters is that a process answers, the machine may be busy
)


class HealthWatch(threading.Thread):
    """Asks `/healthz` until told to stop; for rounds in which no server is killed."""

    def __init__(self, world: World, journal: Journal) -> None:
        super().__init__(name="health", daemon=True)
        self._world = world
        self._journal = journal
        self.looks = 0
        self.slowest_seconds = 0.0
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(EVERY_SECONDS):
            for server in list(self._world.alive.values()):
                began = time.monotonic()
                try:
                    told = plain_http.get(f"{server.url}/healthz", timeout=PATIENCE_SECONDS)
                    if told.status_code != 200:
                        self._journal.unwell.append(f"{told.status_code} {told.text[:200]}")
                except (httpx2.HTTPError, OSError) as error:
                    self._journal.unwell.append(f"{type(error).__name__}: {error}")
                self.looks += 1
                self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)

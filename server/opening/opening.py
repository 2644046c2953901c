"""Where everything of a process is opened: from which settings and secrets, and in which stack."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

import structlog

from graphs.support import Machine, build_machine
from server.running.drain import Drain
from server.sharing.siblings import Sibling
from server.watching.metrics import Metrics
from settings import Settings
from tenants.database.hold_points import HoldPoints
from tenants.keys.sealing import Sealer

log = structlog.get_logger()
BuildMachine = Callable[..., Machine]  # called as `build_machine` is


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the process was given and keeps to itself."""

    database_url: str
    platform_key: str
    master_key: bytes
    owner_url: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What is opened into `stack` is closed in reverse, when the process goes."""

    stack: AsyncExitStack
    settings: Settings
    secrets: Secrets
    drain: Drain
    metrics: Metrics
    hold: HoldPoints
    build: BuildMachine = build_machine
    sibling: Sibling | None = None  # where this is one of several processes of one command

    def sealer(self, purpose: str) -> Sealer:
        """What seals one kind of secret."""
        return Sealer(self.secrets.master_key, purpose)

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that goes on until what was opened before it is closed."""
        task = asyncio.create_task(work)

        async def end() -> None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

        self.stack.push_async_callback(end)


def warn(event: str) -> Any:
    """Says in the log that some work failed and will be tried again."""
    return lambda error: log.warning(event, error=type(error).__name__)

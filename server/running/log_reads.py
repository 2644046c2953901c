"""The log as the readers of a conversation read it: those who ask for the same at once read once."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from server.running.stream_queue import Reader
from tenants.transcripts.events import Some

ReadLog = Callable[[UUID, UUID, int, int], Awaitable[Some]]


class LogReads:
    """Reads behind what a reader has seen, shared while nothing was written since they began."""

    def __init__(self, read_log: ReadLog, batch: int) -> None:
        self._read_log = read_log
        self._batch = batch
        self._writes = 0
        self._under_way: dict[tuple[UUID, UUID, int, int], asyncio.Future[Some]] = {}

    def grown(self) -> None:
        """Something was written: a read that begins now may find more than one under way."""
        self._writes += 1

    async def behind(self, reader: Reader) -> Some:
        """The next events that the reader has not seen."""
        key = (reader.tenant_id, reader.conversation_id, reader.seen, self._writes)
        found = self._under_way.get(key)
        if found is None:
            found = asyncio.ensure_future(
                self._read_log(reader.tenant_id, reader.conversation_id, reader.seen, self._batch)
            )
            self._under_way[key] = found
            found.add_done_callback(lambda done: self._over(key, done))
        return await asyncio.shield(found)

    def _over(self, key: tuple[UUID, UUID, int, int], done: "asyncio.Future[Some]") -> None:
        del self._under_way[key]
        if not done.cancelled():
            done.exception()  # whoever still waits raises it

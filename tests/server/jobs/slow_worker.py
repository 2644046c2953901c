"""A worker of its own process that notes every text it embeds, and stops moving after so many.

`python -m tests.server.jobs.slow_worker DATABASE_URL NOTES TEXTS_UNTIL_STUCK`
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.working.job_kinds import JOB_KINDS
from server.working.job_run import JobHouse
from server.working.jobs import JobTiming, open_jobs
from settings import Settings
from tenants.database.connection import make_pool
from tenants.finding.embedding_models import OnlyModel
from tests.server.jobs.queues import HashEmbedder, models

HASTY = JobTiming(heartbeat_seconds=0.5, stalled_seconds=3, sweep_seconds=0.5)


class NotingEmbedder(HashEmbedder):
    """Writes down what it is asked; sticks before the text that is one too many."""

    def __init__(self, notes: Path, until: int) -> None:
        self._notes = notes
        self._left = until

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if len(texts) > self._left:
            self._notes.with_suffix(".stuck").touch()
            await asyncio.sleep(3_600)
        self._left -= len(texts)
        with self._notes.open("a") as notes:
            notes.writelines(f"{text!r}\n" for text in texts)
        return await super().embed_documents(texts)


async def work(database_url: str, notes: Path, until: int) -> None:
    """Work until killed."""
    async with make_pool(database_url, min_size=1, max_size=4, timeout_seconds=20) as pool:
        house = JobHouse(pool, OnlyModel(NotingEmbedder(notes, until)), Settings(), models())
        async with open_jobs(database_url, house, kinds=JOB_KINDS, timing=HASTY):
            await asyncio.sleep(3_600)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))

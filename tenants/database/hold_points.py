"""Named places where a process can be told to wait, so that it can be killed right there.

Off unless a folder is given. A file of the point's name in it stops the first process that comes by:
the file gets the process's number and what it held, and the process goes on when the file is gone.
"""

import asyncio
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Literal, get_args

Point = Literal[
    "after_accept",  # the message is kept, nobody runs its turn yet
    "before_checkpoint",  # the graph has run, its state is not kept
    "after_checkpoint",  # its state is kept, the turn has no end
    "mid_stream",  # the first words have left
    "after_send",  # an operator's answer is in the knowledge, or a delivery has left: nothing says so
    "before_record",  # the end is made, and not written
    "after_resume",  # the graph goes on behind an operator's words
]
PointOfRequest = Literal["before_answer"]  # the work is committed, its answer is not kept
POINTS: tuple[Point, ...] = get_args(Point)  # in a turn
LOOK_SECONDS = 0.05
HELD = "held"


class HoldPoints:
    """Where this process waits when it is told to; nowhere without a folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    async def reach(self, point: Point | PointOfRequest, held: object = "") -> None:
        """Wait here where somebody wants it; `held` is told to them."""
        if self._folder is None:
            return
        asked = self._folder / point
        kept = self._folder / f"{point}.{os.getpid()}.{HELD}"
        with suppress(FileNotFoundError):
            asked.rename(kept)  # of many that come by at once one gets it
            kept.write_text(json.dumps({"point": point, "pid": os.getpid(), "held": str(held)}))
            while kept.exists():
                await asyncio.sleep(LOOK_SECONDS)


NOWHERE = HoldPoints()

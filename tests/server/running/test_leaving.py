"""A process that is to go is gone in time, with threads at work and with a loop that stands still."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]
LONG = 600  # what would keep it; a process that waited would be found out by the test's patience
PATIENCE = 120

WITH_A_THREAD = f"""
import asyncio, sys, time
from server.running.leaving import ThreadsLeftBehind, leave

async def main():
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadsLeftBehind())
    loop.run_in_executor(None, time.sleep, {LONG})
    await asyncio.sleep(0.1)

asyncio.run(main())
sys.stdout.write("all is closed")
leave(3)
"""

STANDING_STILL = f"""
import signal, sys, time
from server.running.leaving import Leaving

leaving = Leaving(0.2, on_late=lambda: sys.stdout.write("late"))
signal.signal(signal.SIGTERM, lambda *_: leaving.begin())
print("ready", flush=True)
end = time.monotonic() + {LONG}
while time.monotonic() < end:
    time.sleep(0.1)
"""


def started(program: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_no_thread_is_waited_for_at_the_end_of_a_loop_and_of_the_process() -> None:
    process = started(WITH_A_THREAD)
    told, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, told) == (3, "all is closed")


def test_who_has_not_closed_in_time_goes_as_it_stands_and_says_so() -> None:
    process = started(STANDING_STILL)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    told, logged = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0 and time.monotonic() - began < PATIENCE
    assert told.startswith("late") and "left_without_waiting" in told + logged

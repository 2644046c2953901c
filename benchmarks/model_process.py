"""A scripted model in a process of its own, so that it takes nothing from whoever measures."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def model_process(script: str, argument: float) -> Generator[str]:
    """The base URL that a script beside this one prints, until the block ends."""
    command = [sys.executable, str(Path(__file__).with_name(script)), str(argument)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(30)

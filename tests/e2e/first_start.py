"""What a first start leaves in a data folder, made once for all servers that this process starts.

A first start makes a database and brings it to today's schema, which takes three seconds of a
processor; most tests are about what comes after it. Those about the start itself make their own.
"""

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path


def copy_first_start(data: Path, command: Sequence[str]) -> None:
    """Put into `data`, where nothing is yet, what `frontdesk migrate` has made in another folder.

    Everything in it is the copy's own afterwards, but passwords and keys are those of all copies.
    """
    # As `cp` does it: with owners, which `shutil` leaves behind.
    subprocess.run(["cp", "-a", str(_first_start(tuple(command))), str(data)], check=True)


@cache
def _first_start(command: tuple[str, ...]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-first-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o711)  # PostgreSQL runs as another user, where we are root
    data = folder / "data"
    subprocess.run([*command, "migrate", "--data", str(data)], check=True, capture_output=True)
    return data

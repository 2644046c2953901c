"""The folder of the embedded PostgreSQL's socket: short, private, the same across restarts.

A socket's path holds 107 bytes, so it cannot lie in the data folder, whose path is the user's.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from tenants.database.postgres_install import PostgresFailed, RunAs

_MAX_FOLDER_BYTES = 90  # the socket's own name takes 14


def socket_folder(data: Path, user: RunAs) -> Path:
    """A private folder of the user PostgreSQL runs as, remembered in `data/pg.socket`."""
    here = data.stat()
    identity = f"{here.st_dev}:{here.st_ino}"  # a copied data folder gets a socket of its own
    record = data / "pg.socket"
    with suppress(FileNotFoundError, ValueError):
        folder, of = record.read_text().splitlines()
        if of == identity and _is_private(Path(folder), user):
            return Path(folder)
    for place in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm"):
        if len(os.fsencode(place)) + 20 > _MAX_FOLDER_BYTES or not _reaches(Path(place), user):
            continue
        with suppress(OSError):
            folder = tempfile.mkdtemp(prefix="frontdesk-", dir=place)
            user.own(Path(folder))
            record.touch(mode=0o600)
            record.write_text(f"{folder}\n{identity}\n")
            return Path(folder)
    raise PostgresFailed("there is no temporary folder (/tmp, /var/tmp) that a socket could lie in")


def _is_private(folder: Path, user: RunAs) -> bool:
    """Whether the folder is that user's alone; made again where it was swept away."""
    with suppress(OSError):
        folder.mkdir(mode=0o700)
        user.own(folder)
    with suppress(OSError):
        found = folder.lstat()
        uid = os.geteuid() if user.uid is None else user.uid
        return found.st_mode == 0o040700 and found.st_uid == uid
    return False


def _reaches(folder: Path, user: RunAs) -> bool:
    parents = (folder.resolve(), *folder.resolve().parents)
    return user.uid is None or all(path.stat().st_mode & 0o001 for path in parents)

"""The secrets of a data folder: made at first start, mode 600, the same ever after.

Where the environment gives a key, that key counts and no file is made for it.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tenants.errors import Invalid

PLATFORM_KEY_FILE = "platform.key"
MASTER_KEY_FILE = "master.key"
MASTER_KEY_BYTES = 32


def platform_key(data: Path, given: str | None = None) -> str:
    """The key of whoever runs the platform: `given`, or the data folder's own."""
    return given or kept_secret(data / PLATFORM_KEY_FILE, lambda: f"fp_{secrets.token_urlsafe(32)}")


def master_key(data: Path, given: str | None = None) -> bytes:
    """The 32 bytes that every other key is derived from. Raises: Invalid."""
    text = given or kept_secret(data / MASTER_KEY_FILE, _new_master_key)
    return decoded_key(text, "FRONTDESK_MASTER_KEY" if given else str(data / MASTER_KEY_FILE))


def decoded_key(text: str, place: str) -> bytes:
    """A key as it was written at a place. Raises: Invalid."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        raise Invalid(f"the master key must be 32 bytes in base64 ({place})")
    return key


def derived_key(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, so that one kind of secret never opens another."""
    return hmac.new(key, b"frontdesk:" + purpose.encode(), hashlib.sha256).digest()


def pepper(key: bytes) -> bytes:
    """The key under which API keys are hashed."""
    return derived_key(key, "api-key-pepper")


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The file's secret; made first where the file is absent. Of two makers at once one wins.

    The file appears whole or not at all: it is written beside its place and then linked there.
    """
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    beside = _written_beside(path, make())
    try:
        with suppress(FileExistsError):
            path.hardlink_to(beside)
    finally:
        beside.unlink()
    return path.read_text().strip()


def replace_secret(path: Path, text: str) -> None:
    """The file holds `text`, readable by its owner alone; a reader sees the old or the new."""
    _written_beside(path, text).replace(path)


def _written_beside(path: Path, text: str) -> Path:
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 600
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return Path(beside)


def _new_master_key() -> str:
    return base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode()

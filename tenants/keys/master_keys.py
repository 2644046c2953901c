"""The master key: wraps data keys and is never stored beside them.

`MasterKeys` is the hook for a key service of one's own: it sees random keys alone, never content.
"""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenants.errors import Unavailable
from tenants.keys.secrets import derived_key

_NONCE_BYTES = 12
_PURPOSE = "data-keys"


class MasterKeys(Protocol):
    """Wraps under the newest master key, unwraps under any that it still has."""

    @property
    def master_id(self) -> str:
        """The name of the key that is wrapped under now."""
        ...

    async def wrap(self, key: bytes, *, bound_to: bytes) -> bytes:
        """A data key as it may be stored."""
        ...

    async def unwrap(self, master_id: str, wrapped: bytes, *, bound_to: bytes) -> bytes:
        """The data key. Raises: Unavailable."""
        ...


class LocalMasterKeys:
    """Master keys that this process was given: the newest, and older ones for what they wrapped."""

    def __init__(self, newest: bytes, older: Sequence[bytes] = ()) -> None:
        self._ciphers = {master_id(key): _cipher(key) for key in (*older, newest)}
        self._newest = master_id(newest)

    @property
    def master_id(self) -> str:
        """The newest one's name."""
        return self._newest

    async def wrap(self, key: bytes, *, bound_to: bytes) -> bytes:
        """Nonce and ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._ciphers[self._newest].encrypt(nonce, key, bound_to)

    async def unwrap(self, master_id: str, wrapped: bytes, *, bound_to: bytes) -> bytes:
        """The data key. Raises: Unavailable."""
        return self.unwrapped(master_id, wrapped, bound_to=bound_to)

    def unwrapped(self, master_id: str, wrapped: bytes, *, bound_to: bytes) -> bytes:
        """As `unwrap`, at once: nothing of it waits for anything."""
        cipher = self._ciphers.get(master_id)
        if cipher is None:
            raise Unavailable(
                f"content is kept under the master key {master_id}, which is not here"
            )
        try:
            return cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], bound_to)
        except InvalidTag:
            raise Unavailable("a data key is not what was wrapped") from None


def master_id(key: bytes) -> str:
    """A master key's name: tells keys apart and says nothing of them."""
    return hashlib.sha256(b"frontdesk:master-id:" + key).hexdigest()[:16]


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(derived_key(key, _PURPOSE))

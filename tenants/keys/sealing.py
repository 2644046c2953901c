"""Secrets of tenants at rest: AES-GCM under a key derived from the master key.

What is sealed is bound to what it was sealed for (`bound_to`: the tenant and the use): a row copied
to another tenant does not open there. The form is one byte of version, a nonce, the ciphertext.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenants.errors import Unavailable
from tenants.keys.secrets import derived_key

_VERSION = b"\x01"
_NONCE_BYTES = 12


class Sealer:
    """Seals and opens one kind of secret."""

    def __init__(self, master_key: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derived_key(master_key, purpose))

    def seal(self, text: str, *, bound_to: str) -> bytes:
        """The text as it may be stored."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), bound_to.encode())

    def open(self, sealed: bytes, *, bound_to: str) -> str:
        """The text. Raises: Unavailable where it was sealed under another key, or for another use."""
        version, nonce, rest = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if version != _VERSION:
            raise Unavailable("a secret was sealed by a newer release")
        try:
            return self._cipher.decrypt(nonce, rest, bound_to.encode()).decode()
        except InvalidTag:
            raise Unavailable("a secret was sealed under another master key") from None

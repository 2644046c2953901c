"""A connection that reads sealed values as those do who may, for whoever checks a server's work."""

from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.abc import Buffer
from psycopg.types.string import ByteaLoader

from tenants.keys.keyring import SEALED, SEALED_BEFORE, DataKey, Keyring, bound
from tenants.keys.master_keys import LocalMasterKeys


def open_for(conn: psycopg.Connection, master: bytes) -> None:
    """Let a connection that sees every tenant open what is sealed under the keys of now."""
    masters = LocalMasterKeys(master)
    ring = Keyring(masters)
    owners: dict[bytes, UUID] = {}
    for tenant_id, key_id, master_id, wrapped in conn.execute(
        "select tenant_id, key_id, master_id, wrapped from data_keys"
    ).fetchall():
        plain = masters.unwrapped(master_id, wrapped, bound_to=bound(tenant_id, key_id))
        ring.keep(tenant_id, DataKey(key_id, AESGCM(plain), plain))
        owners[key_id.bytes] = tenant_id

    class Opening(ByteaLoader):
        def load(self, data: Buffer) -> bytes:
            stored = super().load(bytes(data))
            if not stored.startswith((SEALED, SEALED_BEFORE)):
                return stored
            place = len(SEALED) + 1 + stored[len(SEALED)]
            return ring.of(owners[stored[place : place + 16]]).open(stored)

    conn.adapters.register_loader("bytea", Opening)

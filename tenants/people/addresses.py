"""Contacts' addresses at rest: found by a keyed hash, read from a sealed copy beside it.

The hash's key is the tenant's own and never changes version, so the same address has the same hash
for as long as the tenant lives, and nobody without the key can try addresses out.
"""

import hashlib
import hmac
from dataclasses import dataclass

from tenants.database.connection import TenantConnection
from tenants.database.desk_connection import keys_of
from tenants.keys import codec
from tenants.keys.codec import Personal

_OF = "contact_identities.address"
_HASHED = "~"  # no channel's address begins with it; a hash has no other sign


@dataclass(frozen=True, slots=True)
class Address:
    """How an address stands in a table: what it is found by, and what it is read from."""

    found_by: str
    sealed: Personal | None


async def stored(conn: TenantConnection, channel: str, address: str) -> Address:
    """How an address is to be stored and looked for; in clear where there are no keys."""
    keys = keys_of(conn.raw)
    if keys is None:
        return Address(address, None)
    key = await keys.index_key(conn.raw)
    named = f"{conn.tenant_id}\n{channel}\n{address}".encode()
    found_by = _HASHED + hmac.new(key, named, hashlib.sha256).hexdigest()
    return Address(found_by, codec.personal(address, _OF, found_by))


def read(found_by: str, sealed: bytes | None) -> str:
    """The address of a row, whichever way it is stored."""
    return found_by if sealed is None else str(codec.decode(sealed, _OF, found_by))


async def seal_identity(conn: TenantConnection, channel: str, address: str, kept: Address) -> None:
    """Store an address that is still there in clear as it is stored now."""
    if kept.sealed is None:
        return
    await conn.execute(
        """
        update contact_identities
           set address = %(found_by)s, address_sealed = %(sealed)s
         where tenant_id = %(tenant_id)s
           and channel = %(channel)s
           and address = %(address)s
        """,
        {
            "found_by": kept.found_by,
            "sealed": kept.sealed,
            "channel": channel,
            "address": address,
        },
    )

"""What is known of contacts that must not stand in knowledge: names, addresses, their own numbers."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.keys import codec
from tenants.lessons.personal_data import Cleaned, clean
from tenants.people import addresses
from tenants.people.contacts import PROFILE

MIN_CHARS, MAX_CHARS = 4, 100


@dataclass(frozen=True, slots=True)
class ContactWords:
    """A contact's names, and other words of theirs that `clean` is to take out."""

    names: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    def clean(self, text: str) -> Cleaned:
        """`text` without this contact's and anybody's recognised personal data."""
        return clean(text, names=self.names, known=self.known)


@dataclass(frozen=True, slots=True)
class _Row:
    contact_id: UUID
    profile: bytes
    found_by: list[str]
    sealed: list[bytes | None]


async def words_of(
    conn: TenantConnection, contact_ids: Collection[UUID]
) -> dict[UUID, ContactWords]:
    """By contact; one that is gone has no entry."""
    rows = await conn.rows(
        _Row,
        """
        select c.contact_id, c.profile,
               array(select i.address
                       from contact_identities i
                      where i.tenant_id = %(tenant_id)s
                        and i.contact_id = c.contact_id
                      order by i.created_at, i.address
                      limit 20) as found_by,
               array(select i.address_sealed
                       from contact_identities i
                      where i.tenant_id = %(tenant_id)s
                        and i.contact_id = c.contact_id
                      order by i.created_at, i.address
                      limit 20) as sealed
          from contacts c
         where c.tenant_id = %(tenant_id)s
           and c.contact_id = any(%(contact_ids)s)
        """,
        {"contact_ids": list(contact_ids)},
    )
    return {
        row.contact_id: _words(
            codec.decode(row.profile, PROFILE, row.contact_id),
            [addresses.read(*one) for one in zip(row.found_by, row.sealed, strict=True)],
        )
        for row in rows
    }


def _words(details: dict[str, Any], known: list[str]) -> ContactWords:
    """Of the details only what can be told apart from ordinary words: it has a digit or an @."""
    name = details.get("name")
    kept = [value for key, value in details.items() if key != "name" and isinstance(value, str)]
    own = [text.strip() for text in (*known, *kept) if _is_telling(text.strip())]
    return ContactWords((str(name),) if name else (), tuple(dict.fromkeys(own)))


def _is_telling(text: str) -> bool:
    fits = MIN_CHARS <= len(text) <= MAX_CHARS
    return fits and ("@" in text or any(c.isdigit() for c in text))

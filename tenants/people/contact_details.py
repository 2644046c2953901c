"""How a contact may be reached, as they said themselves: recognised in their words, kept, confirmed.

What is said proves nothing, so it enters the contact's profile and never becomes an identity: an
address that somebody merely typed must not bring another person's messages into this contact.
"""

import re
from typing import Any
from uuid import UUID

import phonenumbers

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.people import contacts

MAX_READ_CHARS = 2_000
MAX_EMAIL_CHARS = 254
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w](?:[\w.+-]{0,62}[\w])?@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}(?![\w-])"
)
_SPELT = re.compile(r"\s*[\[(]\s*(?:at|@)\s*[\])]\s*", re.IGNORECASE)
_REGIONS = {"en": ("US", "GB"), "de": ("DE", "AT", "CH"), "es": ("ES",), "fr": ("FR",),
            "it": ("IT",), "pt": ("PT", "BR")}  # fmt: skip


def recognised(text: str, language: str = "en") -> dict[str, str]:
    """`email` and `phone` where the text holds them; a telephone number in international form."""
    read = _SPELT.sub("@", text[:MAX_READ_CHARS])
    found: dict[str, str] = {}
    address = _EMAIL.search(read)
    if address and len(address[0]) <= MAX_EMAIL_CHARS and ".." not in address[0]:
        found["email"] = address[0]
    number = _phone(_EMAIL.sub(" ", read), language)
    if number:
        found["phone"] = number
    return found


async def keep(conn: TenantConnection, contact_id: UUID, details: dict[str, str]) -> dict[str, str]:
    """Put what is not known yet into the contact's profile; what was new in it."""
    try:
        known = (await contacts.get(conn, contact_id)).details
    except NotFound:  # erased meanwhile
        return {}
    fresh = {key: value for key, value in details.items() if not known.get(key)}
    if fresh:
        given: dict[str, Any] = fresh | {"details_given_by": "contact"}
        await contacts.update(conn, contact_id, given)
    return fresh


def _phone(text: str, language: str) -> str:
    """The first number that could be dialled; without a country's code, by the language."""
    if sum(character.isdigit() for character in text) < 6:
        return ""
    for region in (None, *_REGIONS.get(language[:2].lower(), ("US", "GB"))):
        for match in phonenumbers.PhoneNumberMatcher(
            text, region, leniency=phonenumbers.Leniency.VALID
        ):
            return phonenumbers.format_number(
                match.number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
            )
    return ""

"""How a contact may be reached, in their own words."""

import pytest

from tenants.database.connection import Pool, tenant_transaction
from tenants.people import contact_details, contacts
from tenants.people.contact_details import recognised
from tests.seeds import Seeded, seed_tenant


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("you can write to ada.marlow+desk@example.co.uk.", "en", {"email": "ada.marlow+desk@example.co.uk"}),
        ("ada [at] example.com please", "en", {"email": "ada@example.com"}),
        ("Meine Nummer ist 030 23125 0", "de", {"phone": "+49 30 231250"}),
        ("llámeme al 912 34 56 78", "es", {"phone": "+34 912 34 56 78"}),
        ("+44 20 7946 0958 or ada@example.com", "en", {"email": "ada@example.com", "phone": "+44 20 7946 0958"}),
    ],
)  # fmt: skip
def test_addresses_and_numbers_are_recognised(
    text: str, language: str, found: dict[str, str]
) -> None:
    assert recognised(text, language) == found


@pytest.mark.parametrize(
    "text",
    ["My order number is 20251128-4711", "it costs 19.90", "me@home", "a@b..com", "@handle", ""],
)
def test_what_nobody_can_be_reached_by_is_left(text: str) -> None:
    assert recognised(text) == {}


async def test_what_is_known_is_not_overwritten_and_no_identity_is_made(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    said = {"email": "ada@example.com", "phone": "+44 20 7946 0958"}
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert await contact_details.keep(conn, seeded.contact_id, said) == said
        other = {"email": "eve@example.com"}
        assert await contact_details.keep(conn, seeded.contact_id, other) == {}
        kept = (await contacts.get(conn, seeded.contact_id)).details
        assert (kept["email"], kept["name"]) == ("ada@example.com", "Ada Marlow")
        assert await contacts.identities(conn, seeded.contact_id) == []
        assert await contact_details.keep(conn, neighbour.contact_id, said) == {}

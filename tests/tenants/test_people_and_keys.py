"""Contacts, operators, credentials, suggestions and idempotency keys, each within its tenant."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tenants.actors import Actor
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import (
    Conflict,
    IdempotencyInFlight,
    IdempotencyReused,
    Invalid,
    NotFound,
    RateLimited,
    SuggestionDecided,
)
from tenants.ids import new_id
from tenants.knowledge import knowledge_bases
from tenants.lessons import suggestions
from tenants.people import contacts, credentials, operator_passwords, operators
from tenants.people.credentials import KeyPlace
from tenants.working import idempotency
from tests.seeds import seed_tenant

PEPPER = b"p" * 32


async def test_a_key_is_found_until_it_is_revoked(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        record, key = await credentials.create_api_key(conn, "k", ["knowledge"], pepper=PEPPER)
        with pytest.raises(Invalid):
            await credentials.create_api_key(conn, "k", ["everything"], pepper=PEPPER)
    assert key.startswith(record.prefix)
    found = await credentials.find_api_key(pool, key, pepper=PEPPER)
    assert found is not None and found.tenant_id == seeded.tenant_id
    assert found.scopes == frozenset({"knowledge"})
    assert await credentials.find_api_key(pool, key, pepper=b"q" * 32) is None
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await credentials.revoke_api_key(conn, record.api_key_id)
    assert await credentials.find_api_key(pool, key, pepper=PEPPER) is None


async def test_a_key_whose_place_is_known_ends_like_any_other(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    soon = datetime.now(UTC) + timedelta(seconds=2)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        kept, _ = await credentials.create_api_key(conn, "kept", ["knowledge"], pepper=PEPPER)
        ending, key = await credentials.create_api_key(
            conn, "ending", ["knowledge"], pepper=PEPPER, expires_at=soon
        )
    places = [KeyPlace(seeded.tenant_id, one.api_key_id) for one in (kept, ending)]
    found = await credentials.find_api_key(pool, key, pepper=PEPPER)
    assert found is not None and found == await credentials.api_key_at(pool, places[1])
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await credentials.revoke_api_key(conn, kept.api_key_id)
    assert await credentials.api_key_at(pool, places[0]) is None
    await asyncio.sleep((soon - datetime.now(UTC)).total_seconds())
    assert await credentials.api_key_at(pool, places[1]) is None
    elsewhere = KeyPlace(new_id(), kept.api_key_id)
    assert await credentials.api_key_at(pool, elsewhere) is None


async def test_one_identity_is_one_contact_under_races(pool: Pool) -> None:
    seeded = await seed_tenant(pool)

    async def arrive() -> str:
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            found = await contacts.find_or_create(conn, "api", "ada@example.com", {"name": "Ada"})
            return str(found.contact_id)

    assert len(set(await asyncio.gather(*(arrive() for _ in range(10))))) == 1


async def test_merged_contacts_share_identities_and_cannot_merge_twice(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        mail = await contacts.find_or_create(conn, "email", "a@example.com", {"city": "Ulm"})
        kept = await contacts.merge(conn, seeded.contact_id, mail.contact_id)
        assert kept.details == {"name": "Ada Marlow", "city": "Ulm"}
        assert [i.address for i in await contacts.identities(conn, seeded.contact_id)] == [
            "a@example.com"
        ]
        with pytest.raises(Invalid):
            await contacts.merge(conn, seeded.contact_id, mail.contact_id)


async def test_operators_are_unique_by_address_within_a_tenant(pool: Pool) -> None:
    seeded, other = await seed_tenant(pool), await seed_tenant(pool, "Clinic")
    for tenant_id in (seeded.tenant_id, other.tenant_id):
        async with tenant_transaction(pool, tenant_id) as conn:
            made = await operators.create(conn, "Eve@Example.com", "Eve", "operator")
            assert not made.may_write_knowledge
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        with pytest.raises(NotFound):
            await operators.get(conn, made.operator_id)
    with pytest.raises(Conflict):
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            await operators.create(conn, "eve@example.com", "Eve", "viewer")


async def test_a_suggestion_is_decided_once(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    ann = Actor("operator", "ann")
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        kb = await knowledge_bases.create(conn, "K", embedding_model="none", dimension=3)
        made = await suggestions.create(conn, kb, {"question": "q", "answer": "a"}, actor=ann)
        await suggestions.decide(conn, made.suggestion_id, "dismissed", actor=ann)
        with pytest.raises(SuggestionDecided):
            await suggestions.decide(conn, made.suggestion_id, "approved", actor=ann)


async def test_an_idempotency_key_remembers_its_answer(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert await idempotency.begin(conn, "c", "k", b"1") is None
        with pytest.raises(IdempotencyInFlight):
            await idempotency.begin(conn, "c", "k", b"1")
        await idempotency.finish(conn, "c", "k", 201, {"x": 1})
        remembered = await idempotency.begin(conn, "c", "k", b"1")
        assert remembered is not None and remembered.body == {"x": 1}
        with pytest.raises(IdempotencyReused):
            await idempotency.begin(conn, "c", "k", b"2")


async def test_tries_at_once_cannot_outrun_their_count(pool: Pool) -> None:
    seeded, other = await seed_tenant(pool), await seed_tenant(pool, "Clinic")

    async def tried() -> bool:
        try:
            async with tenant_transaction(pool, seeded.tenant_id) as conn:
                await operator_passwords.count_try(conn, b"somebody")
        except RateLimited:
            return False
        return True

    went_on = await asyncio.gather(*(tried() for _ in range(12)))
    assert sum(went_on) == operator_passwords.FREE_TRIES
    async with tenant_transaction(pool, other.tenant_id) as conn:
        await operator_passwords.count_try(conn, b"somebody")
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await operator_passwords.forget_tries(conn, b"somebody")
    assert await tried()

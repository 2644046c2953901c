"""A new tenant with everything it needs to begin: key, knowledge base, assistant."""

from dataclasses import dataclass
from uuid import UUID

from tenants import tenants
from tenants.actors import SYSTEM, Actor
from tenants.configuring import assistants
from tenants.configuring.assistants import AssistantSettings, Persona
from tenants.database.connection import Pool, tenant_transaction
from tenants.ids import new_id
from tenants.knowledge import knowledge_bases
from tenants.people import credentials


@dataclass(frozen=True, slots=True)
class NewTenant:
    """`api_key` is shown here and never again; `namesake` has the slug that the name makes."""

    tenant_id: UUID
    slug: str
    namesake: str | None
    api_key: str
    knowledge_base_id: UUID
    assistant_id: UUID


async def create_tenant(
    pool: Pool,
    name: str,
    slug: str | None = None,
    *,
    pepper: bytes,
    embedding_model: str,
    dimension: int,
    time_zone: str = "UTC",
    actor: Actor = SYSTEM,
) -> NewTenant:
    """A tenant, its first API key (all scopes), knowledge base and assistant, all or nothing.

    Without a `slug` one is made from the name, with an ending where another tenant has it.
    Raises: SlugTaken, Invalid.
    """
    tenants.check_time_zone(time_zone)
    tenant_id = new_id()
    ending = tenant_id.hex[-8:]
    made = tenants.make_slug(name) or f"tenant-{ending}"
    checked = tenants.check_slug(slug or made)
    namesake = made if await tenants.find_slug(pool, made) is not None else None
    if slug is None and namesake is not None:
        checked = f"{checked[:50]}-{ending}"
    async with tenant_transaction(pool, tenant_id) as conn:
        await tenants.create(conn, name, checked, time_zone=time_zone)
        _, api_key = await credentials.create_api_key(
            conn, "first key", credentials.SCOPES, pepper=pepper
        )
        knowledge_base_id = await knowledge_bases.create(
            conn, "Knowledge", embedding_model=embedding_model, dimension=dimension
        )
        settings = AssistantSettings(
            name="Assistant",
            persona=Persona(),
            knowledge_base_ids=[knowledge_base_id],
        )
        assistant = await assistants.create(conn, settings, actor=actor)
    return NewTenant(
        tenant_id, checked, namesake, api_key, knowledge_base_id, assistant.assistant_id
    )

"""Rows that many tests need: a tenant with an assistant, a contact and a conversation."""

from dataclasses import dataclass
from uuid import UUID

from tenants import tenants
from tenants.actors import SYSTEM, Actor
from tenants.configuring import assistants
from tenants.configuring.assistants import AssistantSettings
from tenants.database.connection import Pool, tenant_transaction
from tenants.ids import new_id
from tenants.people import contacts
from tenants.transcripts import conversations


@dataclass(frozen=True)
class Seeded:
    """One tenant's ids; `contact` is who writes."""

    tenant_id: UUID
    assistant_id: UUID
    contact_id: UUID
    conversation_id: UUID

    @property
    def contact(self) -> Actor:
        return Actor("contact", str(self.contact_id))


async def seed_tenant(pool: Pool, name: str = "Shop") -> Seeded:
    """A fresh tenant, committed, apart from every other test's."""
    tenant_id = new_id()
    async with tenant_transaction(pool, tenant_id) as conn:
        await tenants.create(conn, name, f"{name.lower()}-{tenant_id.hex}")
        assistant = await assistants.create(conn, AssistantSettings(name="Mia"), actor=SYSTEM)
        contact = await contacts.create(conn, {"name": "Ada Marlow"})
        conversation = await conversations.create(conn, assistant.assistant_id, contact.contact_id)
    return Seeded(
        tenant_id, assistant.assistant_id, contact.contact_id, conversation.conversation_id
    )

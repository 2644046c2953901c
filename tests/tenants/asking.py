"""Questions as turns record them, for tests of what is learnt from them."""

from uuid import UUID

from tenants.database.connection import Pool, tenant_transaction
from tenants.ids import new_id
from tenants.lessons.recorded_questions import AskedQuestion, record
from tenants.people import contacts
from tenants.transcripts import conversations
from tests.seeds import Seeded


async def ask(
    pool: Pool,
    seeded: Seeded,
    knowledge_base_id: UUID | None,
    *queries: str,
    contact: str | None = None,
    status: str = "unanswered",
    reason: str | None = "not_in_knowledge",
    history: list[dict[str, str]] | None = None,
) -> UUID:
    """One contact (a new one unless it is the seeded) asks; the turn's id."""
    turn_id = new_id()
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        contact_id = seeded.contact_id
        conversation_id = seeded.conversation_id
        if contact is not None:
            made = await contacts.create(conn, {"name": contact})
            contact_id = made.contact_id
            begun = await conversations.create(conn, seeded.assistant_id, contact_id)
            conversation_id = begun.conversation_id
        await record(
            conn,
            [
                AskedQuestion(query, query, status, reason, 0.1, "en", history or [])
                for query in queries
            ],
            turn_id=turn_id,
            conversation_id=conversation_id,
            contact_id=contact_id,
            assistant_id=seeded.assistant_id,
            knowledge_base_id=knowledge_base_id,
        )
    return turn_id

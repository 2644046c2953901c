"""The operators' desk over `tenants/`: how a handoff ended, and what is learnt from it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from graphs.ports import HandoffResolution, SpokenLine
from tenants.database.connection import Pool, tenant_transaction
from tenants.database.hold_points import NOWHERE, HoldPoints
from tenants.desk import handoffs
from tenants.finding.embedding_models import EmbeddingModels
from tenants.lessons.learning import learn
from tenants.transcripts import messages


class PostgresDesk:
    """The `Desk` of a process that has a database."""

    def __init__(self, pool: Pool, models: EmbeddingModels, hold: HoldPoints = NOWHERE) -> None:
        self._pool = pool
        self._models = models
        self._hold = hold

    async def resolution(self, tenant_id: UUID, handoff_id: UUID) -> HandoffResolution:
        """How a handoff ended. Raises: NotFound."""
        async with tenant_transaction(self._pool, tenant_id) as conn:
            handoff = await handoffs.get(conn, handoff_id)
            said = await messages.after_turn(conn, handoff.conversation_id, handoff.turn_id)
        await self._hold.reach("after_resume", handoff_id)
        decided = handoff.decided or {}
        return HandoffResolution(
            handoff_id=str(handoff_id),
            add_to_knowledge=bool(decided.get("add_to_knowledge")),
            entry=decided.get("entry"),
            return_to_assistant=bool(decided.get("return_to_assistant", True)),
            lines=_lines(said),
        )

    async def learn(
        self, tenant_id: UUID, handoff_id: UUID, question: str, answer: str
    ) -> dict[str, Any]:
        """Keep an operator's answer as a suggestion or an entry; the same handoff only once."""
        learnt = await learn(
            self._pool, tenant_id, handoff_id, question, answer, models=self._models
        )
        await self._hold.reach("after_send", handoff_id)
        return learnt


def _lines(said: Sequence[messages.Message]) -> list[SpokenLine]:
    return [SpokenLine(str(m.message_id), m.author_kind, m.text) for m in said if m.text]

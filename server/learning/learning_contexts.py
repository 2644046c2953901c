"""The contexts under which recorded questions are asked again: as a turn's, but without an effect."""

from collections.abc import Collection
from uuid import UUID

from graphs.asking.models import EXTRACTIVE
from graphs.context import TurnContext
from server.learning.calibrating import correction_of
from tenants import tenants
from tenants.configuring import assistants, calibrations
from tenants.configuring.assistants import Assistant
from tenants.database.connection import TenantConnection
from tenants.knowledge import knowledge_bases

MAX_ASSISTANTS = 1_000
_PAGE = 200


async def contexts_of(
    conn: TenantConnection,
    *,
    reading: UUID | None = None,
    assistant_ids: Collection[UUID] | None = None,
) -> dict[UUID, TurnContext]:
    """By assistant in use: those that read a knowledge base, or those that are named.

    Thresholds, persona and all of an assistant's knowledge bases (live) are its own; the model is
    the extractive one, whatever the assistant's is.
    """
    found: list[Assistant] = []
    after: UUID | None = None
    while len(found) < MAX_ASSISTANTS:
        page = await assistants.list_page(conn, limit=_PAGE, after=after)
        found += page
        if len(page) < _PAGE:
            break
        after = page[-1].assistant_id
    tenant = await tenants.get(conn)
    contexts: dict[UUID, TurnContext] = {}
    for assistant in found:
        if assistant_ids is not None and assistant.assistant_id not in assistant_ids:
            continue
        if reading is not None and reading not in assistant.settings.knowledge_base_ids:
            continue
        contexts[assistant.assistant_id] = await _context(conn, assistant, tenant.name)
    return contexts


async def _context(conn: TenantConnection, assistant: Assistant, brand: str) -> TurnContext:
    settings = assistant.settings
    live = await knowledge_bases.live_versions(conn, settings.knowledge_base_ids)
    return TurnContext(
        tenant_id=str(conn.tenant_id),
        kind="replay",
        assistant_id=str(assistant.assistant_id),
        assistant_revision=assistant.revision,
        brand=brand,
        locale=settings.language or "",
        knowledge=tuple((str(i), live[i]) for i in settings.knowledge_base_ids if i in live),
        model=EXTRACTIVE,
        persona=settings.persona.model_dump() | {"name": settings.persona.name or settings.name},
        thresholds=settings.thresholds.model_dump(),
        answering=settings.answering.model_dump(mode="json"),
        handoff=settings.handoff.model_dump(mode="json"),
        curated=settings.curated.model_dump(),
        calibration=correction_of(await calibrations.in_force(conn, assistant.assistant_id)),
    )

"""Two tenants to try: a shop and a clinic, with knowledge of our own writing in `server/demo/`.

Seeded by the preparing process, never by the server: building knowledge needs memory that an idle
server should not hold. A seed whose text has not changed is left alone.
"""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from graphs.embedding.embeddings import ModelEmbedder, open_embeddings
from server.demo_tenants import SEEDS, DemoTenant, demo_tenants, remember, seed_hashes
from tenants import tenants
from tenants.actors import SYSTEM
from tenants.configuring import assistants
from tenants.configuring.assistants import Persona
from tenants.configuring.widget_settings import MAX_SUGGESTIONS, WidgetSettings
from tenants.cutting.preparing import Kind
from tenants.database import postgres_locks
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import SlugTaken
from tenants.knowledge.ingestion import NewDocument, add_documents
from tenants.onboarding import create_tenant
from tenants.people import credentials, operators


async def seed_demo(
    pool: Pool, data: Path, *, pepper: bytes, embeddings: str, threads: int
) -> list[DemoTenant]:
    """Both demo tenants, made or brought up to date; the same keys every time."""
    with postgres_locks.exclusive(data / "demo.lock"):
        kept = {one.slug: one for one in demo_tenants(data)}
        embedder: ModelEmbedder | None = None
        seeded: list[DemoTenant] = []
        hashes = seed_hashes()
        for seed in (json.loads(path.read_bytes()) for path in SEEDS):
            digest = hashes[seed["slug"]]
            known = await _still_there(pool, kept.get(seed["slug"]))
            if known is None or known.seed != digest:
                embedder = embedder or open_embeddings(embeddings, threads=threads)
                known = known or await _make(pool, seed, pepper=pepper, embedder=embedder)
                known = await _fill(pool, known, seed, digest, embedder=embedder)
            if not known.operator_id:
                known = await _with_operator(pool, known)
            seeded.append(known)
            kept[known.slug] = known
            remember(data, list(kept.values()))
        if embedder is not None:
            embedder.close()
        return seeded


async def _still_there(pool: Pool, known: DemoTenant | None) -> DemoTenant | None:
    """What the folder remembers, if this database knows the same tenant."""
    if known is None:
        return None
    route = await tenants.find_slug(pool, known.slug)
    return known if route is not None and str(route.tenant_id) == known.tenant_id else None


async def _make(
    pool: Pool, seed: dict[str, Any], *, pepper: bytes, embedder: ModelEmbedder
) -> DemoTenant:
    """The tenant, made now, or found with a fresh key where another folder made it."""
    try:
        made = await create_tenant(
            pool,
            seed["name"],
            seed["slug"],
            pepper=pepper,
            embedding_model=embedder.model_id,
            dimension=embedder.dimension,
            time_zone=seed["time_zone"],
        )
    except SlugTaken:
        return await _find(pool, seed, pepper=pepper)
    return DemoTenant(
        name=seed["name"],
        slug=made.slug,
        tenant_id=str(made.tenant_id),
        api_key=made.api_key,
        assistant_id=str(made.assistant_id),
        knowledge_base_id=str(made.knowledge_base_id),
        questions=seed["try"],
    )


async def _find(pool: Pool, seed: dict[str, Any], *, pepper: bytes) -> DemoTenant:
    route = await tenants.find_slug(pool, seed["slug"])
    assert route is not None
    async with tenant_transaction(pool, route.tenant_id) as conn:
        [assistant] = await assistants.list_page(conn, limit=1)
        _, api_key = await credentials.create_api_key(
            conn, "demo key", credentials.SCOPES, pepper=pepper
        )
    return DemoTenant(
        name=seed["name"],
        slug=route.slug,
        tenant_id=str(route.tenant_id),
        api_key=api_key,
        assistant_id=str(assistant.assistant_id),
        knowledge_base_id=str(assistant.settings.knowledge_base_ids[0]),
        questions=seed["try"],
    )


async def _with_operator(pool: Pool, known: DemoTenant) -> DemoTenant:
    """The tenant with somebody to sign in as, made now or found where another folder made them."""
    async with tenant_transaction(pool, UUID(known.tenant_id)) as conn:
        there = await operators.list_page(conn, limit=1)
        made = (
            there[0]
            if there
            else await operators.create(conn, f"robin@{known.slug}.example", "Robin", "owner")
        )
    return known.model_copy(update={"operator_id": str(made.operator_id)})


async def _fill(
    pool: Pool, known: DemoTenant, seed: dict[str, Any], digest: str, *, embedder: ModelEmbedder
) -> DemoTenant:
    """Store the seed's documents (same `external_id`, same document) and the assistant's manner."""
    tenant_id, assistant_id = UUID(known.tenant_id), UUID(known.assistant_id)
    await add_documents(
        pool,
        tenant_id,
        UUID(known.knowledge_base_id),
        [_document(entry, place) for place, entry in enumerate(seed["documents"])],
        embedder=embedder,
        actor=SYSTEM,
    )
    manner = seed["assistant"]
    async with tenant_transaction(pool, tenant_id) as conn:
        assistant = await assistants.get(conn, assistant_id)
        persona = Persona(
            name=manner["name"], tone=manner["tone"], instructions=manner["instructions"]
        )
        settings = assistant.settings.model_copy(
            update={
                "name": manner["name"],
                "persona": persona,
                "language": "en",
                "widget": WidgetSettings(suggestions=seed["try"][:MAX_SUGGESTIONS]),
            }
        )
        if settings != assistant.settings:
            await assistants.update(conn, assistant_id, settings, actor=SYSTEM)
    return known.model_copy(update={"seed": digest, "questions": seed["try"]})


def _document(entry: dict[str, Any], place: int) -> NewDocument:
    external_id = entry.get("external_id", f"demo:{place}")
    origin = {"kind": "demo"}
    if "question" in entry:
        return NewDocument(
            kind="qa",
            title=entry["question"],
            question=entry["question"],
            answer=entry["answer"],
            external_id=external_id,
            origin=origin,
        )
    kind: Kind = "json" if "data" in entry else "text"
    return NewDocument(
        kind=kind,
        title=entry["title"],
        data=entry.get("data"),
        text=entry.get("text"),
        external_id=external_id,
        origin=origin,
    )

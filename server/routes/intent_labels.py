"""Intent labels: a tenant's own names for what is asked, with examples, and what is done then."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import numpy as np
from fastapi import APIRouter

from server.auth import AssistantsDep
from server.intake import CheckedRoute
from server.label_schemas import (
    IntentLabelChange,
    IntentLabelShown,
    LabelAction,
    NewIntentLabel,
    RequestLabelShown,
    RequestToLabel,
)
from server.paging import Page, PagingDep
from server.resources import Resources, ResourcesDep
from server.schemas import Id
from tenants import assistants, intent_labels
from tenants.connection import TenantConnection, tenant_transaction
from tenants.intent_labels import Example

router = APIRouter(
    prefix="/v1/assistants/{assistant_id}",
    tags=["assistants"],
    route_class=CheckedRoute,
)


@router.post("/intent-labels", operation_id="create_intent_label", status_code=201)
async def create_intent_label(
    assistant_id: Id, new: NewIntentLabel, caller: AssistantsDep, held: ResourcesDep
) -> IntentLabelShown:
    """Add a label; from two labels with examples on, requests are told apart by them."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.get(conn, assistant_id)
    examples = await _embedded(held, new.examples, {})
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        made = await intent_labels.create(
            conn,
            assistant_id,
            name=new.name,
            description=new.description,
            action=_plain(new.action),
            examples=examples,
        )
        return await _shown(conn, assistant_id, made)


@router.get("/intent-labels", operation_id="list_intent_labels")
async def list_intent_labels(
    assistant_id: Id, caller: AssistantsDep, held: ResourcesDep, paging: PagingDep
) -> Page[IntentLabelShown]:
    """The assistant's labels, oldest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.get(conn, assistant_id)
        found = await intent_labels.list_page(
            conn, assistant_id, limit=paging.limit + 1, after=paging.after_id
        )
    return Page[IntentLabelShown](**paging.page(found, lambda one: one.intent_label_id, asdict))


@router.post("/classify", operation_id="classify_request")
async def classify_request(
    assistant_id: Id, asked: RequestToLabel, caller: AssistantsDep, held: ResourcesDep
) -> RequestLabelShown:
    """What a request would be labelled, as a turn does it."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.get(conn, assistant_id)
        revision = await intent_labels.revision(conn, assistant_id)
    found = None
    if revision:
        found = await held.labels.label(caller.tenant_id, assistant_id, revision, asked.text)
    if found is None:
        return RequestLabelShown(revision=revision)
    return RequestLabelShown(name=found["name"], confidence=found["confidence"], revision=revision)


@router.get("/intent-labels/{intent_label_id}", operation_id="get_intent_label")
async def get_intent_label(
    assistant_id: Id, intent_label_id: Id, caller: AssistantsDep, held: ResourcesDep
) -> IntentLabelShown:
    """One label."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return await _shown(conn, assistant_id, intent_label_id)


@router.patch("/intent-labels/{intent_label_id}", operation_id="change_intent_label")
async def change_intent_label(
    assistant_id: Id,
    intent_label_id: Id,
    change: IntentLabelChange,
    caller: AssistantsDep,
    held: ResourcesDep,
) -> IntentLabelShown:
    """Change what is given; turns see it in a second, and learn it in seconds more."""
    model = held.embedders.default.model_id
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await intent_labels.get(conn, assistant_id, intent_label_id)
        known = await intent_labels.kept_vectors(conn, intent_label_id, model=model)
    examples = (
        await _embedded(held, change.examples, known) if change.examples is not None else None
    )
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await intent_labels.change(
            conn,
            await intent_labels.get(conn, assistant_id, intent_label_id),
            description=change.description,
            action=_plain(change.action) if change.action is not None else None,
            examples=examples,
        )
        return await _shown(conn, assistant_id, intent_label_id)


@router.delete(
    "/intent-labels/{intent_label_id}", operation_id="delete_intent_label", status_code=204
)
async def delete_intent_label(
    assistant_id: Id, intent_label_id: Id, caller: AssistantsDep, held: ResourcesDep
) -> None:
    """Forget a label with its examples."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        label = await intent_labels.get(conn, assistant_id, intent_label_id)
        await intent_labels.delete(conn, label)


async def _embedded(
    held: Resources, texts: Sequence[str], known: dict[str, bytes]
) -> list[Example]:
    """The examples, each once, with their vectors; what is known is not embedded again."""
    embedder = held.embedders.default
    distinct = list(dict.fromkeys(texts))
    new = [text for text in distinct if text not in known]
    vectors = dict(known)
    if new:
        made = await embedder.embed_documents(new)
        vectors |= {
            text: np.asarray(vector, np.float32).tobytes()
            for text, vector in zip(new, made, strict=True)
        }
    return [Example(text, embedder.model_id, vectors[text]) for text in distinct]


def _plain(action: LabelAction) -> dict[str, Any]:
    return action.model_dump(exclude_none=True)


async def _shown(
    conn: TenantConnection, assistant_id: UUID, intent_label_id: UUID
) -> IntentLabelShown:
    return IntentLabelShown(**asdict(await intent_labels.get(conn, assistant_id, intent_label_id)))

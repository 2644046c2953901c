"""Intent labels: a tenant's own names for what is asked, with examples, and what is done then."""

from collections import defaultdict
from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from server.access.auth import AssistantsDep
from server.admitting.intake import CheckedRoute
from server.importing.label_import import BODY, read_examples
from server.resources import ResourcesDep
from server.shapes.label_schemas import (
    ExamplesAdded,
    ExampleShown,
    IntentLabelChange,
    IntentLabelShown,
    LabelAction,
    NewIntentLabel,
    RankedLabel,
    RequestLabelShown,
    RequestToLabel,
)
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.configuring import assistants, intent_examples, intent_heads, intent_labels
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Unavailable


class LabelRoute(CheckedRoute):
    """The route class here: thousands of examples come in one body."""

    max_body_bytes = 4_000_000


router = APIRouter(
    prefix="/v1/assistants/{assistant_id}", tags=["assistants"], route_class=LabelRoute
)


@router.post("/intent-labels", operation_id="create_intent_label", status_code=201)
async def create_intent_label(
    assistant_id: Id, new: NewIntentLabel, caller: AssistantsDep, held: ResourcesDep
) -> IntentLabelShown:
    """Add a label; from two labels with examples on, requests are told apart by them."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.get(conn, assistant_id)
        made = await intent_labels.create(
            conn,
            assistant_id,
            name=new.name,
            description=new.description,
            action=_plain(new.action),
            examples=new.examples,
        )
        shown = await _shown(conn, assistant_id, made)
    held.labels.learn_soon(caller.tenant_id, assistant_id)
    return shown


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
    """What a request would be labelled, as a turn does it once the labels are learnt."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.get(conn, assistant_id)
        revision = await intent_heads.revision(conn, assistant_id)
    if not revision:
        return RequestLabelShown(revision=0)
    found = await held.labels.ranked(caller.tenant_id, assistant_id, revision, asked.text)
    if found is None:
        raise Unavailable("the labels are being learnt", retry_after_seconds=10)
    return RequestLabelShown(
        name=found.has[0] if found.has else None,
        confidence=round(found.labels[0].confidence, 4) if found.labels else None,
        also=found.has[1:],
        ranked=[
            RankedLabel(name=one.label, confidence=round(one.confidence, 4)) for one in found.labels
        ],
        revision=found.revision,
    )


@router.post(
    "/labelled-examples", operation_id="add_labelled_examples", status_code=201, openapi_extra=BODY
)
async def add_labelled_examples(
    assistant_id: Id, request: Request, caller: AssistantsDep, held: ResourcesDep
) -> ExamplesAdded:
    """Add examples of many labels at once; a label that is not there is made."""
    given: defaultdict[str, list[str]] = defaultdict(list)
    for example in (await read_examples(request)).examples:
        given[example.label].append(example.text)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await assistants.get(conn, assistant_id)
        labels, examples = await intent_labels.add_examples(conn, assistant_id, given)
    held.labels.learn_soon(caller.tenant_id, assistant_id)
    return ExamplesAdded(labels_added=labels, examples_added=examples)


@router.get("/intent-labels/{intent_label_id}/examples", operation_id="list_label_examples")
async def list_label_examples(
    assistant_id: Id,
    intent_label_id: Id,
    caller: AssistantsDep,
    held: ResourcesDep,
    paging: PagingDep,
) -> Page[ExampleShown]:
    """The examples of one label, in the order in which they were given."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await intent_labels.get(conn, assistant_id, intent_label_id)
        found = await intent_examples.texts_of(
            conn, intent_label_id, limit=paging.limit + 1, after=paging.after_number - 1
        )
    return Page[ExampleShown](
        **paging.page(found, lambda one: one[0] + 1, lambda one: {"text": one[1]})
    )


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
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await intent_labels.change(
            conn,
            assistant_id,
            intent_label_id,
            description=change.description,
            action=_plain(change.action) if change.action is not None else None,
            examples=change.examples,
        )
        shown = await _shown(conn, assistant_id, intent_label_id)
    held.labels.learn_soon(caller.tenant_id, assistant_id)
    return shown


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
    held.labels.learn_soon(caller.tenant_id, assistant_id)


def _plain(action: LabelAction) -> dict[str, Any]:
    return action.model_dump(exclude_none=True)


async def _shown(
    conn: TenantConnection, assistant_id: UUID, intent_label_id: UUID
) -> IntentLabelShown:
    return IntentLabelShown(**asdict(await intent_labels.get(conn, assistant_id, intent_label_id)))

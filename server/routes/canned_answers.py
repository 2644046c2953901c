"""Canned answers of the tenant, for operators to choose from."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from server.access.auth import HandoffsDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.inbox_schemas import CannedAnswerChange, CannedAnswerShown, NewCannedAnswer
from server.shapes.paging import Page
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.desk import canned_answers

router = APIRouter(prefix="/v1/canned-answers", tags=["handoffs"], route_class=CheckedRoute)


@router.post("", operation_id="create_canned_answer", status_code=201)
async def create_canned_answer(
    new: NewCannedAnswer, caller: HandoffsDep, held: ResourcesDep
) -> CannedAnswerShown:
    """A text under a shortcut that no other has."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        made = await canned_answers.create(conn, new.shortcut, new.text)
    return CannedAnswerShown(**asdict(made))


@router.get("", operation_id="list_canned_answers")
async def list_canned_answers(
    caller: HandoffsDep,
    held: ResourcesDep,
    q: Annotated[str, Query(max_length=200)] = "",
) -> Page[CannedAnswerShown]:
    """Those that hold `q` in shortcut or text, by shortcut."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await canned_answers.search(conn, words=q.strip())
    return Page[CannedAnswerShown](data=[CannedAnswerShown(**asdict(one)) for one in found])


@router.patch("/{canned_answer_id}", operation_id="change_canned_answer")
async def change_canned_answer(
    canned_answer_id: Id, change: CannedAnswerChange, caller: HandoffsDep, held: ResourcesDep
) -> CannedAnswerShown:
    """Change its shortcut or its text."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        changed = await canned_answers.change(
            conn, canned_answer_id, shortcut=change.shortcut, text=change.text
        )
    return CannedAnswerShown(**asdict(changed))


@router.delete("/{canned_answer_id}", operation_id="delete_canned_answer", status_code=204)
async def delete_canned_answer(
    canned_answer_id: Id, caller: HandoffsDep, held: ResourcesDep
) -> None:
    """Take one away; what was sent stays sent."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await canned_answers.delete(conn, canned_answer_id)

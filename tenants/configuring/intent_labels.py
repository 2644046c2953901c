"""Intent labels of an assistant: a name, examples of requests, and what is done with such a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.configuring import intent_examples, intent_heads
from tenants.configuring.intent_examples import NO_LABEL
from tenants.database.connection import TenantConnection
from tenants.errors import Invalid, NotFound
from tenants.ids import new_id

MAX_LABELS = 500  # of an assistant
MAX_EXAMPLES = 20_000  # of an assistant
KNOWLEDGE: dict[str, Any] = {"type": "knowledge"}


@dataclass(frozen=True, slots=True)
class IntentLabel:
    intent_label_id: UUID
    assistant_id: UUID
    name: str
    description: str
    action: dict[str, Any]
    examples: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Named:
    intent_label_id: UUID
    name: str
    action: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Count:
    labels: int
    examples: int


async def create(
    conn: TenantConnection,
    assistant_id: UUID,
    *,
    name: str,
    description: str,
    action: dict[str, Any],
    examples: Sequence[str],
) -> UUID:
    """The id of a new label with its examples. Raises: Invalid where the name or the room is taken."""
    await intent_heads.hold(conn, assistant_id)
    intent_label_id = await _insert(conn, assistant_id, name, description, action)
    await intent_examples.write(conn, intent_label_id, examples)
    await _check_room(conn, assistant_id)
    await intent_heads.changed(conn, assistant_id)
    return intent_label_id


async def get(conn: TenantConnection, assistant_id: UUID, intent_label_id: UUID) -> IntentLabel:
    """One label. Raises: NotFound."""
    label = await conn.row(
        IntentLabel,
        """
        select l.intent_label_id, l.assistant_id, l.name, l.description, l.action, l.created_at,
               (select count(*)
                  from intent_examples e
                 where e.tenant_id = %(tenant_id)s
                   and e.intent_label_id = l.intent_label_id)::int as examples
          from intent_labels l
         where l.tenant_id = %(tenant_id)s
           and l.assistant_id = %(assistant_id)s
           and l.intent_label_id = %(intent_label_id)s
        """,
        {"assistant_id": assistant_id, "intent_label_id": intent_label_id},
    )
    if label is None:
        raise NotFound("no such intent label")
    return label


async def list_page(
    conn: TenantConnection, assistant_id: UUID, *, limit: int, after: UUID | None = None
) -> list[IntentLabel]:
    """An assistant's labels, oldest first."""
    return await conn.rows(
        IntentLabel,
        """
        select l.intent_label_id, l.assistant_id, l.name, l.description, l.action, l.created_at,
               (select count(*)
                  from intent_examples e
                 where e.tenant_id = %(tenant_id)s
                   and e.intent_label_id = l.intent_label_id)::int as examples
          from intent_labels l
         where l.tenant_id = %(tenant_id)s
           and l.assistant_id = %(assistant_id)s
           and (%(after)s::uuid is null or l.intent_label_id > %(after)s)
         order by l.intent_label_id
         limit %(limit)s
        """,
        {"assistant_id": assistant_id, "after": after, "limit": limit},
    )


async def change(
    conn: TenantConnection,
    assistant_id: UUID,
    intent_label_id: UUID,
    *,
    description: str | None,
    action: dict[str, Any] | None,
    examples: Sequence[str] | None,
) -> None:
    """Change what is given; `examples` replace those that were there. Raises: NotFound, Invalid."""
    await intent_heads.hold(conn, assistant_id)
    label = await get(conn, assistant_id, intent_label_id)
    await conn.execute(
        """
        update intent_labels
           set description = coalesce(%(description)s, description),
               action = coalesce(%(action)s, action)
         where tenant_id = %(tenant_id)s
           and intent_label_id = %(intent_label_id)s
        """,
        {
            "intent_label_id": intent_label_id,
            "description": description,
            "action": Jsonb(action) if action is not None else None,
        },
    )
    if examples is not None:
        await intent_examples.replace(conn, intent_label_id, examples)
        await _check_room(conn, assistant_id)
    was_none, is_none = (
        label.action["type"] == NO_LABEL,
        (action or label.action)["type"] == NO_LABEL,
    )
    same = examples is None and was_none == is_none
    await intent_heads.changed(conn, assistant_id, same_examples=same)


async def delete(conn: TenantConnection, label: IntentLabel) -> None:
    """Forget a label with its examples."""
    await intent_heads.hold(conn, label.assistant_id)
    await conn.execute(
        """
        delete from intent_labels
         where tenant_id = %(tenant_id)s
           and intent_label_id = %(intent_label_id)s
        """,
        {"intent_label_id": label.intent_label_id},
    )
    await intent_heads.changed(conn, label.assistant_id)


async def actions(conn: TenantConnection, assistant_id: UUID) -> dict[str, dict[str, Any]]:
    """What is done with a request, by its label."""
    return {one.name: one.action for one in await _named(conn, assistant_id)}


async def add_examples(
    conn: TenantConnection, assistant_id: UUID, given: Mapping[str, Sequence[str]]
) -> tuple[int, int]:
    """How many labels and examples were new of these, by name; a label is made where it is not.

    Raises: Invalid where the room is taken.
    """
    await intent_heads.hold(conn, assistant_id)
    held = {one.name: one.intent_label_id for one in await _named(conn, assistant_id)}
    new = [name for name in given if name not in held]
    added = 0
    for name, texts in given.items():
        if name not in held:
            held[name] = await _insert(conn, assistant_id, name, "", KNOWLEDGE)
        added += await intent_examples.add(conn, held[name], texts)
    if new or added:
        await _check_room(conn, assistant_id)
        await intent_heads.changed(conn, assistant_id)
    return len(new), added


async def _named(conn: TenantConnection, assistant_id: UUID) -> list[_Named]:
    return await conn.rows(
        _Named,
        """
        select intent_label_id, name, action
          from intent_labels
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
        """,
        {"assistant_id": assistant_id},
    )


async def _check_room(conn: TenantConnection, assistant_id: UUID) -> None:
    """Looked at once everything is written: what is refused is rolled back."""
    held = await conn.row(
        _Count,
        """
        select count(distinct l.intent_label_id)::int as labels, count(e.place)::int as examples
          from intent_labels l
          left join intent_examples e
            on e.tenant_id = %(tenant_id)s
           and e.intent_label_id = l.intent_label_id
         where l.tenant_id = %(tenant_id)s
           and l.assistant_id = %(assistant_id)s
        """,
        {"assistant_id": assistant_id},
    )
    assert held is not None
    if held.labels > MAX_LABELS:
        raise Invalid(f"an assistant has {MAX_LABELS} intent labels at most")
    if held.examples > MAX_EXAMPLES:
        raise Invalid(f"examples: an assistant has {MAX_EXAMPLES} at most")


async def _insert(
    conn: TenantConnection, assistant_id: UUID, name: str, description: str, action: dict[str, Any]
) -> UUID:
    intent_label_id = new_id()
    made = await conn.execute(
        """
        insert into intent_labels
               (tenant_id, intent_label_id, assistant_id, name, description, action)
        values (%(tenant_id)s, %(intent_label_id)s, %(assistant_id)s, %(name)s, %(description)s,
                %(action)s)
            on conflict (tenant_id, assistant_id, name) do nothing
        """,
        {
            "intent_label_id": intent_label_id,
            "assistant_id": assistant_id,
            "name": name,
            "description": description,
            "action": Jsonb(action),
        },
    )
    if made.rowcount == 0:
        raise Invalid(f"name: this assistant has a label {name!r} already")
    return intent_label_id

"""Intent labels of an assistant: a name, examples of requests, and what is done with such a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants import codec
from tenants.connection import TenantConnection
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
class Example:
    """A request as it may be worded; `vector` is float32 in bytes, made by `model`."""

    text: str
    model: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class _Taught:
    name: str
    content: bytes
    vector: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    content: bytes
    vector: bytes


@dataclass(frozen=True, slots=True)
class _Count:
    labels: int
    examples: int


@dataclass(frozen=True, slots=True)
class _Number:
    number: int


async def create(
    conn: TenantConnection,
    assistant_id: UUID,
    *,
    name: str,
    description: str,
    action: dict[str, Any],
    examples: Sequence[Example],
) -> UUID:
    """The id of a new label with its examples. Raises: Invalid where the name or the room is taken."""
    await _check_room(conn, assistant_id, labels=1, examples=len(examples))
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
    await _write_examples(conn, intent_label_id, examples)
    await _changed(conn, assistant_id)
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
    label: IntentLabel,
    *,
    description: str | None,
    action: dict[str, Any] | None,
    examples: Sequence[Example] | None,
) -> None:
    """Change what is given; `examples` replace those that were there. Raises: Invalid."""
    if examples is not None:
        await _check_room(
            conn, label.assistant_id, labels=0, examples=len(examples) - label.examples
        )
    await conn.execute(
        """
        update intent_labels
           set description = coalesce(%(description)s, description),
               action = coalesce(%(action)s, action)
         where tenant_id = %(tenant_id)s
           and intent_label_id = %(intent_label_id)s
        """,
        {
            "intent_label_id": label.intent_label_id,
            "description": description,
            "action": Jsonb(action) if action is not None else None,
        },
    )
    if examples is not None:
        await conn.execute(
            """
            delete from intent_examples
             where tenant_id = %(tenant_id)s
               and intent_label_id = %(intent_label_id)s
            """,
            {"intent_label_id": label.intent_label_id},
        )
        await _write_examples(conn, label.intent_label_id, examples)
    await _changed(conn, label.assistant_id)


async def delete(conn: TenantConnection, label: IntentLabel) -> None:
    """Forget a label with its examples."""
    await conn.execute(
        """
        delete from intent_labels
         where tenant_id = %(tenant_id)s
           and intent_label_id = %(intent_label_id)s
        """,
        {"intent_label_id": label.intent_label_id},
    )
    await _changed(conn, label.assistant_id)


async def revision(conn: TenantConnection, assistant_id: UUID) -> int:
    """A number that changes with the labels; 0 where there never was one."""
    found = await conn.row(
        _Number,
        """
        select revision as number
          from intent_label_heads
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
        """,
        {"assistant_id": assistant_id},
    )
    return found.number if found else 0


async def taught(
    conn: TenantConnection, assistant_id: UUID, *, model: str
) -> list[tuple[str, str, bytes]]:
    """(label, text, vector) of every example that this model has embedded, in a fixed order."""
    rows = await conn.rows(
        _Taught,
        """
        select l.name, e.content, e.vector
          from intent_labels l
          join intent_examples e
            on e.tenant_id = %(tenant_id)s
           and e.intent_label_id = l.intent_label_id
         where l.tenant_id = %(tenant_id)s
           and l.assistant_id = %(assistant_id)s
           and e.model = %(model)s
         order by l.name, e.place
        """,
        {"assistant_id": assistant_id, "model": model},
    )
    return [(row.name, str(codec.decode(row.content)), row.vector) for row in rows]


async def actions(conn: TenantConnection, assistant_id: UUID) -> dict[str, dict[str, Any]]:
    """What is done with a request, by its label."""
    return {
        label.name: label.action for label in await list_page(conn, assistant_id, limit=MAX_LABELS)
    }


async def kept_vectors(
    conn: TenantConnection, intent_label_id: UUID, *, model: str
) -> dict[str, bytes]:
    """The vectors of a label's examples, by text: what need not be embedded again."""
    rows = await conn.rows(
        _Kept,
        """
        select content, vector
          from intent_examples
         where tenant_id = %(tenant_id)s
           and intent_label_id = %(intent_label_id)s
           and model = %(model)s
        """,
        {"intent_label_id": intent_label_id, "model": model},
    )
    return {str(codec.decode(row.content)): row.vector for row in rows}


async def _check_room(
    conn: TenantConnection, assistant_id: UUID, *, labels: int, examples: int
) -> None:
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
    if held.labels + labels > MAX_LABELS:
        raise Invalid(f"an assistant has {MAX_LABELS} intent labels at most")
    if held.examples + examples > MAX_EXAMPLES:
        raise Invalid(f"examples: an assistant has {MAX_EXAMPLES} at most")


async def _write_examples(
    conn: TenantConnection, intent_label_id: UUID, examples: Sequence[Example]
) -> None:
    await conn.execute_many(
        """
        insert into intent_examples
               (tenant_id, intent_label_id, place, content, model, vector)
        values (%(tenant_id)s, %(intent_label_id)s, %(place)s, %(content)s, %(model)s, %(vector)s)
        """,
        [
            {
                "intent_label_id": intent_label_id,
                "place": place,
                "content": codec.encode(example.text),
                "model": example.model,
                "vector": example.vector,
            }
            for place, example in enumerate(examples)
        ],
    )


async def _changed(conn: TenantConnection, assistant_id: UUID) -> None:
    await conn.execute(
        """
        insert into intent_label_heads (tenant_id, assistant_id, revision)
        values (%(tenant_id)s, %(assistant_id)s, 1)
            on conflict (tenant_id, assistant_id)
            do update set revision = intent_label_heads.revision + 1
        """,
        {"assistant_id": assistant_id},
    )

"""Examples of intent labels: requests as they may be worded, each embedded once by a model.

An example is kept as soon as it is given; its vector follows when the head is trained, and again
when the server embeds by another model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.keys import codec

NO_LABEL = "none"  # the action of a label whose examples are of what has none of the labels


@dataclass(frozen=True, slots=True)
class Example:
    """One example; `vector` is float32 in bytes, empty where this model has not embedded it yet."""

    intent_label_id: UUID
    place: int
    label: str | None  # None: it has none of the labels
    text: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class _Row:
    intent_label_id: UUID
    place: int
    name: str
    action_type: str
    content: bytes
    vector: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    place: int
    content: bytes
    model: str
    vector: bytes


async def of_assistant(conn: TenantConnection, assistant_id: UUID, *, model: str) -> list[Example]:
    """Every example of an assistant's labels, in a fixed order, as this model embeds it."""
    rows = await conn.rows(
        _Row,
        """
        select e.intent_label_id, e.place, l.name, l.action->>'type' as action_type, e.content,
               case when e.model = %(model)s then e.vector else ''::bytea end as vector
          from intent_labels l
          join intent_examples e
            on e.tenant_id = %(tenant_id)s
           and e.intent_label_id = l.intent_label_id
         where l.tenant_id = %(tenant_id)s
           and l.assistant_id = %(assistant_id)s
         order by l.name, e.place
        """,
        {"assistant_id": assistant_id, "model": model},
    )
    return [
        Example(
            row.intent_label_id,
            row.place,
            None if row.action_type == NO_LABEL else row.name,
            str(codec.decode(row.content)),
            row.vector,
        )
        for row in rows
    ]


async def texts_of(
    conn: TenantConnection, intent_label_id: UUID, *, limit: int, after: int = -1
) -> list[tuple[int, str]]:
    """(place, text) of one label's examples, in their order."""
    rows = await conn.rows(
        _Kept,
        """
        select place, content, model, ''::bytea as vector
          from intent_examples
         where tenant_id = %(tenant_id)s
           and intent_label_id = %(intent_label_id)s
           and place > %(after)s
         order by place
         limit %(limit)s
        """,
        {"intent_label_id": intent_label_id, "after": after, "limit": limit},
    )
    return [(row.place, str(codec.decode(row.content))) for row in rows]


async def write(conn: TenantConnection, intent_label_id: UUID, texts: Sequence[str]) -> None:
    """Keep the examples of a new label, each text once."""
    await _insert(conn, intent_label_id, 0, [(text, "", b"") for text in dict.fromkeys(texts)])


async def replace(conn: TenantConnection, intent_label_id: UUID, texts: Sequence[str]) -> None:
    """Keep these instead of those that were there; a text that stays keeps its vector."""
    held = {text: (row.model, row.vector) for text, row in await _held(conn, intent_label_id)}
    await conn.execute(
        """
        delete from intent_examples
         where tenant_id = %(tenant_id)s
           and intent_label_id = %(intent_label_id)s
        """,
        {"intent_label_id": intent_label_id},
    )
    kept = [(text, *held.get(text, ("", b""))) for text in dict.fromkeys(texts)]
    await _insert(conn, intent_label_id, 0, kept)


async def add(conn: TenantConnection, intent_label_id: UUID, texts: Sequence[str]) -> int:
    """How many of these were new to the label; they are kept beside the others."""
    held = await _held(conn, intent_label_id)
    known = {text for text, _ in held}
    new = [text for text in dict.fromkeys(texts) if text not in known]
    after = max((row.place for _, row in held), default=-1) + 1
    await _insert(conn, intent_label_id, after, [(text, "", b"") for text in new])
    return len(new)


async def keep_vectors(
    conn: TenantConnection, vectors: Sequence[tuple[Example, bytes]], *, model: str
) -> None:
    """Keep the vectors of examples that are still worded like this."""
    await conn.execute_many(
        """
        update intent_examples
           set model = %(model)s,
               vector = %(vector)s
         where tenant_id = %(tenant_id)s
           and intent_label_id = %(intent_label_id)s
           and place = %(place)s
           and content = %(content)s
        """,
        [
            {
                "intent_label_id": example.intent_label_id,
                "place": example.place,
                "content": codec.encode(example.text),
                "model": model,
                "vector": vector,
            }
            for example, vector in vectors
        ],
    )


async def _held(conn: TenantConnection, intent_label_id: UUID) -> list[tuple[str, _Kept]]:
    rows = await conn.rows(
        _Kept,
        """
        select place, content, model, vector
          from intent_examples
         where tenant_id = %(tenant_id)s
           and intent_label_id = %(intent_label_id)s
        """,
        {"intent_label_id": intent_label_id},
    )
    return [(str(codec.decode(row.content)), row) for row in rows]


async def _insert(
    conn: TenantConnection,
    intent_label_id: UUID,
    first: int,
    examples: Sequence[tuple[str, str, bytes]],
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
                "content": codec.encode(text),
                "model": model,
                "vector": vector,
            }
            for place, (text, model, vector) in enumerate(examples, first)
        ],
    )

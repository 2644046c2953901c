"""What became of passages that were read once: in the knowledge of today, or no longer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from rapidfuzz import fuzz

from tenants.database.connection import TenantConnection
from tenants.knowledge.passages import Passage, read_passages, read_pieces

Fate = Literal["unchanged", "edited", "gone"]
MAX_PASSAGES = 50


@dataclass(frozen=True, slots=True)
class PassageFate:
    """One passage as it was read, and what stands in its place today.

    `then` is None where its document was erased since; `now` where nothing stands in its place.
    """

    passage_id: str
    fate: Fate
    then: Passage | None
    now: Passage | None


@dataclass(frozen=True, slots=True)
class _Standing:
    knowledge_base_id: UUID
    document_id: UUID
    live: int


async def fates_of(conn: TenantConnection, passage_ids: Sequence[str]) -> list[PassageFate]:
    """The fates of at most 50 passages, in their order.

    A passage is unchanged where its document says the very same today, whatever number it has
    there; edited where its document is still there and says something else.
    """
    wanted = list(dict.fromkeys(passage_ids))[:MAX_PASSAGES]
    read = {one["passage_id"]: one for one in await read_passages(conn, wanted)}
    live = await _pieces_of_today(conn, list(read.values()))
    return [_fate(passage_id, read.get(passage_id), live) for passage_id in wanted]


def _fate(
    passage_id: str, then: Passage | None, live: dict[tuple[str, str], list[Passage]]
) -> PassageFate:
    if then is None:
        return PassageFate(passage_id, "gone", None, None)
    pieces = live.get((then["knowledge_base_id"], then["document_id"]), [])
    if not pieces:
        return PassageFate(passage_id, "gone", then, None)
    same = next((piece for piece in pieces if _says(piece) == _says(then)), None)
    if same is not None:
        return PassageFate(passage_id, "unchanged", then, same)
    nearest = max(pieces, key=lambda piece: fuzz.ratio(piece["text"], then["text"]))
    return PassageFate(passage_id, "edited", then, nearest)


def _says(passage: Passage) -> tuple[str, str | None, str]:
    return passage["title"], passage["question"], passage["text"]


async def _pieces_of_today(
    conn: TenantConnection, passages: Sequence[Passage]
) -> dict[tuple[str, str], list[Passage]]:
    """By knowledge base and document: what the live version says; nothing of what is gone."""
    documents = {(one["knowledge_base_id"], one["document_id"]): one for one in passages}
    if not documents:
        return {}
    standing = await conn.rows(
        _Standing,
        """
        select b.knowledge_base_id, d.document_id, b.live
          from unnest(%(bases)s::uuid[], %(documents)s::uuid[])
               wanted (knowledge_base_id, document_id)
          join knowledge_bases b
            on b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = wanted.knowledge_base_id
           and b.archived_at is null
          join documents d
            on d.tenant_id = %(tenant_id)s
           and d.knowledge_base_id = b.knowledge_base_id
           and d.document_id = wanted.document_id
           and d.v_from <= b.live
           and d.v_to > b.live
        """,
        {
            "bases": [UUID(base) for base, _ in documents],
            "documents": [UUID(document) for _, document in documents],
        },
    )
    found: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for one in standing:
        key = (str(one.knowledge_base_id), str(one.document_id))
        today = documents[key].copy()
        today["version"] = one.live
        found[key] = await read_pieces(conn, today)
    return found

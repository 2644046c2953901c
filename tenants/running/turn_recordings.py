"""What turns were given by models and tools, one row a turn, kept until its conversation is pruned.

A recording is packed before it is stored: what a contact has told stands in each of a conversation's
recordings, and would make every turn dearer than the one before.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.keys import codec

_CONTENT = "turn_recordings.content"
MAX_BYTES = 500_000  # a turn that was given more is not recorded
FAST = 1  # zlib's level: half the time of its usual one, for a twentieth more bytes
SMALL_BYTES = (
    8_192  # to be packed with a small window: making the usual one takes longer than packing
)
PACKED = 2  # the form of what is stored; who reads only form 1 says that it cannot read this one


@dataclass(frozen=True, slots=True)
class _Stored:
    content: bytes


def columns(turn_id: UUID, recording: dict[str, Any] | None) -> dict[str, Any]:
    """A turn's recording as its end writes it; nothing of one that is too large."""
    plain = b"" if recording is None else json.dumps(recording, ensure_ascii=False).encode()
    if recording is None or len(plain) > MAX_BYTES:
        return {"recording": None, "document_ids": []}
    packed = {
        "form": PACKED,
        "graph_version": recording.get("graph_version"),
        "started_from": recording.get("started_from"),
        "calls": [],
        "steps": [],
        "packed": base64.b64encode(_packed(plain)).decode(),
    }
    return {
        "recording": codec.personal(packed, _CONTENT, turn_id),
        "document_ids": recording.get("document_ids") or [],
    }


def _packed(plain: bytes) -> bytes:
    if len(plain) > SMALL_BYTES:
        return zlib.compress(plain, FAST)
    packer = zlib.compressobj(FAST, zlib.DEFLATED, SMALL_BYTES.bit_length() - 1, 6)
    return packer.compress(plain) + packer.flush()


def unpacked(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A recording as it was before it was stored; what an earlier release stored is plain."""
    if stored.get("form") != PACKED:
        return dict(stored)
    return json.loads(zlib.decompress(base64.b64decode(stored["packed"])))


async def find(conn: TenantConnection, turn_id: UUID) -> dict[str, Any] | None:
    """A turn's recording, or None."""
    stored = await conn.row(
        _Stored,
        """
        select content
          from turn_recordings
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
        """,
        {"turn_id": turn_id},
    )
    return unpacked(codec.decode(stored.content, _CONTENT, turn_id)) if stored is not None else None


async def forget_contact(conn: TenantConnection, contact_id: UUID) -> None:
    """Let go of everything recorded with a contact: it may say what is to be forgotten."""
    await conn.execute(
        """
        delete from turn_recordings
         where tenant_id = %(tenant_id)s
           and turn_id in (select t.turn_id
                             from turns t
                             join conversations c
                               on c.tenant_id = %(tenant_id)s
                              and c.conversation_id = t.conversation_id
                            where t.tenant_id = %(tenant_id)s
                              and c.contact_id = %(contact_id)s)
        """,
        {"contact_id": contact_id},
    )


async def forget_document(conn: TenantConnection, document_id: UUID) -> None:
    """Let go of every recording that was given a passage of this document."""
    await conn.execute(
        """
        delete from turn_recordings
         where tenant_id = %(tenant_id)s
           and document_ids @> array[%(document_id)s::uuid]
        """,
        {"document_id": document_id},
    )


@dataclass(frozen=True, slots=True)
class Sampled:
    turn_id: UUID
    conversation_id: UUID


async def newest(conn: TenantConnection, *, limit: int) -> list[Sampled]:
    """The turns that were recorded last, the newest first."""
    return await conn.rows(
        Sampled,
        """
        select r.turn_id, t.conversation_id
          from turn_recordings r
          join turns t
            on t.tenant_id = %(tenant_id)s
           and t.turn_id = r.turn_id
         where r.tenant_id = %(tenant_id)s
         order by r.turn_id desc
         limit %(limit)s
        """,
        {"limit": limit},
    )

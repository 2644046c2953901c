"""Anchors: where chains of the audit log ended once, as lines of a file outside the database."""

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tenants.errors import Invalid
from tenants.keeping.audit import Anchor

ANCHOR_FILE = "audit.anchors"


def line_of(tenant_id: UUID, anchor: Anchor) -> str:
    """An anchor as one line of JSON."""
    return json.dumps(shown(tenant_id, anchor), separators=(",", ":"))


def shown(tenant_id: UUID, anchor: Anchor) -> dict[str, Any]:
    """An anchor as a file and the API show it."""
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "tenant_id": str(tenant_id),
        "seq": anchor.seq,
        "hash": anchor.hash.hex(),
        "anchored_at": at,
    }


def add_lines(file: Path, lines: Iterable[str]) -> None:
    """Put lines at a file's end; they are on the disk when this returns."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a") as opened:
        opened.write("".join(f"{line}\n" for line in lines))
        opened.flush()
        os.fsync(opened.fileno())


def read_anchors(folder: Path) -> dict[UUID, list[Anchor]]:
    """Every anchor in the data folder by tenant; a half-written last line is passed over."""
    try:
        lines = (folder / ANCHOR_FILE).read_text().splitlines()
    except FileNotFoundError:
        return {}
    return _by_tenant(anchor for line in lines if (anchor := _read(line)) is not None)


def read_exported(file: Path) -> dict[UUID, list[Anchor]]:
    """The anchors of a file that was kept elsewhere.

    Raises: Invalid where it has none, or a line that is none: what is to prove something is whole.
    """
    try:
        lines = [line for line in file.read_text().splitlines() if line.strip()]
    except (OSError, UnicodeError) as error:
        raise Invalid(f"{file} cannot be read: {error}") from None
    found = [_read(line) for line in lines]
    anchors = [anchor for anchor in found if anchor is not None]
    if len(anchors) < len(found):
        raise Invalid(f"{file}: line {found.index(None) + 1} is no anchor")
    if not anchors:
        raise Invalid(f"{file} holds no anchor")
    return _by_tenant(anchors)


def _read(line: str) -> tuple[UUID, Anchor] | None:
    try:
        said = json.loads(line)
        return UUID(said["tenant_id"]), Anchor(int(said["seq"]), bytes.fromhex(said["hash"]))
    except (ValueError, KeyError, TypeError):
        return None


def _by_tenant(anchors: Iterable[tuple[UUID, Anchor]]) -> dict[UUID, list[Anchor]]:
    found: dict[UUID, list[Anchor]] = {}
    for tenant_id, anchor in anchors:
        found.setdefault(tenant_id, []).append(anchor)
    return found

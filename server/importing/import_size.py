"""Whether an input is stored while its sender waits, or by a job."""

import json
from collections.abc import Iterable
from typing import Any

from tenants.knowledge.ingestion import NewDocument

INLINE_BYTES = 2_000_000
INLINE_PASSAGES = 1_000  # about 20 s of a small machine
_PASSAGE_CHARS = 600


def is_long(documents: Iterable[NewDocument]) -> bool:
    """Whether storing takes too long for a request: by its bytes, or by its passages, roughly."""
    size = passages = 0
    for document in documents:
        content = document.content()
        size += len(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
        passages += _passages(content)
        if size > INLINE_BYTES or passages > INLINE_PASSAGES:
            return True
    return False


def _passages(content: dict[str, Any]) -> int:
    """An estimate that errs upwards for lists of small objects, each of which is a passage."""
    found = chars = 0
    waiting: list[Any] = [content]
    while waiting and found <= INLINE_PASSAGES:
        value = waiting.pop()
        if isinstance(value, dict):
            found += 1
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str):
            chars += len(value)
    return max(found, chars // _PASSAGE_CHARS)

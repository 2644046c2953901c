"""Settings with changes laid over them, part by part."""

from collections.abc import Mapping
from typing import Any

_WHOLE = frozenset({"disclosure"})  # its keys are languages, each of which may be taken out


def changed(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as they are with what is given; a part keeps what of it is not, null is left out."""
    merged = dict(before)
    for key, value in given.items():
        part = merged.get(key)
        if isinstance(part, dict) and isinstance(value, dict) and key not in _WHOLE:
            value = {**part, **value}
        merged[key] = value
    return {key: value for key, value in merged.items() if value is not None}

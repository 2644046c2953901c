"""Whether a value fits a schema of ours: the arguments of a tenant's own tool, before anything is sent.

Patterns are matched by a machine whose time grows with the text alone, whatever a stranger wrote.
"""

import json
import math
from functools import lru_cache
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

Schema = dict[str, Any]
MAX_FREE_CHARS = 2_000  # of a value about which nothing is said, as JSON
MAX_NAME_CHARS = 60


def is_known_pattern(pattern: str) -> bool:
    """Whether texts can be matched with it."""
    return _matcher(pattern) is not None


def mismatch(schema: Schema, value: Any, where: str = "") -> str:
    """What is wrong with a value, in a few words; "" where it fits."""
    if "anyOf" in schema:
        if any(not mismatch(one, value, where) for one in schema["anyOf"]):
            return ""
        return f"{where}: it fits none of the alternatives"
    if "enum" in schema:
        same = any(type(one) is type(value) and one == value for one in schema["enum"])
        return "" if same else f"{where}: it is none of {json.dumps(schema['enum'])[:300]}"
    match schema.get("type"):
        case "string":
            return _text_mismatch(schema, value, where)
        case "integer" | "number" as kind:
            return _number_mismatch(schema, value, where, kind)
        case "boolean":
            return "" if isinstance(value, bool) else f"{where}: it is not true or false"
        case "null":
            return "" if value is None else f"{where}: it is not null"
        case "array":
            return _list_mismatch(schema, value, where)
        case "object":
            return _object_mismatch(schema, value, where)
        case _:
            return _free_mismatch(value, where)


def coerced(schema: Schema, value: Any) -> Any:
    """A number that was given in words of digits as the number; all else as it is."""
    kinds = {one.get("type") for one in schema.get("anyOf", [schema])}
    if isinstance(value, str) and "string" not in kinds and value.strip().isascii():
        said = value.strip()
        if "integer" in kinds and said.lstrip("-").isdigit() and len(said) <= 18:
            return int(said)
    return value


def _object_mismatch(schema: Schema, value: Any, where: str) -> str:
    if not isinstance(value, dict):
        return f"{where}: it is no object"
    properties = schema.get("properties")
    if properties is None:
        return _free_mismatch(value, where)
    for name in schema.get("required", []):
        if name not in value:
            return f"{_under(where, name)}: it is missing"
    for name, inner in value.items():
        if name not in properties:
            return f"{_under(where, str(name)[:MAX_NAME_CHARS])}: there is no such argument"
        wrong = mismatch(properties[name], inner, _under(where, name))
        if wrong:
            return wrong
    return ""


def _list_mismatch(schema: Schema, value: Any, where: str) -> str:
    if not isinstance(value, list):
        return f"{where}: it is no list"
    if not schema.get("minItems", 0) <= len(value) <= schema["maxItems"]:
        return f"{where}: it has not {schema.get('minItems', 0)} to {schema['maxItems']} items"
    found = (mismatch(schema["items"], one, f"{where}.{n}") for n, one in enumerate(value))
    return next(filter(None, found), "")


def _text_mismatch(schema: Schema, value: Any, where: str) -> str:
    if not isinstance(value, str):
        return f"{where}: it is no text"
    if not schema.get("minLength", 0) <= len(value) <= schema["maxLength"]:
        least, most = schema.get("minLength", 0), schema["maxLength"]
        return f"{where}: it has not {least} to {most} characters"
    if any(not c.isprintable() and c not in "\n\t" for c in value):
        return f"{where}: it holds characters that cannot be read"
    if schema.get("format") in _SHAPES and not _fits(_SHAPES[schema["format"]], value):
        return f"{where}: it is no {schema['format']}"
    if "pattern" in schema and not _fits(schema["pattern"], value):
        return f"{where}: it does not match {schema['pattern']}"
    return ""


def _number_mismatch(schema: Schema, value: Any, where: str, kind: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{where}: it is no number"
    if not math.isfinite(value):
        return f"{where}: it is no number"
    if kind == "integer" and value != int(value):
        return f"{where}: it is no whole number"
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    fits = (
        (low is None or value >= low)
        and (high is None or value <= high)
        and (above is None or value > above)
        and (below is None or value < below)
    )
    return "" if fits else f"{where}: it is out of bounds"


def _free_mismatch(value: Any, where: str) -> str:
    try:
        is_long = len(json.dumps(value)) > MAX_FREE_CHARS
    except (ValueError, TypeError, RecursionError):
        return f"{where}: it is no JSON"
    return f"{where}: it is too long" if is_long else ""


def _under(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


@lru_cache(maxsize=1_000)
def _matcher(pattern: str) -> TypeAdapter[str] | None:
    """A matcher whose time grows with the text alone; None for a pattern that it does not know."""
    try:
        return TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])
    except SchemaError:
        return None


def _fits(pattern: str, value: str) -> bool:
    matcher = _matcher(pattern)
    if matcher is None:
        return True
    try:
        matcher.validate_python(value)
    except ValidationError:
        return False
    return True


_SHAPES = {
    "date": r"^\d{4}-\d{2}-\d{2}$",
    "date-time": r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}",
    "email": r"^[^@\s]+@[^@\s]+$",
    "uuid": r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$",
}

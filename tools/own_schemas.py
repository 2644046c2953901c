"""JSON Schemas that strangers wrote, made small: what the arguments of a tenant's own tool may be.

References are followed within the document alone. What is larger, deeper or longer than our bounds, and
what refers to itself, is left out where it may be, and makes the whole unusable where it must not.
Nothing that a stranger wrote in prose is kept: names, kinds and bounds are.
"""

from typing import Any, cast
from urllib.parse import unquote

from tools.own_mismatches import MAX_NAME_CHARS, Schema, is_known_pattern

MAX_DEPTH = 6
MAX_NODES = 600
MAX_PROPERTIES = 60
MAX_ALTERNATIVES = 8
MAX_ITEMS = 50
MAX_TEXT_CHARS = 2_000
MAX_ENUM = 100
MAX_ENUM_CHARS = 100
MAX_PATTERN_CHARS = 200
_FORMATS = frozenset({"date", "date-time", "email", "uuid", "uri"})
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


class Unusable(ValueError):
    """A schema that no arguments can be made from; the text says why."""


class SchemaReader:
    """Reads the schemas of one operation, and does only so much work for all of them."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._left = MAX_NODES

    def read(self, told: Any) -> Schema:
        """A schema within our bounds. Raises: Unusable."""
        return self._read(told, 0, frozenset())

    def resolved(self, told: Any) -> Any:
        """What stands at a reference, and at that one's; anything else as it is. Raises: Unusable."""
        for _ in range(MAX_DEPTH):
            if not isinstance(told, dict) or "$ref" not in told:
                return told
            told = self._at(told["$ref"])
        raise Unusable("it refers on and on")

    def _at(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise Unusable("it refers to what stands outside of the document")
        found = self._document
        for step in unquote(reference[1:]).split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, dict) and step in found:
                found = found[step]
            elif isinstance(found, list) and step.isdigit() and int(step[:6]) < len(found):
                found = found[int(step)]
            else:
                raise Unusable("it refers to what is not there")
        return found

    def _read(self, told: Any, depth: int, seen: frozenset[str]) -> Schema:
        self._left -= 1
        if self._left < 0:
            raise Unusable("it is too large")
        if depth > MAX_DEPTH:
            raise Unusable("it is nested too deep")
        if told is True:
            return {}
        if not isinstance(told, dict):
            raise Unusable("it is no schema")
        if "$ref" in told:
            reference = str(told["$ref"])
            if reference in seen:
                raise Unusable("it refers to itself")
            return self._read(self._at(told["$ref"]), depth, seen | {reference})
        if "allOf" in told:
            return self._joined(told, depth, seen)
        for key in ("anyOf", "oneOf"):
            if key in told:
                return self._either(told[key], depth, seen)
        kinds = told.get("type")
        if isinstance(kinds, list):
            kept = [kind for kind in kinds[:MAX_ALTERNATIVES] if kind != "null"]
            made = self._either([told | {"type": kind} for kind in kept], depth, seen)
            return _or_null(made) if "null" in kinds else made
        made = self._plain(told, depth, seen)
        return _or_null(made) if told.get("nullable") is True else made

    def _plain(self, told: Schema, depth: int, seen: frozenset[str]) -> Schema:
        if "const" in told:
            return _enum([told["const"]])
        if isinstance(told.get("enum"), list):
            return _enum(told["enum"])
        match told.get("type") or _guessed(told):
            case "string":
                return _text(told)
            case "integer" | "number" as kind:
                return _number(told, kind)
            case "boolean":
                return {"type": "boolean"}
            case "array":
                return self._list(told, depth, seen)
            case "object":
                return self._object(told, depth, seen)
            case "null":
                return {"type": "null"}
            case None:
                return {}
            case _:
                raise Unusable("it is of a kind that is not known")

    def _list(self, told: Schema, depth: int, seen: frozenset[str]) -> Schema:
        most = min(_count(told.get("maxItems"), MAX_ITEMS), MAX_ITEMS)
        least = min(_count(told.get("minItems"), 0), most)
        items = self._read(told.get("items", True), depth + 1, seen)
        made: Schema = {"type": "array", "items": items, "maxItems": most}
        return made | ({"minItems": least} if least else {})

    def _object(self, told: Schema, depth: int, seen: frozenset[str]) -> Schema:
        properties = told.get("properties")
        if not isinstance(properties, dict) or not properties:
            return {"type": "object"}
        required = _required(told)
        kept: Schema = {}
        for name, inner in properties.items():
            if isinstance(inner, dict) and inner.get("readOnly") is True:
                continue
            try:
                if len(kept) >= MAX_PROPERTIES or not _is_name(name):
                    raise Unusable(f"{str(name)[:MAX_NAME_CHARS]!r} is one too many")
                kept[name] = self._read(inner, depth + 1, seen)
            except Unusable:
                if name in required:
                    raise
        needed = sorted(name for name in required if name in kept)
        made: Schema = {"type": "object", "properties": kept, "additionalProperties": False}
        return made | ({"required": needed} if needed else {})

    def _joined(self, told: Schema, depth: int, seen: frozenset[str]) -> Schema:
        """All of several: their properties together; of what is no object, the first that says anything."""
        parts = told["allOf"] if isinstance(told["allOf"], list) else []
        rest = {key: value for key, value in told.items() if key != "allOf"}
        read = [self._read(part, depth, seen) for part in [*parts[:MAX_ALTERNATIVES], rest]]
        objects = [one for one in read if one.get("type") == "object"]
        if not objects:
            return next((one for one in read if one), {})
        properties: Schema = {}
        required: set[str] = set()
        for one in objects:
            properties |= one.get("properties", {})
            required |= set(one.get("required", []))
        if not properties:
            return {"type": "object"}
        if len(properties) > MAX_PROPERTIES:
            raise Unusable("it has too many properties")
        made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return made | ({"required": sorted(required)} if required else {})

    def _either(self, told: Any, depth: int, seen: frozenset[str]) -> Schema:
        if not isinstance(told, list) or not told:
            raise Unusable("it leaves no choice")
        is_open = any(isinstance(one, dict) and one.get("type") == "null" for one in told)
        read: list[Schema] = []
        for one in told[:MAX_ALTERNATIVES]:
            if isinstance(one, dict) and one.get("type") == "null":
                continue
            read.append(self._read(one, depth, seen))
        if not read:
            return {"type": "null"}
        made = read[0] if len(read) == 1 else {"anyOf": read}
        return _or_null(made) if is_open else made


def _or_null(schema: Schema) -> Schema:
    if not schema:
        return schema
    either = schema.get("anyOf", [schema])
    return {"anyOf": [*either, {"type": "null"}]}


def _enum(values: list[Any]) -> Schema:
    kept = [one for one in values if isinstance(one, str | int | float | bool) or one is None]
    if any(isinstance(one, int | float) and not _is_sayable(one) for one in kept):
        raise Unusable("it lists numbers that are too large")
    if not kept or len(kept) > MAX_ENUM or len(kept) != len(values):
        raise Unusable("it lists values that cannot be said")
    if any(isinstance(one, str) and not _is_name(one, MAX_ENUM_CHARS) for one in kept):
        raise Unusable("it lists values that are too long")
    return {"enum": kept}


def _text(told: Schema) -> Schema:
    most = min(_count(told.get("maxLength"), MAX_TEXT_CHARS), MAX_TEXT_CHARS)
    made: Schema = {"type": "string", "maxLength": most}
    if least := min(_count(told.get("minLength"), 0), most):
        made["minLength"] = least
    if told.get("format") in _FORMATS:
        made["format"] = told["format"]
    pattern = told.get("pattern")
    is_sayable = isinstance(pattern, str) and _is_name(pattern, MAX_PATTERN_CHARS)
    if is_sayable and is_known_pattern(str(pattern)):
        made["pattern"] = pattern
    return made


def _number(told: Schema, kind: str) -> Schema:
    made: Schema = {"type": kind}
    for name in _BOUNDS:
        bound = told.get(name)
        if isinstance(bound, int | float) and not isinstance(bound, bool) and _is_sayable(bound):
            made[name] = bound
    for told_as, ours, flag in (
        ("minimum", "exclusiveMinimum", told.get("exclusiveMinimum")),
        ("maximum", "exclusiveMaximum", told.get("exclusiveMaximum")),
    ):
        if flag is True and told_as in made:  # as OpenAPI 3.0 says it
            made[ours] = made.pop(told_as)
    return made


def _guessed(told: Schema) -> str | None:
    if "properties" in told:
        return "object"
    return "array" if "items" in told else None


def _required(told: Schema) -> set[str]:
    named = told.get("required")
    return {one for one in named if isinstance(one, str)} if isinstance(named, list) else set()


def _count(value: Any, otherwise: int) -> int:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return cast(int, value) if is_count else otherwise


def _is_name(name: Any, most: int = MAX_NAME_CHARS) -> bool:
    return isinstance(name, str) and 0 < len(name) <= most and name.isprintable()


def _is_sayable(number: float) -> bool:
    return -1e15 <= number <= 1e15

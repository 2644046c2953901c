"""Whatever a request may bring has a bound that the published document names."""

from collections.abc import Iterator
from typing import Any

import pytest

from server.app import create_app
from settings import Settings

ANY_JSON = "any JSON is knowledge: bounded by the body's bytes, its depth, its values"
BLOCKS = "blocks are told apart by hand, with clearer words: tenants/transcripts/blocks.py"
DECIMAL = "a number with its digits counted; the document says of it that it may come as text"
DOCUMENT = "an OpenAPI document: bounded by the body's bytes and depth, and read in part"
# What stands without a bound of its own, and why. A new field belongs here only with a good reason.
UNBOUNDED = {
    "NewAgent.json_data": ANY_JSON,
    "NewAssistant.knowledge": ANY_JSON,
    "NewDocument.data": ANY_JSON,
    "NewDocument.chunks[]": ANY_JSON,
    "Chunks.chunks[]": ANY_JSON,
    "add_document.data": ANY_JSON,
    "add_document.chunks[]": ANY_JSON,
    "start_import.documents[]": ANY_JSON,
    "preview_import.documents[]": ANY_JSON,
    "NewMessage.content[]": BLOCKS,
    "OperatorMessage.content[]": BLOCKS,
    "Resolve.content[]": BLOCKS,
    "Resume.value": "read as what the interrupt's kind takes, each of which is bounded",
    "ApprovedUpTo.up_to": DECIMAL,
    "AmountLimit.up_to": DECIMAL,
    "NewConnector.document": DOCUMENT,
    "LookedAt.document": DOCUMENT,
    "NewBudget.limit_usd": DECIMAL,
}
TOLD_BY_FORM = {"uuid", "date", "date-time", "binary"}


class Document:
    """The published document, and every place of its requests that has no bound."""

    def __init__(self, published: dict[str, Any]) -> None:
        self._parts: dict[str, Any] = published["components"]["schemas"]
        self._paths: dict[str, Any] = published["paths"]

    def unbounded(self) -> set[str]:
        """Their names: `Shape.field`, `operation.field`, `operation?parameter`."""
        found: set[str] = set()
        for methods in self._paths.values():
            for operation in methods.values():
                name = operation["operationId"]
                for parameter in operation.get("parameters", ()):
                    place = f"{name}?{parameter['name']}"
                    found.update(self._within(parameter["schema"], place, frozenset()))
                for taken in operation.get("requestBody", {}).get("content", {}).values():
                    found.update(self._within(taken["schema"], name, frozenset()))
        return found

    def _within(self, schema: Any, place: str, seen: frozenset[str]) -> Iterator[str]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name in seen:
                return
            schema, place, seen = self._parts[name], name, seen | {name}
        if not _is_bounded(schema):
            yield place
        for choice in ("anyOf", "oneOf", "allOf"):
            for one in schema.get(choice, ()):
                yield from self._within(one, place, seen)
        for field, one in schema.get("properties", {}).items():
            yield from self._within(one, f"{place}.{field}", seen)
        if "items" in schema:
            yield from self._within(schema["items"], f"{place}[]", seen)
        if isinstance(schema.get("additionalProperties"), dict):
            yield from self._within(schema["additionalProperties"], f"{place}{{}}", seen)


def _is_bounded(schema: dict[str, Any]) -> bool:
    """Whether one place, without what is inside it, ends somewhere."""
    if schema.keys() & {"enum", "const", "anyOf", "oneOf", "allOf"}:
        return True
    match schema.get("type"):
        case "string":
            return "maxLength" in schema or _ends(schema) or schema.get("format") in TOLD_BY_FORM
        case "integer" | "number":
            least = schema.keys() & {"minimum", "exclusiveMinimum"}
            most = schema.keys() & {"maximum", "exclusiveMaximum"}
            return bool(least and most)
        case "array":
            return "maxItems" in schema
        case "object":
            others = schema.get("additionalProperties", False)
            return others is False or "maxProperties" in schema
        case "boolean" | "null":
            return True
        case _:
            return False


def _ends(schema: dict[str, Any]) -> bool:
    """Whether a pattern is of bounded length: no `*` or `+` or open repeat outside of a set."""
    pattern = schema.get("pattern", "*")
    outside, inside = "", False
    for at, character in enumerate(pattern):
        if pattern[at - 1 : at] == "\\":
            continue
        inside = (inside or character == "[") and character != "]"
        outside += "" if inside else character
    return not ({"*", "+"} & set(outside) or ",}" in outside)


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    return create_app(Settings(), database_url="", platform_key="", master_key=b"").openapi()


def test_everything_that_a_request_brings_has_a_bound(published: dict[str, Any]) -> None:
    found = Document(published).unbounded()
    assert found - UNBOUNDED.keys() == set(), "give these a bound, or a line with the reason"
    assert UNBOUNDED.keys() - found == set(), "these have a bound now: take their lines away"


@pytest.mark.parametrize(
    ("schema", "is_bounded"),
    [
        ({"type": "string"}, False),
        ({"type": "string", "maxLength": 9}, True),
        ({"type": "string", "pattern": "^[a-z*+]{1,9}$"}, True),
        ({"type": "string", "pattern": "^[a-z]+$"}, False),
        ({"type": "string", "pattern": "^a{2,}$"}, False),
        ({"type": "integer", "minimum": 0}, False),
        ({"type": "integer", "minimum": 0, "maximum": 9}, True),
        ({"type": "array", "items": {"type": "boolean"}}, False),
        ({"type": "object", "additionalProperties": True}, False),
        ({"type": "object"}, True),
        ({}, False),
    ],
)
def test_a_bound_is_told_from_none(schema: dict[str, Any], is_bounded: bool) -> None:
    assert _is_bounded(schema) is is_bounded

"""An OpenAPI 3 document as operations that may be tools: read as text, never run, bounded throughout."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

import yaml

from tools.own_operations import (
    MAX_OPERATIONS,
    Place,
    ServiceOperation,
    argument_name,
    bounded,
    fingerprint,
    prose,
    unusable,
)
from tools.own_schemas import MAX_PROPERTIES, Schema, SchemaReader, Unusable

MAX_DOCUMENT_BYTES = 5_000_000
MAX_YAML_BYTES = 1_000_000  # it is read much more slowly
MAX_ALIASES = 200
MAX_PATH_CHARS = 200
METHODS = ("get", "head", "post", "put", "patch", "delete")
READS = frozenset({"get", "head"})
_OURS = frozenset({"accept", "content-type", "authorization", "host", "content-length", "cookie"})


class _Plain(yaml.CSafeLoader):
    """YAML without dates: what looks like one stays a text."""


_Plain.yaml_implicit_resolvers = {
    letter: [one for one in found if one[0] != "tag:yaml.org,2002:timestamp"]
    for letter, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read_document(content: bytes) -> dict[str, Any]:
    """The document. Raises: ValueError where it is none, or too large."""
    if len(content) > MAX_DOCUMENT_BYTES:
        raise ValueError(f"document: at most {MAX_DOCUMENT_BYTES} bytes")
    try:
        told = json.loads(content)
    except RecursionError:
        raise ValueError("document: it is nested too deep") from None
    except ValueError:
        told = _yaml(content)
    if not isinstance(told, dict) or not isinstance(told.get("paths"), dict):
        raise ValueError("document: it is no OpenAPI document: it has no `paths`")
    if not str(told.get("openapi", "")).startswith("3."):
        raise ValueError("document: it is not of OpenAPI 3; older ones are not read")
    return told


def operations_of(document: Mapping[str, Any]) -> list[ServiceOperation]:
    """The operations in the document's order, those that cannot be called too, each with why."""
    made: list[ServiceOperation] = []
    for path, method, item, told in _each(document):
        if len(made) >= MAX_OPERATIONS:
            break
        made.append(_operation(document, path, method, item, told))
    return bounded(made)


def _yaml(content: bytes) -> Any:
    if len(content) > MAX_YAML_BYTES:
        raise ValueError(f"document: as YAML at most {MAX_YAML_BYTES} bytes; give it as JSON")
    if content.count(b"*") > 20_000 or content.count(b"&") > 20_000:
        raise ValueError("document: it cannot be read as JSON or as YAML")
    try:
        text = content.decode("utf-8")
        aliases = sum(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _Plain))
        if aliases > MAX_ALIASES:
            raise ValueError(f"document: at most {MAX_ALIASES} aliases")
        return yaml.load(text, _Plain)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise ValueError("document: it cannot be read as JSON or as YAML") from None


def _each(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Schema, Schema]]:
    for path, item in document["paths"].items():
        if not isinstance(path, str) or not isinstance(item, dict):
            continue
        if not path.startswith("/") or not path.isprintable() or len(path) > MAX_PATH_CHARS:
            continue
        for method in METHODS:
            told = item.get(method)
            if isinstance(told, dict):
                yield path, method, item, told


def _operation(
    document: Mapping[str, Any], path: str, method: str, item: Schema, told: Schema
) -> ServiceOperation:
    plain = ServiceOperation(
        operation=f"{method.upper()} {path}",
        title=prose(told.get("summary") or told.get("operationId")),
        description=prose(told.get("description")),
        reads=method in READS,
        hints={},
        method=method.upper(),
        path=path,
        arguments={},
        places={},
        fingerprint="",
        problem="",
    )
    try:
        arguments = _Arguments(SchemaReader(document))
        arguments.take_parameters(item.get("parameters"), told.get("parameters"))
        arguments.take_body(told.get("requestBody"))
        arguments.check_path(path)
    except Unusable as why:
        made = unusable(plain, f"it cannot be called: {why}")
    else:
        made = cast(ServiceOperation, {**plain, **arguments.result()})
    made["fingerprint"] = fingerprint(made)
    return made


class _Arguments:
    """The arguments of one operation, gathered from its parameters and its body."""

    def __init__(self, reader: SchemaReader) -> None:
        self._reader = reader
        self._properties: dict[str, Schema] = {}
        self._places: dict[str, Place] = {}
        self._required: list[str] = []

    def result(self) -> dict[str, Any]:
        """As an operation has them."""
        arguments: Schema = {
            "type": "object",
            "properties": self._properties,
            "additionalProperties": False,
        }
        if self._required:
            arguments["required"] = self._required
        return {"arguments": arguments, "places": self._places}

    def take_parameters(self, *lists: Any) -> None:
        """Those of the path and of the operation; the operation's win. Raises: Unusable."""
        found: dict[tuple[str, str], Schema] = {}
        for told in lists:
            for one in (told if isinstance(told, list) else [])[:MAX_PROPERTIES]:
                read = self._reader.resolved(one)
                if isinstance(read, dict):
                    found[str(read.get("in")), str(read.get("name"))] = read
        for (at, name), told in found.items():
            if at == "header" and name.lower() in _OURS:
                continue
            is_required = told.get("required") is True or at == "path"
            try:
                self._take_parameter(at, name, told, is_required=is_required)
            except Unusable as why:
                if is_required:
                    raise Unusable(f"{name[:60]}: {why}") from None

    def _take_parameter(self, at: str, name: str, told: Schema, *, is_required: bool) -> None:
        if at not in ("path", "query", "header"):
            raise Unusable("parameters of this kind are not sent")
        if at == "header" and not (name.isascii() and name.replace("-", "").isalnum()):
            raise Unusable("its name is none for a header")
        content = told.get("content")
        if isinstance(content, dict):
            raise Unusable("it is sent as a text of another kind")
        schema = self._reader.read(told.get("schema", {"type": "string"}))
        if _holds_objects(schema):
            raise Unusable("objects are sent in bodies alone")
        place = Place(at=cast(Any, at), name=name)
        if schema.get("type") == "array":
            place["joint"] = _joint(at, told)
        self._add(name, schema, place, is_required=is_required)

    def take_body(self, told: Any) -> None:
        """The members of a JSON body, or the whole of one that is no object. Raises: Unusable."""
        body = self._reader.resolved(told)
        if not isinstance(body, dict):
            return
        is_required = body.get("required") is True
        contents = body.get("content")
        kinds = contents if isinstance(contents, dict) else {}
        kind = next((k for k in kinds if _is_json(str(k))), None)
        if kind is None:
            if is_required or kinds:
                raise Unusable("its body is not JSON")
            return
        media = kinds[kind]
        schema = self._reader.read(media.get("schema", True) if isinstance(media, dict) else True)
        if schema.get("properties") is None:
            place = Place(at="whole_body", name="body")
            self._add("body", schema, place, is_required=is_required)
            return
        needed = schema.get("required", []) if is_required else []
        for name, inner in schema["properties"].items():
            place = Place(at="body", name=name)
            self._add(name, inner, place, is_required=name in needed)

    def check_path(self, path: str) -> None:
        """That every place of the path is filled. Raises: Unusable."""
        if any(c in path for c in " ?#\\"):
            raise Unusable("its path cannot be called")
        rest = path
        for place in self._places.values():
            if place["at"] == "path":
                rest = rest.replace("{" + place["name"] + "}", "")
        if "{" in rest or "}" in rest:
            raise Unusable("its path has a place that nothing fills")

    def _add(self, name: str, schema: Schema, place: Place, *, is_required: bool) -> None:
        if len(self._properties) >= MAX_PROPERTIES:
            raise Unusable(f"it takes more than {MAX_PROPERTIES} arguments")
        ours = argument_name(name, self._properties)
        self._properties[ours] = schema
        self._places[ours] = place
        if is_required:
            self._required.append(ours)


def _is_json(kind: str) -> bool:
    plain = kind.partition(";")[0].strip().lower()
    return plain == "application/json" or plain.endswith("+json")


def _joint(at: str, told: Schema) -> str:
    """How a list is written: "" stands for a parameter of its own each."""
    if at != "query":
        return ","
    style, explodes = told.get("style", "form"), told.get("explode")
    match style:
        case "form":
            return "," if explodes is False else ""
        case "spaceDelimited":
            return " "
        case "pipeDelimited":
            return "|"
        case _:
            raise Unusable("it is written in a way that is not known")


def _holds_objects(schema: Schema) -> bool:
    if schema.get("type") == "object":
        return True
    inner = [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    return any(_holds_objects(one) for one in inner)

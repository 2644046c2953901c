"""What a service can be asked, as it was looked at: operations of a document, tools of a server.

An operation's arguments have names of ours; `places` says where each goes. What cannot be called says why in
`problem`. The `fingerprint` is of all that the service says of it: where it changes, a person looks again.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict, cast

from pydantic import BaseModel

from tools.own_mismatches import Schema, mismatch
from tools.own_settings import OwnToolSetting, as_dict

MAX_OPERATIONS = 500
MAX_OPERATIONS_BYTES = 2_000_000
MAX_PROSE_CHARS = 400
_UNFIT = re.compile(r"[^a-z0-9]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_RESERVED = frozenset(name for name in dir(BaseModel)) | {"self", "checked"}


class Place(TypedDict):
    """Where an argument goes: `name` is the service's own, `joint` how a list is written."""

    at: Literal["path", "query", "header", "body", "whole_body", "argument"]
    name: str
    joint: NotRequired[str]


class ServiceOperation(TypedDict):
    """One thing that a service can be asked."""

    operation: str
    title: str
    description: str
    reads: bool
    hints: dict[str, bool]
    method: str
    path: str
    arguments: Schema
    places: dict[str, Place]
    fingerprint: str
    problem: str


class ChosenOperation(TypedDict):
    """An operation as a tenant has chosen it: all that a call needs."""

    setting: dict[str, Any]
    reads: bool
    method: str
    path: str
    arguments: Schema  # as a model is given them
    given: dict[str, Schema]  # of what does not come from a model
    places: dict[str, Place]
    fingerprint: str


def fingerprint(told: Any) -> str:
    """32 hex digits of what a service says, the same for the same."""
    plain = json.dumps(told, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


def prose(told: Any) -> str:
    """What a service says of itself, for people to read: one line, shortened."""
    text = told if isinstance(told, str) else ""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:4_000]).split())
    return line if len(line) <= MAX_PROSE_CHARS else line[: MAX_PROSE_CHARS - 1] + "…"


def argument_name(told: str, taken: Collection[str]) -> str:
    """A name of ours for an argument: `X-Order-ID` is `x_order_id`; never one that is taken."""
    plain = _UNFIT.sub("_", _HUMPS.sub("_", told).lower()).strip("_")[:50]
    if not plain or not plain[0].isalpha() or plain in _RESERVED or plain.startswith("model_"):
        plain = f"the_{plain}".rstrip("_")
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    return name


def bounded(operations: Sequence[ServiceOperation]) -> list[ServiceOperation]:
    """So many operations as may be kept; those beyond the bytes are named, but cannot be chosen."""
    kept: list[ServiceOperation] = []
    size = 0
    for one in operations[:MAX_OPERATIONS]:
        size += len(json.dumps(one))
        if size > MAX_OPERATIONS_BYTES and not one["problem"]:
            one = unusable(one, "the document is too large to keep it")
        kept.append(one)
    return kept


def unusable(one: ServiceOperation, problem: str) -> ServiceOperation:
    """The same without its arguments, and why it cannot be called."""
    bare: dict[str, Any] = {"problem": problem, "arguments": {}, "places": {}}
    return cast(ServiceOperation, {**one, **bare})


def chosen(
    setting: OwnToolSetting, operations: Mapping[str, ServiceOperation], where: str
) -> ChosenOperation:
    """A tool's operation with what the tenant decided of it. Raises: ValueError."""
    found = operations.get(setting.operation)
    if found is None:
        raise ValueError(f"{where}.operation: the service has no {setting.operation[:100]!r}")
    if found["problem"]:
        raise ValueError(f"{where}.operation: {found['problem']}")
    if setting.fingerprint not in (None, found["fingerprint"]):
        raise ValueError(
            f"{where}.fingerprint: the service says something else of it now; look at it again"
        )
    setting.check_rights(has_effect=has_effect(setting, reads=_reads_by_itself(found)))
    model, given = _split(setting, found["arguments"], where)
    return ChosenOperation(
        setting=as_dict(setting) | {"fingerprint": found["fingerprint"]},
        reads=_reads_by_itself(found),
        method=found["method"],
        path=found["path"],
        arguments=model,
        given=given,
        places={
            name: place
            for name, place in found["places"].items()
            if _source(setting, name) != "none"
        },
        fingerprint=found["fingerprint"],
    )


def has_effect(setting: OwnToolSetting, *, reads: bool) -> bool:
    """Whether the tool acts: as the tenant says, else by the operation."""
    return not reads if setting.has_effect is None else setting.has_effect


def check_together(tools: Sequence[ChosenOperation]) -> None:
    """That tools which check others are there and read. Raises: ValueError."""
    held = {one["setting"]["name"]: one for one in tools}
    for one in tools:
        setting = OwnToolSetting.model_validate(one["setting"])
        if setting.checked_by is None:
            continue
        checker = held.get(setting.checked_by)
        if checker is None or not _checks(checker, one["arguments"]["properties"]):
            raise ValueError(
                f"{setting.name}: checked_by: {setting.checked_by!r} must be a reading tool of this "
                "connector with owner_at, whose arguments this one takes too"
            )


def _checks(checker: ChosenOperation, known: Mapping[str, Schema]) -> bool:
    """Whether it reads one thing, by arguments among these, and tells whose it is."""
    setting = OwnToolSetting.model_validate(checker["setting"])
    takes = checker["arguments"]["properties"].keys()
    reads = not has_effect(setting, reads=checker["reads"])
    return reads and bool(setting.owner_at) and bool(takes) and takes <= known.keys()


def _reads_by_itself(one: ServiceOperation) -> bool:
    """GET reads; what a server says of itself is a hint and gives no right."""
    return one["reads"] and bool(one["method"])


def _source(setting: OwnToolSetting, name: str) -> str:
    rule = setting.arguments.get(name)
    return rule.source if rule is not None else "model"


def _split(
    setting: OwnToolSetting, arguments: Schema, where: str
) -> tuple[Schema, dict[str, Schema]]:
    """The arguments that a model gives, and those that come from elsewhere. Raises: ValueError."""
    properties: dict[str, Schema] = arguments.get("properties", {})
    required: list[str] = arguments.get("required", [])
    for name in (*setting.arguments, *filter(None, [setting.amount])):
        if name not in properties:
            raise ValueError(f"{where}.arguments: the operation takes no {name!r}")
    model: dict[str, Schema] = {}
    given: dict[str, Schema] = {}
    for name, schema in properties.items():
        rule = setting.arguments.get(name)
        match _source(setting, name):
            case "model":
                told = rule.description if rule else ""
                model[name] = schema | ({"description": told} if told else {})
            case "none" if name in required:
                raise ValueError(f"{where}.arguments.{name}: the service needs it")
            case "fixed" if rule and (wrong := mismatch(schema, rule.value, name)):
                raise ValueError(f"{where}.arguments.{wrong}")
            case "none":
                pass
            case _:
                given[name] = schema
    made: Schema = {"type": "object", "properties": model, "additionalProperties": False}
    needed = [name for name in required if name in model]
    return made | ({"required": needed} if needed else {}), given

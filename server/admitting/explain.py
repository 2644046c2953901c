"""Say in words where a request is wrong, what is wrong there and what would be right."""

from collections.abc import Mapping, Sequence
from typing import Any

UNKNOWN_ID = "unknown_id"

_RIGHT = {
    "missing": "give this field",
    "extra_forbidden": "leave this field out, or check its spelling",
    "string_type": "a string",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "uuid_parsing": "an id as this server gave it",
    "none_required": "null",
}
_BOUNDS = {
    "string_too_short": ("min_length", "at least {} characters"),
    "string_too_long": ("max_length", "at most {} characters"),
    "too_short": ("min_length", "at least {} entries"),
    "too_long": ("max_length", "at most {} entries"),
    "greater_than": ("gt", "more than {}"),
    "greater_than_equal": ("ge", "{} or more"),
    "less_than": ("lt", "less than {}"),
    "less_than_equal": ("le", "{} or less"),
    "literal_error": ("expected", "one of {}"),
    "enum": ("expected", "one of {}"),
    "string_pattern_mismatch": ("pattern", "text that matches {}"),
}
MAX_SHOWN = 20


def explain(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """At most 20 places, each with `where`, `what` and, where it is known, `right`."""
    return [_explain_one(error) for error in errors[:MAX_SHOWN]]


def is_unknown_id(error: Mapping[str, Any]) -> bool:
    """Whether a validation error is about an id that cannot be one of ours."""
    loc = error.get("loc") or ("",)
    return error.get("type") == UNKNOWN_ID or loc[0] == "path"


def _message(error: Mapping[str, Any]) -> str:
    return str(error.get("msg", "not valid")).removeprefix("Value error, ")


def _explain_one(error: Mapping[str, Any]) -> dict[str, str]:
    kind = str(error.get("type", ""))
    place = ".".join(str(part) for part in error.get("loc", ())) or "request"
    shown = {"where": place[:300], "what": _message(error)[:300]}
    right = _RIGHT.get(kind)
    bound = _BOUNDS.get(kind)
    context = error.get("ctx") or {}
    if bound and bound[0] in context:
        right = bound[1].format(context[bound[0]])
    if right:
        shown["right"] = right
    return shown

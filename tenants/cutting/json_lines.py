"""JSON values as lines that people read, each with its own place: `products[3].price`, `price: 129`."""

import json
import re
from typing import Any

from tenants.cutting.drafts import TARGET_TOKENS, breadcrumb, count_tokens
from tenants.cutting.label_units import money_in, without_unit

Line = tuple[str, str]  # path, "Label: value"

_PLAIN_KEY = re.compile(r"[^\W\d][\w-]*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
EMPTY = {"": "(empty)", "[]": "(no entries)", "{}": "(empty)"}


def label(key: str) -> str:
    """A key as people read it: `warrantyMonths` and `warranty_months` as `warranty months`."""
    words = _CAMEL.sub(" ", key.replace("_", " ")).strip()
    if not any(char.isalnum() for char in words):
        return json.dumps(key, ensure_ascii=False)
    return words if words.isupper() else words.lower() if _CAMEL.search(key) else words


def member_lines(value: dict[str, Any], path: str) -> list[Line]:
    """The lines of an object that stands for itself, without a label of its own."""
    if not value:
        return [(path, EMPTY["{}"])]
    return [
        line
        for key, member in value.items()
        for line in lines_of(member, join_path(path, key), label(key))
    ]


def lines_of(value: Any, path: str, name: str) -> list[Line]:
    """`name: value`, one line a scalar; lists of scalars in one line."""
    if isinstance(value, dict):
        if not value:
            return [(path, _labelled(name, EMPTY["{}"]))]
        if (money := money_in(value)) is not None:
            amount, currency = money
            words = f"{words_of(value[amount])} {currency}"
            return [(join_path(path, amount), _labelled(name, words))]
        return [
            line
            for key, member in value.items()
            for line in lines_of(member, join_path(path, key), breadcrumb(name, label(key)))
        ]
    if isinstance(value, list):
        if not value:
            return [(path, _labelled(name, EMPTY["[]"]))]
        if all(not isinstance(member, dict | list) for member in value):
            words = [words_of(member) for member in value]
            comma = "; " if any("," in word or ";" in word for word in words) else ", "
            joined = comma.join(words)
            if "\n" not in joined and count_tokens(joined) <= TARGET_TOKENS:
                return [(path, _measured(name, joined, value))]
        alone = len(value) == 1
        return [
            line
            for index, member in enumerate(value)
            for line in lines_of(
                member, f"{path}[{index}]", name if alone else _numbered(name, index, member)
            )
        ]
    return [(path, _measured(name, words_of(value), value))]


def _measured(name: str, words: str, value: Any) -> str:
    """`weight: 23.9 kg` of a label that ends with a unit."""
    bare, unit = without_unit(name, value)
    return _labelled(bare, f"{words} {unit}") if unit else _labelled(name, words)


def _numbered(name: str, index: int, member: Any) -> str:
    if name or isinstance(member, dict | list):
        return f"{name} {index + 1}".strip()
    return ""


def _labelled(name: str, words: str) -> str:
    return f"{name}: {words}" if name else words


def words_of(value: Any) -> str:
    """A scalar as people read it; nothing becomes a word too, so that it can be found."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if value.strip() else EMPTY[""]
    return json.dumps(value)


def text_of(value: Any) -> str:
    """Any value as text, its lines one under the other."""
    if isinstance(value, dict | list):
        return "\n".join(text for _, text in lines_of(value, "", ""))
    return words_of(value)


def join_path(path: str, key: str) -> str:
    """The place of a member: `.key`, or `["the key"]` where it is no plain word."""
    if _PLAIN_KEY.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f"{path}[{json.dumps(key, ensure_ascii=False)}]"

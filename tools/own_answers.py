"""What a tenant's own service answers, as a tool's result: what the contact may see of it, and no more.

Whatever comes back is data: cut to a size that can be read, without the contact's id at the tenant's, and
without what belongs to somebody else. A model is given what the contact may see, for it may say it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tools.connector import at_place
from tools.contract import ToolCitation, ToolContext, ToolResult
from tools.own_settings import OwnToolSetting
from tools.words import language_of, say

MAX_DEPTH = 5
MAX_ROWS = 20
MAX_KEYS = 40
MAX_LEAF_CHARS = 500
MAX_VALUE_BYTES = 12_000
MAX_TOLD_ROWS = 5
MAX_TOLD_FIELDS = 12
MAX_QUOTE_CHARS = 400
_PLACE = re.compile(r"\{([^\s{}]{1,200})\}")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


def result_of(setting: OwnToolSetting, context: ToolContext, told: Any) -> ToolResult:
    """The result of a call that was answered with `told`."""
    found = at_place(told, setting.items)
    if setting.owner_at is not None:
        found = _owned(found, setting.owner_at, context.external_id)
    shown, is_cut = _small(_shown(found, setting), context.external_id)
    if shown in (None, "", [], {}):
        return nothing(setting, context)
    rows = _rows(shown)
    text = _said(setting, context, rows)
    value = shown if isinstance(shown, dict) else {"found": shown}
    if is_cut:
        value = value | {"note": "There is more than is shown here."}
    quote = text.split("\n", 1)[0][:MAX_QUOTE_CHARS]
    return ToolResult(
        value, text, ToolCitation(setting.title, quote), for_operator=f"{len(rows)} found"
    )


def nothing(setting: OwnToolSetting, context: ToolContext) -> ToolResult:
    """There is no such thing, or it is somebody else's: the same words for both."""
    text = say("own_nothing", context.language, title=setting.title)
    return ToolResult({"found": False}, text, ToolCitation(setting.title, text), is_found=False)


def done(setting: OwnToolSetting, context: ToolContext, told: Any, what: str) -> ToolResult:
    """An effect that the service says was done: in the tenant's words where it has any."""
    shown, _ = _small(_shown(at_place(told, setting.items), setting), context.external_id)
    rows = _rows(shown) if isinstance(shown, dict | list) else []
    text = _template(setting, context, rows) or say("own_done", context.language, what=what)
    value = shown if isinstance(shown, dict) else {"answer": shown}
    return ToolResult(value, text, ToolCitation(setting.title, text[:MAX_QUOTE_CHARS]))


def _owned(found: Any, owner_at: str, owner: str) -> Any:
    """What names the contact as its owner; None where nothing does."""
    if isinstance(found, list):
        return [one for one in found if _is_owner(one, owner_at, owner)]
    return found if _is_owner(found, owner_at, owner) else None


def _is_owner(found: Any, owner_at: str, owner: str) -> bool:
    named = at_place(found, owner_at)
    is_named = isinstance(named, str | int) and not isinstance(named, bool)
    return bool(owner) and is_named and str(named) == owner


def _shown(found: Any, setting: OwnToolSetting) -> Any:
    """What the contact may see of it, by the last part of each place's name."""
    if setting.shows is None:
        return found
    if isinstance(found, list):
        return [_shown(one, setting) for one in found[: MAX_ROWS + 1]]
    kept: dict[str, Any] = {}
    for where in setting.shows:
        value = at_place(found, where)
        if value is not None:
            name = where.rpartition(".")[2]
            kept[where.replace(".", "_") if name in kept or name.isdigit() else name] = value
    return kept


def _small(found: Any, secret: str) -> tuple[Any, bool]:
    """The same within our bounds, and whether anything was left out."""
    cut = [False]
    small = _smaller(found, secret, 0, cut)
    while len(json.dumps(small).encode()) > MAX_VALUE_BYTES:
        cut[0] = True
        rows = small if isinstance(small, list) else None
        if rows is None or len(rows) < 2:
            return _few_fields(small), True
        small = rows[: len(rows) // 2]
    return small, cut[0]


def _few_fields(found: Any) -> Any:
    """As many fields of a record that is too large as fit."""
    one = found[0] if isinstance(found, list) and found else found
    kept: dict[str, Any] = {}
    for name, value in one.items() if isinstance(one, dict) else ():
        if len(json.dumps(kept | {name: value}).encode()) > MAX_VALUE_BYTES:
            break
        kept[name] = value
    return kept


def _smaller(found: Any, secret: str, depth: int, cut: list[bool]) -> Any:
    if isinstance(found, dict):
        if depth >= MAX_DEPTH or len(found) > MAX_KEYS:
            cut[0] = True
        if depth >= MAX_DEPTH:
            return None
        made = {
            _leaf(str(name), cut)[:60]: _smaller(value, secret, depth + 1, cut)
            for name, value in list(found.items())[:MAX_KEYS]
        }
        return {name: value for name, value in made.items() if value is not None}
    if isinstance(found, list):
        if depth >= MAX_DEPTH or len(found) > MAX_ROWS:
            cut[0] = True
        if depth >= MAX_DEPTH:
            return None
        rows = [_smaller(one, secret, depth + 1, cut) for one in found[:MAX_ROWS]]
        return [one for one in rows if one not in (None, {}, [])]
    if secret and str(found) == secret:
        return None
    return _leaf(found, cut) if isinstance(found, str) else found


def _leaf(text: str, cut: list[bool]) -> str:
    """One line of a text, without what cannot be seen."""
    head = _UNSEEN.sub("", text[: 4 * MAX_LEAF_CHARS])
    line = " ".join("".join(c if c.isprintable() else " " for c in head).split())
    if len(line) > MAX_LEAF_CHARS or len(text) > 4 * MAX_LEAF_CHARS:
        cut[0] = True
    return line[:MAX_LEAF_CHARS]


def _rows(shown: Any) -> list[Any]:
    return shown if isinstance(shown, list) else [shown]


def _said(setting: OwnToolSetting, context: ToolContext, rows: Sequence[Any]) -> str:
    told = _template(setting, context, rows)
    if told:
        return told
    lines = [_line(one) for one in rows[:MAX_TOLD_ROWS]]
    if len(lines) == 1:
        return f"{setting.title}: {lines[0]}."
    return "\n".join(f"{setting.title} {n}: {line}." for n, line in enumerate(lines, 1))


def _template(setting: OwnToolSetting, context: ToolContext, rows: Sequence[Any]) -> str:
    """The tenant's words with the values in them; "" where it has none, or a value is missing."""
    told = setting.says.get(language_of(context.language)) or setting.says.get("en") or ""
    if not told:
        return ""
    made: list[str] = []
    for row in rows[:MAX_TOLD_ROWS] or [{}]:
        values = {name: at_place(row, name) for name in _PLACE.findall(told)}
        if any(not isinstance(value, str | int | float) for value in values.values()):
            continue
        made.append(_filled(told, values))
    return "\n".join(made)


def _filled(told: str, values: Mapping[str, Any]) -> str:
    return _PLACE.sub(lambda m: _spoken(values[m[1]]), told)


def _line(row: Any) -> str:
    pairs = list(_pairs(row, ""))[:MAX_TOLD_FIELDS]
    return "; ".join(
        f"{name}: {_spoken(value)}" if name else _spoken(value) for name, value in pairs
    )


def _pairs(found: Any, name: str) -> list[tuple[str, Any]]:
    if isinstance(found, dict):
        return [
            pair
            for key, value in found.items()
            for pair in _pairs(value, f"{name} {key}".strip().replace("_", " "))
        ]
    if isinstance(found, list):
        plain = [one for one in found if not isinstance(one, dict | list)]
        return [(name, ", ".join(map(_spoken, plain)))] if plain else []
    return [(name, found)]


def _spoken(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).rstrip(".") if isinstance(value, str) else str(value)

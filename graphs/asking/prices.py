"""What a model's tokens cost, by a dated table in dollars per million tokens."""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from tenants.errors import Invalid

TABLE = Path(__file__).parent / "prices.toml"
FREE = "extractive"
_DATED = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2}|\d{4}|latest|\d{3})$")  # a model's own release


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million: fresh input, input from the provider's cache, output.

    `version` names where it stands and since when it counts; one that is not `known` is a guess.
    """

    fresh: Decimal
    cached: Decimal
    output: Decimal
    version: str
    known: bool = True

    @property
    def is_free(self) -> bool:
        """Whether nothing is ever to be paid."""
        return self.fresh == self.cached == self.output == 0

    def microusd(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> int:
        """The cost of a call in millionths of a dollar, rounded up: a call is never free."""
        cached = min(cached_tokens, input_tokens)
        cost = self.fresh * (input_tokens - cached) + self.cached * cached
        return math.ceil(cost + self.output * output_tokens)


_NOTHING = Price(Decimal(0), Decimal(0), Decimal(0), "none")


class Prices:
    """Prices by model and day; a later table wins over an earlier one."""

    def __init__(self, tables: Sequence[Mapping[str, Any]]) -> None:
        self._models: dict[str, list[tuple[date, Price]]] = {}
        self._unknown = _NOTHING
        for table in tables:
            checked = table.get("checked", "")
            if "unknown" in table:
                self._unknown = _price(table["unknown"], f"unknown@{checked}", known=False)
            for model, dated in table.get("models", {}).items():
                self._models[model] = sorted(
                    ((one["from"], _price(one, str(one["from"]))) for one in dated),
                    key=lambda pair: pair[0],
                )

    @classmethod
    def read(cls, own: Path | None = None) -> "Prices":
        """The product's table, with one of the platform's own over it. Raises: Invalid."""
        paths = [TABLE, *([own] if own else [])]
        return cls([_read(path) for path in paths])

    def of(self, model: str, *, on: date | None = None) -> Price:
        """The price of `provider:model` on a day (today); the guess where no table has it."""
        if model == FREE:
            return _NOTHING
        day = on or datetime.now(UTC).date()
        provider = model.partition(":")[0]
        for name in (model, _DATED.sub("", model), f"{provider}:*"):
            counting = [price for since, price in self._models.get(name, ()) if since <= day]
            if counting:
                return counting[-1]
        return self._unknown


def _price(row: Mapping[str, Any], version: str, *, known: bool = True) -> Price:
    return Price(
        Decimal(row["fresh"]),
        Decimal(row.get("cached", row["fresh"])),
        Decimal(row["output"]),
        version,
        known,
    )


def _read(path: Path) -> dict[str, Any]:
    """A table whose every row is of use. Raises: Invalid."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        Prices([table])
    except OSError as error:
        raise Invalid(f"the price table {path} cannot be read: {error.strerror}") from None
    except (
        tomllib.TOMLDecodeError,
        KeyError,
        TypeError,
        AttributeError,
        InvalidOperation,
    ) as error:
        raise Invalid(
            f"the price table {path} is not as docs/providers.md says: {type(error).__name__} {error}"
        ) from None
    return table

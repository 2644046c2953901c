"""What else counts in a knowledge base's ranking beside nearness: priority and age."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenants.errors import Invalid

MAX_STALE_DAYS = 36_500
_FIELDS = frozenset(("priority_weight", "stale_after_days", "stale_weight"))


@dataclass(frozen=True, slots=True)
class Ranking:
    """Weights in points of the score, where a cosine is 0 to 1; the defaults change nothing.

    A passage of priority 100 gains `priority_weight`, one of −100 loses it. A passage that has not
    changed for `stale_after_days` loses `stale_weight`.
    """

    priority_weight: float = 0.0
    stale_after_days: int | None = None
    stale_weight: float = 0.0

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> "Ranking":
        """The weights as a caller or a row gives them. Raises: Invalid, which names the field."""
        unknown = sorted(set(given) - _FIELDS)
        if unknown:
            raise Invalid(
                f"ranking: no such field {unknown[0]!r}, only {', '.join(sorted(_FIELDS))}"
            )
        days = given.get("stale_after_days")
        if days is not None and (
            not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MAX_STALE_DAYS
        ):
            raise Invalid(f"ranking.stale_after_days: a whole number from 1 to {MAX_STALE_DAYS}")
        return cls(_weight(given, "priority_weight"), days, _weight(given, "stale_weight"))

    @property
    def counts(self) -> bool:
        """Whether anything beside nearness changes the order."""
        return bool(self.priority_weight or (self.stale_weight and self.stale_after_days))


def _weight(given: Mapping[str, Any], field: str) -> float:
    value = given.get(field, 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise Invalid(f"ranking.{field}: a number from 0 to 1")
    return float(value)

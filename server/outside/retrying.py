"""When a delivery that failed is tried again: ever later, at a drawn moment, as the receiver asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from random import Random

MOST_ASKED_SECONDS = 86_400.0  # a receiver is given no more than a day


@dataclass(frozen=True, slots=True)
class Backoff:
    """The first wait, how it grows, and where it ends."""

    first_seconds: float = 5
    factor: float = 4
    most_seconds: float = 21_600

    def wait_seconds(self, attempts: int, draw: Random, asked_seconds: float | None) -> float:
        """How long to wait after so many tries; never less than the receiver has asked for.

        Between half of the full wait and all of it, so that what failed together does not come
        back together.
        """
        full = min(self.most_seconds, self.first_seconds * self.factor ** (attempts - 1))
        wait = full * (0.5 + draw.random() / 2)
        return wait if asked_seconds is None else max(wait, asked_seconds)


def retry_after_seconds(headers: Mapping[str, str], now: float) -> float | None:
    """What `Retry-After` asks for, in seconds or as a date, up to a day; None where it says nothing."""
    told = headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return min(float(told[:9]), MOST_ASKED_SECONDS)
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, moment.timestamp() - now), MOST_ASKED_SECONDS)

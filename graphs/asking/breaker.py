"""A circuit breaker: a provider that keeps failing is left alone for a while."""

import time
from collections.abc import Callable

FAILURES = 4
REST_SECONDS = 30.0
MAX_REST_SECONDS = 300.0  # however long a provider asks to be left alone


class Breaker:
    """Closed until `failures` in a row; then open for a rest, then one try decides."""

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures = failures
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._in_a_row = 0
        self._opens_at: float | None = None  # when the next try may go out
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether calls are being refused now."""
        return self._opens_at is not None and not self._rested()

    def allows(self) -> bool:
        """Whether a call may go out; after the rest only one at a time may."""
        if self._opens_at is None:
            return True
        if not self._rested() or self._trying:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        """A call ended well: closed again."""
        self._in_a_row, self._opens_at, self._trying = 0, None, False

    def failed(self, *, rest_seconds: float | None = None) -> None:
        """A call failed; enough of them in a row, or a failed try, open the breaker.

        `rest_seconds` is for how long the provider asked to be left alone: it is.
        """
        self._in_a_row += 1
        if rest_seconds is not None:
            self._opens_at = self._clock() + min(rest_seconds, MAX_REST_SECONDS)
        elif self._trying or self._in_a_row >= self._failures:
            self._opens_at = self._clock() + self._rest_seconds
        self._trying = False

    def abandoned(self) -> None:
        """A call was cancelled from our side, or failed by our fault: it says nothing of the
        provider.
        """
        self._trying = False

    def _rested(self) -> bool:
        return self._opens_at is not None and self._clock() >= self._opens_at

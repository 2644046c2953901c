"""What a failed call to a provider means: for the next try, for the breaker, for the bill.

Every provider's client has an error tree of its own; read here is what they have in common, the
status and the headers of the response.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

MAX_WAIT_SECONDS = 2.0  # a contact waits no longer for a second try
_AGAIN_SECONDS = 0.2
_OUR_FAULT = frozenset({400, 404, 405, 413, 415, 422})
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class CutOff(Exception):
    """The stream ended before the model had."""


class NothingSaid(Exception):
    """The model ended without a word."""


class TooLong(Exception):
    """The model was stopped by the limit of its answer's length."""


class NoJson(Exception):
    """The model was asked for JSON and gave something else."""


@dataclass(frozen=True, slots=True)
class Failure:
    """`kind` names the error's type, never its text: that may hold what was asked, or a key.

    `again_seconds`: after how long the same model may be tried once more; None: not at all.
    """

    kind: str
    again_seconds: float | None = None
    rest_seconds: float | None = None  # for how long the provider asked to be left alone
    is_ours: bool = False  # the request was wrong: it says nothing of the provider
    unbilled: bool = False  # refused before a token was read

    @property
    def outcome(self) -> str:
        """The failure in one word, for counting."""
        return "refused" if self.unbilled else "failed"


def failure_of(error: BaseException) -> Failure:
    """What the error of a provider's client means."""
    kind = type(error).__name__
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    if isinstance(error, TimeoutError) or "timeout" in kind.casefold():
        return Failure("TimeOut")
    if isinstance(status, int):
        return _refused(status, _retry_after(response), kind)
    if isinstance(error, (CutOff, NothingSaid, NoJson)):
        return Failure(kind, again_seconds=0)
    if isinstance(error, TooLong):
        return Failure(kind, is_ours=True)
    unreached = isinstance(error, ConnectionError) or "connect" in kind.casefold()
    return Failure(kind, again_seconds=_AGAIN_SECONDS if unreached else None, unbilled=unreached)


def _refused(status: int, wait: float | None, kind: str) -> Failure:
    named = f"Status{status}"
    if status in _OUR_FAULT:
        return Failure(named, is_ours=True, unbilled=True)
    if status not in _PASSING and status < 500:
        return Failure(named, unbilled=True)
    if wait is not None and wait > MAX_WAIT_SECONDS:
        return Failure(named, rest_seconds=wait, unbilled=True)
    again = _AGAIN_SECONDS if wait is None else max(wait, _AGAIN_SECONDS)
    return Failure(named, again_seconds=again, unbilled=True)


def _retry_after(response: Any) -> float | None:
    """Seconds of a `Retry-After` header, which holds a number or a date."""
    headers = getattr(response, "headers", None) or {}
    told = headers.get("retry-after")
    if told is None:
        return None
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())

"""What can go wrong by the rules of the house, each with a stable `code` and never a status.

DeskError
├── NotFound                     not_found              no such thing here (or another tenant's)
├── Conflict                     conflict
│   ├── SlugTaken                slug_taken
│   ├── HandoffTaken             handoff_taken          another operator was faster
│   ├── HandoffClosed            handoff_closed         resolved already
│   ├── InterruptSpent           interrupt_spent        answered already
│   ├── SuggestionDecided        suggestion_decided
│   ├── IdempotencyInFlight      idempotency_in_flight
│   ├── LeaseLost                lease_lost             somebody else runs this turn now
│   └── VersionInProgress        version_in_progress    another version is being written
├── Invalid                      invalid                the value breaks a stated rule
│   ├── IdempotencyReused        idempotency_reused     same key, other body
│   ├── ModelMismatch            model_mismatch         knowledge bases of different embedding models
│   └── TooLarge                 too_large
├── Denied                       denied                 known caller, missing right
│   └── Suspended                tenant_suspended
├── Unauthenticated              unauthenticated
├── RateLimited                  rate_limited
└── Unavailable                  unavailable            try again later
"""

from typing import Any, ClassVar


class DeskError(Exception):
    """A rule of the house was broken; `str(error)` is a sentence a caller may read."""

    code: ClassVar[str] = "error"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class NotFound(DeskError):
    code = "not_found"


class Conflict(DeskError):
    code = "conflict"


class SlugTaken(Conflict):
    code = "slug_taken"


class HandoffTaken(Conflict):
    code = "handoff_taken"


class HandoffClosed(Conflict):
    code = "handoff_closed"


class InterruptSpent(Conflict):
    code = "interrupt_spent"


class SuggestionDecided(Conflict):
    code = "suggestion_decided"


class IdempotencyInFlight(Conflict):
    code = "idempotency_in_flight"


class LeaseLost(Conflict):
    code = "lease_lost"


class VersionInProgress(Conflict):
    code = "version_in_progress"


class Invalid(DeskError):
    """The value breaks a stated rule; `extra["errors"]` may list places and reasons."""

    code = "invalid"


class IdempotencyReused(Invalid):
    code = "idempotency_reused"


class ModelMismatch(Invalid):
    code = "model_mismatch"


class TooLarge(Invalid):
    code = "too_large"


class Denied(DeskError):
    code = "denied"


class Suspended(Denied):
    code = "tenant_suspended"


class Unauthenticated(DeskError):
    code = "unauthenticated"


class RateLimited(DeskError):
    """`extra["retry_after_seconds"]` says when."""

    code = "rate_limited"


class Unavailable(DeskError):
    code = "unavailable"

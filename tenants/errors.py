"""What can go wrong by the rules of the house, each with a stable `code` and never a status.

DeskError
├── NotFound                     not_found              no such thing here (or another tenant's)
├── Conflict                     conflict
│   ├── SlugTaken                slug_taken
│   ├── LastOwner                last_owner             a tenant keeps one owner
│   ├── HandoffTaken             handoff_taken          another operator was faster
│   ├── HandoffClosed            handoff_closed         resolved already
│   ├── InterruptSpent           interrupt_spent        answered already
│   ├── SuggestionDecided        suggestion_decided
│   ├── IdempotencyInFlight      idempotency_in_flight
│   ├── LeaseLost                lease_lost             somebody else runs this turn now
│   ├── NothingStaged            nothing_staged         there is no staged version
│   ├── SourceNotMoved           source_not_moved       the source says nothing newer
│   ├── VersionInProgress        version_in_progress    another version is being written
│   ├── CheckpointPruned         checkpoint_pruned      the state of that turn is kept no longer
│   └── TurnNotRecorded          turn_not_recorded      what the turn was given is not known (any more)
├── Invalid                      invalid                the value breaks a stated rule
│   ├── IdempotencyReused        idempotency_reused     same key, other body
│   ├── ModelMismatch            model_mismatch         knowledge bases of different embedding models
│   ├── ModelNotAllowed          model_not_allowed      not among the server's embedding models
│   └── TooLarge                 too_large
├── Unreadable                   unreadable_file        damaged, encrypted, no text, not what it says it is
├── Denied                       denied                 known caller, missing right
│   ├── Suspended                tenant_suspended
│   └── SecondFactorRequired     second_factor_required the company asks for one: enrol it first
├── Unauthenticated              unauthenticated
│   └── SecondFactorNeeded       second_factor_needed   right so far; a code is missing
├── RateLimited                  rate_limited
└── Unavailable                  unavailable            try again later
    ├── ModelChanged             model_changed          the embedding model was changed meanwhile
    └── EmbeddingsUnavailable    embeddings_unavailable the model that makes vectors does not answer
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


class LastOwner(Conflict):
    """The tenant would be left without anybody who owns it."""

    code = "last_owner"


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


class CheckpointPruned(Conflict):
    """The conversation was idle for so long that only its last state is kept."""

    code = "checkpoint_pruned"


class TurnNotRecorded(Conflict):
    """A turn cannot be run again: what its models and tools gave is not known in full."""

    code = "turn_not_recorded"


class NothingStaged(Conflict):
    """The knowledge base has no staged changes to publish, discard or look at."""

    code = "nothing_staged"


class SourceNotMoved(Conflict):
    """The source of a document that a person edited says nothing newer."""

    code = "source_not_moved"


class Invalid(DeskError):
    """The value breaks a stated rule; `extra["errors"]` may list places and reasons."""

    code = "invalid"


class IdempotencyReused(Invalid):
    code = "idempotency_reused"


class ModelNotAllowed(Invalid):
    """The server's owner has not allowed this embedding model."""

    code = "model_not_allowed"


class ModelMismatch(Invalid):
    code = "model_mismatch"


class TooLarge(Invalid):
    code = "too_large"


class Unreadable(DeskError):
    """A file cannot be read; `detail` says why in words for the person who sent it."""

    code = "unreadable_file"


class Denied(DeskError):
    code = "denied"


class Suspended(Denied):
    code = "tenant_suspended"


class Unauthenticated(DeskError):
    code = "unauthenticated"


class SecondFactorNeeded(Unauthenticated):
    """The password or link is right; a code of the second factor is missing."""

    code = "second_factor_needed"


class SecondFactorRequired(Denied):
    """The tenant asks every operator for a second factor, and this one has none yet."""

    code = "second_factor_required"


class RateLimited(DeskError):
    """`extra["retry_after_seconds"]` says when."""

    code = "rate_limited"


class Unavailable(DeskError):
    code = "unavailable"


class ModelChanged(Unavailable):
    """The knowledge base got another embedding model while this was stored; a repeat uses it."""

    code = "model_changed"


class EmbeddingsUnavailable(Unavailable):
    """The embedding model cannot be reached, or what it sends is of no use."""

    code = "embeddings_unavailable"

"""What only a server can find wrong, beside the tree in `tenants/errors.py`.

DeskError
├── MalformedBody                malformed_body         no JSON, or JSON that cannot be kept
├── UnsupportedMediaType         unsupported_media_type
├── MethodNotAllowed             method_not_allowed
├── OriginDenied                 origin_denied          this page may not talk to this assistant
├── TurnFailed                   turn_failed            the turn broke and nothing was answered
├── DeadlineExceeded             deadline               the turn took too long
├── Busy                         busy                   more waits than can be done soon
├── Draining                     draining               this process is going; another is coming
└── Internal                     internal               our fault
"""

from tenants.errors import DeskError


class MalformedBody(DeskError):
    code = "malformed_body"


class UnsupportedMediaType(DeskError):
    code = "unsupported_media_type"


class MethodNotAllowed(DeskError):
    code = "method_not_allowed"


class OriginDenied(DeskError):
    code = "origin_denied"


class TurnFailed(DeskError):
    code = "turn_failed"


class DeadlineExceeded(DeskError):
    code = "deadline"


class Busy(DeskError):
    """`extra["retry_after_seconds"]` says when to come again; nothing was accepted."""

    code = "busy"


class Draining(DeskError):
    code = "draining"


class Internal(DeskError):
    code = "internal"

"""What can go wrong with calls to the outside, beside the tree in `tenants/errors.py`.

DeskError
├── AddressRefused               address_refused        an address this server must not call
├── FetchFailed                  fetch_failed           it did not answer, or not with what was asked for
├── ArgumentRejected             argument_rejected      a tool was called wrongly: call it otherwise
└── ToolUnavailable              tool_unavailable       a tool does not work now: do not call it again
"""

from tenants.errors import DeskError


class AddressRefused(DeskError):
    """An address that may not be called; `detail` says which and why."""

    code = "address_refused"


class FetchFailed(DeskError):
    """An address that was called in vain; `detail` says what came instead."""

    code = "fetch_failed"


class ArgumentRejected(DeskError):
    """A tool takes other arguments; `detail` is written for the model, which may try again."""

    code = "argument_rejected"


class ToolUnavailable(DeskError):
    """A tool cannot be used now; `detail` is written for the model, which must not try again.

    `may_have_happened` is there for tools with an effect: the call went out, and what came of it is
    not known. `cause` is what broke where nothing had been said of it: an error's code or class.
    """

    code = "tool_unavailable"

    def __init__(self, detail: str, *, may_have_happened: bool = False, cause: str = "") -> None:
        super().__init__(detail)
        self.may_have_happened = may_have_happened
        self.cause = cause

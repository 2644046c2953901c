"""What can go wrong with calls to the outside, beside the tree in `tenants/errors.py`.

DeskError
├── AddressRefused               address_refused        an address this server must not call
└── FetchFailed                  fetch_failed           it did not answer, or not with what was asked for
"""

from tenants.errors import DeskError


class AddressRefused(DeskError):
    """An address that may not be called; `detail` says which and why."""

    code = "address_refused"


class FetchFailed(DeskError):
    """An address that was called in vain; `detail` says what came instead."""

    code = "fetch_failed"

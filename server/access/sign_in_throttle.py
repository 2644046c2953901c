"""How many sign-ins may go wrong from one address, whatever accounts they try."""

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from tenants.errors import RateLimited

MOST_FAILURES = 30
WINDOW_SECONDS = 600.0
MOST_ADDRESSES = 20_000


class SignInThrottle:
    """Counts failures by address; this machine's own are a proxy's, and uncounted.

    What goes wrong here is told by `on_failed`, and what others tell is counted by `failed_elsewhere`.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.on_failed: Callable[[str], None] = lambda _address: None
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raises: RateLimited where too many went wrong lately."""
        failures = self._recent(address)
        if len(failures) >= MOST_FAILURES:
            wait = failures[0] + WINDOW_SECONDS - self._clock()
            raise RateLimited(
                "too many sign-ins went wrong; wait before you try again",
                retry_after_seconds=round(max(1.0, wait), 1),
            )

    def failed(self, address: str) -> None:
        """Count one that went wrong."""
        if _is_loopback(address):
            return
        self.failed_elsewhere(address)
        self.on_failed(address)

    def failed_elsewhere(self, address: str) -> None:
        """Count one that another process has told."""
        address = _network(address)
        self._failures.setdefault(address, deque(maxlen=MOST_FAILURES)).append(self._clock())
        self._failures.move_to_end(address)
        if len(self._failures) > MOST_ADDRESSES:
            self._failures.popitem(last=False)

    def _recent(self, address: str) -> deque[float]:
        failures = self._failures.get(_network(address), deque())
        while failures and failures[0] < self._clock() - WINDOW_SECONDS:
            failures.popleft()
        return failures


def _network(address: str) -> str:
    """Of an IPv6 address the 64 bits that one household has; any other as it is."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return (
        str(known)
        if known.version == 4
        else str(ipaddress.ip_network((int(known) >> 64 << 64, 64)))
    )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return True  # a socket file's

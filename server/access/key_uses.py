"""How often API keys are used, counted in the process until the audit log takes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from server.access.browsers import browser_of
from server.access.callers import Caller
from tenants.actors import Actor
from tenants.keeping.audit import Entry

Key = tuple[UUID, str]  # the tenant and the key's id


@dataclass(slots=True)
class Uses:
    """Uses of one key since it was logged last, and where the first of them came from."""

    address: str
    browser: str
    is_first: bool  # of the day, in this process
    times: int = 0

    def entry(self, key_id: str) -> Entry:
        """What the log says of them."""
        first = {"first_of_day": True} if self.is_first else {}
        return Entry(
            Actor("api_key", key_id),
            "api_key_used",
            f"api_key:{key_id}",
            self.address,
            self.browser,
            {"times": self.times} | first,
        )


def _today() -> date:
    return datetime.now(UTC).date()


class KeyUses:
    """What was counted and is not logged yet."""

    def __init__(self, today: Callable[[], date] = _today) -> None:
        self._today = today
        self._day = today()
        self._seen: set[Key] = set()  # of the day
        self._uses: dict[Key, Uses] = {}

    def count(self, caller: Caller, *, address: str, user_agent: str | None) -> None:
        """One use more, where the caller is a key."""
        if caller.kind != "api_key" or caller.tenant is None:
            return
        if self._day != (today := self._today()):
            self._day, self._seen = today, set()
        key = (caller.tenant, caller.id)
        found = self._uses.get(key)
        if found is None:
            found = Uses(address, browser_of(user_agent), key not in self._seen)
            self._uses[key] = found
            self._seen.add(key)
        found.times += 1

    def due(self, *, first_only: bool) -> list[Key]:
        """The keys whose uses are to be logged: all, or those that nobody has used that day."""
        return [key for key, one in self._uses.items() if one.is_first or not first_only]

    def take(self, key: Key) -> Uses:
        """A key's uses, which are counted from nothing on."""
        return self._uses.pop(key)

    def give_back(self, key: Key, uses: Uses) -> None:
        """Uses that could not be logged are counted along with what came meanwhile."""
        since = self._uses.get(key)
        uses.times += since.times if since else 0
        self._uses[key] = uses

"""What tools need of a tenant's own systems; answered by `tools/http_shop.py`, by data, for any of them.

Whoever implements a method passes `owner`, the verified contact's id in that system, along; whoever
calls it looks at the record's own `owner` all the same. A record that is not there, or that the service
will not show, is None. A method raises `ToolUnavailable` where the service does not answer as it
should, and no other error.
"""

from decimal import Decimal
from typing import Protocol

from tools.errors import ToolUnavailable
from tools.shop_records import (
    Appointment,
    Done,
    Invoice,
    Order,
    Profile,
    Slot,
    StockLevel,
)


class Orders(Protocol):
    """Orders, and what may be done with them."""

    async def order(self, owner: str, number: str) -> Order | None:
        """One order, with its history."""
        ...

    async def orders(self, owner: str, *, limit: int) -> list[Order]:
        """The contact's orders, newest first."""
        ...

    async def refund(
        self,
        owner: str,
        number: str,
        amount: Decimal,
        currency: str,
        reason: str,
        *,
        idempotency_key: str,
    ) -> Done:
        """Give back money for an order. Raises: ArgumentRejected where the service's rules say no."""
        ...

    async def cancel_order(
        self, owner: str, number: str, reason: str, *, idempotency_key: str
    ) -> Done:
        """Cancel an order. Raises: ArgumentRejected."""
        ...


class Invoices(Protocol):
    """Invoices and what was paid."""

    async def invoice(self, owner: str, number: str) -> Invoice | None:
        """One invoice."""
        ...

    async def invoices(self, owner: str, *, limit: int) -> list[Invoice]:
        """The contact's invoices, newest first."""
        ...


class Stock(Protocol):
    """What there is of products; the same for everybody."""

    async def stock(self, product: str, *, limit: int) -> list[StockLevel]:
        """Products whose code or name is like this one."""
        ...


class Appointments(Protocol):
    """Appointments and free times."""

    async def appointments(self, owner: str, *, limit: int) -> list[Appointment]:
        """The contact's appointments that are still to come, the next one first."""
        ...

    async def slots(self, title: str, *, limit: int) -> list[Slot]:
        """Free times for what is wanted ("" for anything), the next one first."""
        ...

    async def reschedule(
        self, owner: str, appointment_id: str, slot_id: str, *, idempotency_key: str
    ) -> Done:
        """Move an appointment to a free time. Raises: ArgumentRejected."""
        ...

    async def cancel_appointment(
        self, owner: str, appointment_id: str, reason: str, *, idempotency_key: str
    ) -> Done:
        """Cancel an appointment. Raises: ArgumentRejected."""
        ...


class Profiles(Protocol):
    """What the tenant's system knows of a contact."""

    async def profile(self, owner: str) -> Profile | None:
        """The contact's own profile."""
        ...


class Tickets(Protocol):
    """Tickets in the tenant's own system."""

    async def open_ticket(
        self, owner: str, subject: str, text: str, *, idempotency_key: str
    ) -> Done:
        """Open a ticket; `owner` is "" for a contact who is not verified."""
        ...


class Shop(Protocol):
    """A tenant's systems: each part raises `ToolUnavailable` where no connector serves it.

    `honours_keys` says of a part whether its service knows idempotency keys, so that an effect may be
    tried again under its own.
    """

    @property
    def orders(self) -> Orders: ...
    @property
    def invoices(self) -> Invoices: ...
    @property
    def stock(self) -> Stock: ...
    @property
    def appointments(self) -> Appointments: ...
    @property
    def profiles(self) -> Profiles: ...
    @property
    def tickets(self) -> Tickets: ...

    def honours_keys(self, part: str) -> bool:
        """Whether the service behind `orders`, `appointments` or `tickets` knows keys."""
        ...


class NoShop:
    """A tenant without connectors."""

    def _none(self) -> ToolUnavailable:
        return ToolUnavailable("This company has not connected the system that knows this.")

    @property
    def orders(self) -> Orders:
        raise self._none()

    @property
    def invoices(self) -> Invoices:
        raise self._none()

    @property
    def stock(self) -> Stock:
        raise self._none()

    @property
    def appointments(self) -> Appointments:
        raise self._none()

    @property
    def profiles(self) -> Profiles:
        raise self._none()

    @property
    def tickets(self) -> Tickets:
        raise self._none()

    def honours_keys(self, part: str) -> bool:
        """No."""
        return False

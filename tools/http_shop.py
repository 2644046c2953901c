"""A tenant's shop over its connectors: each part is served by the first connector that knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tools.connector import Connector
from tools.errors import ToolUnavailable
from tools.ports import Appointments, Invoices, Orders, Profiles, Stock, Tickets
from tools.shop_records import (
    Appointment,
    Done,
    Invoice,
    Order,
    Profile,
    Slot,
    StockLevel,
)


@dataclass(frozen=True, slots=True)
class _Over:
    """One part of the shop, over one service."""

    connector: Connector


class _Orders(_Over):
    async def order(self, owner: str, number: str) -> Order | None:
        return await self.connector.one(Order, "order", {"owner": owner, "number": number})

    async def orders(self, owner: str, *, limit: int) -> list[Order]:
        return await self.connector.many(Order, "orders", {"owner": owner, "limit": limit})

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
        values: dict[str, Any] = {
            "owner": owner,
            "number": number,
            "amount": str(amount),
            "currency": currency,
            "reason": reason,
        }
        return await self._do("refund", values, idempotency_key)

    async def cancel_order(
        self, owner: str, number: str, reason: str, *, idempotency_key: str
    ) -> Done:
        values = {"owner": owner, "number": number, "reason": reason}
        return await self._do("cancel_order", values, idempotency_key)

    async def _do(self, operation: str, values: dict[str, Any], key: str) -> Done:
        return await self.connector.effect(Done, operation, values, idempotency_key=key)


class _Invoices(_Over):
    async def invoice(self, owner: str, number: str) -> Invoice | None:
        return await self.connector.one(Invoice, "invoice", {"owner": owner, "number": number})

    async def invoices(self, owner: str, *, limit: int) -> list[Invoice]:
        return await self.connector.many(Invoice, "invoices", {"owner": owner, "limit": limit})


class _Stock(_Over):
    async def stock(self, product: str, *, limit: int) -> list[StockLevel]:
        return await self.connector.many(StockLevel, "stock", {"product": product, "limit": limit})


class _Appointments(_Over):
    async def appointments(self, owner: str, *, limit: int) -> list[Appointment]:
        values = {"owner": owner, "limit": limit}
        return await self.connector.many(Appointment, "appointments", values)

    async def slots(self, title: str, *, limit: int) -> list[Slot]:
        return await self.connector.many(Slot, "slots", {"title": title, "limit": limit})

    async def reschedule(
        self, owner: str, appointment_id: str, slot_id: str, *, idempotency_key: str
    ) -> Done:
        values = {"owner": owner, "appointment_id": appointment_id, "slot_id": slot_id}
        return await self.connector.effect(
            Done, "reschedule", values, idempotency_key=idempotency_key
        )

    async def cancel_appointment(
        self, owner: str, appointment_id: str, reason: str, *, idempotency_key: str
    ) -> Done:
        values = {"owner": owner, "appointment_id": appointment_id, "reason": reason}
        return await self.connector.effect(
            Done, "cancel_appointment", values, idempotency_key=idempotency_key
        )


class _Profiles(_Over):
    async def profile(self, owner: str) -> Profile | None:
        return await self.connector.one(Profile, "profile", {"owner": owner})


class _Tickets(_Over):
    async def open_ticket(
        self, owner: str, subject: str, text: str, *, idempotency_key: str
    ) -> Done:
        values = {"owner": owner, "subject": subject, "text": text}
        return await self.connector.effect(
            Done, "open_ticket", values, idempotency_key=idempotency_key
        )


@dataclass(frozen=True, slots=True)
class HttpShop:
    """`tools.ports.Shop` over the tenant's connectors, in their order."""

    connectors: Sequence[Connector]

    @property
    def orders(self) -> Orders:
        """Raises: ToolUnavailable."""
        return _Orders(self._serving("orders"))

    @property
    def invoices(self) -> Invoices:
        """Raises: ToolUnavailable."""
        return _Invoices(self._serving("invoices"))

    @property
    def stock(self) -> Stock:
        """Raises: ToolUnavailable."""
        return _Stock(self._serving("stock"))

    @property
    def appointments(self) -> Appointments:
        """Raises: ToolUnavailable."""
        return _Appointments(self._serving("appointments"))

    @property
    def profiles(self) -> Profiles:
        """Raises: ToolUnavailable."""
        return _Profiles(self._serving("profiles"))

    @property
    def tickets(self) -> Tickets:
        """Raises: ToolUnavailable."""
        return _Tickets(self._serving("tickets"))

    def honours_keys(self, part: str) -> bool:
        """Whether the service behind a part knows idempotency keys."""
        return self._serving(part).settings.idempotency_header is not None

    def _serving(self, part: str) -> Connector:
        for connector in self.connectors:
            if part in connector.settings.parts():
                return connector
        raise ToolUnavailable("This company has not connected the system that knows this.")

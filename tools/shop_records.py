"""What a tenant's own systems tell about a contact, in our words; each record names its owner.

Whatever comes from outside is checked here: short texts, known currencies, times with their zone.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

MAX_RECORDS = 50  # that one answer of a service may hold


def _one_line(text: str) -> str:
    """Without line breaks and control characters: a record's field is no place for a message."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _as_text(given: object) -> object:
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_one_line)]
Key = Annotated[
    str,
    BeforeValidator(_as_text),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(_one_line),
]
Amount = Annotated[Decimal, Field(max_digits=14, decimal_places=4)]
Currency = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{3}$")]


class Record(BaseModel):
    """One record of a service; what it holds beyond our fields is not read."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class OrderItem(Record):
    name: Line
    quantity: int = Field(default=1, ge=0, le=1_000_000)
    code: Line = ""


class OrderEvent(Record):
    status: Line
    at: datetime


class Order(Record):
    """An order of `owner`, the contact's id in the tenant's system."""

    number: Key
    owner: Key
    status: Line
    placed_at: datetime
    total: Amount | None = None
    currency: Currency | None = None
    items: list[OrderItem] = Field(default_factory=list[OrderItem], max_length=MAX_RECORDS)
    expected_on: date | None = None
    carrier: Line = ""
    tracking: Line = ""
    history: list[OrderEvent] = Field(default_factory=list[OrderEvent], max_length=MAX_RECORDS)


class Invoice(Record):
    """An invoice of `owner`; `paid_at` is None while it is open."""

    number: Key
    owner: Key
    status: Line
    amount: Amount
    currency: Currency
    issued_on: date
    due_on: date | None = None
    paid_at: datetime | None = None
    method: Line = ""
    order_number: Annotated[Line, BeforeValidator(_as_text)] = ""


class StockLevel(Record):
    """How much of a product there is; it belongs to nobody."""

    code: Key
    name: Line
    available: int = Field(ge=0, le=1_000_000_000)
    restock_on: date | None = None
    place: Line = ""


class Appointment(Record):
    appointment_id: Key
    owner: Key
    title: Line
    starts_at: datetime
    status: Line = "booked"
    place: Line = ""


class Slot(Record):
    """A time that is free; it belongs to nobody."""

    slot_id: Key
    title: Line
    starts_at: datetime
    place: Line = ""


class Profile(Record):
    owner: Key
    name: Line
    email: Line = ""
    phone: Line = ""
    address: Line = ""
    member_since: date | None = None
    level: Line = ""


class Done(Record):
    """What a service did: `reference` is its own name for it, `amount` for refunds.

    `is_repeat`: the service had done it before under the same key.
    """

    reference: Key
    status: Line
    amount: Amount | None = None
    currency: Currency | None = None
    is_repeat: bool = False

"""How a tenant's own service is called, as data: address, way of signing in, paths and field names.

A path, a query or a body holds `{name}` where a value of the operation goes; `fields` says for our name
of a field where it stands in the service's answer (`customer.id`, `lines.0.sku`).
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tools.shop_records import (
    Appointment,
    Done,
    Invoice,
    Order,
    OrderEvent,
    OrderItem,
    Profile,
    Record,
    Slot,
    StockLevel,
)

MAX_OPERATIONS = 20
MAX_CHARS = 30_000
PLACE = re.compile(r"\{([a-z_]+)\}")
_HEADER = r"^[A-Za-z0-9-]{1,60}$"
FORBIDDEN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection"})

Part = Literal["orders", "invoices", "stock", "appointments", "profiles", "tickets"]


@dataclass(frozen=True, slots=True)
class OperationKind:
    """What is known of an operation before any service is."""

    part: Part
    takes: frozenset[str]
    gives: type[Record]
    is_list: bool = False
    has_effect: bool = False

    @property
    def is_owned(self) -> bool:
        """Whether what it gives belongs to one contact."""
        return "owner" in self.gives.model_fields


def _kind(part: Part, takes: str, gives: type[Record], **more: bool) -> OperationKind:
    return OperationKind(part, frozenset(takes.split()), gives, **more)


KINDS: Mapping[str, OperationKind] = {
    "order": _kind("orders", "owner number", Order),
    "orders": _kind("orders", "owner limit", Order, is_list=True),
    "refund": _kind("orders", "owner number amount currency reason", Done, has_effect=True),
    "cancel_order": _kind("orders", "owner number reason", Done, has_effect=True),
    "invoice": _kind("invoices", "owner number", Invoice),
    "invoices": _kind("invoices", "owner limit", Invoice, is_list=True),
    "stock": _kind("stock", "product limit", StockLevel, is_list=True),
    "appointments": _kind("appointments", "owner limit", Appointment, is_list=True),
    "slots": _kind("appointments", "title limit", Slot, is_list=True),
    "reschedule": _kind("appointments", "owner appointment_id slot_id", Done, has_effect=True),
    "cancel_appointment": _kind("appointments", "owner appointment_id reason", Done, has_effect=True),
    "profile": _kind("profiles", "owner", Profile),
    "open_ticket": _kind("tickets", "owner subject text", Done, has_effect=True),
}  # fmt: skip
NESTED: Mapping[str, type[Record]] = {"items": OrderItem, "history": OrderEvent}

_Path = Annotated[str, StringConstraints(pattern=r"^/[^\s?#\\]*$", max_length=500)]
Where = Annotated[str, StringConstraints(pattern=r"^[^\s.]+(\.[^\s.]+)*$", max_length=200)]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
_Text = Annotated[str, StringConstraints(max_length=300)]
_Header = Annotated[str, StringConstraints(pattern=_HEADER)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Auth(_Part):
    """How a call shows who calls; the secret itself is kept apart, sealed."""

    kind: Literal["none", "bearer", "header", "basic"] = "none"
    header: _Header = "x-api-key"
    user: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^:\r\n]*$")] = ""

    @model_validator(mode="after")
    def _is_a_header_of_theirs(self) -> Self:
        if self.header.lower() in FORBIDDEN_HEADERS:
            raise ValueError(f"the header {self.header!r} is not one to sign in with")
        return self


class Operation(_Part):
    """One call: what is sent, and where our fields stand in what comes back."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: _Path
    query: dict[_Text, _Text] = Field(default_factory=dict[str, str], max_length=20)
    body: dict[_Text, Any] | None = None
    items: Where | None = Field(default=None, description="Where the list stands in the answer.")
    fields: dict[_Name, Where] = Field(default_factory=dict[str, str], max_length=30)
    nested: dict[_Name, dict[_Name, Where]] = Field(
        default_factory=dict[str, dict[str, str]],
        max_length=2,
        description="The same for `items` and `history` of an order.",
    )
    values: dict[_Name, dict[_Text, _Text]] = Field(
        default_factory=dict[str, dict[str, str]],
        max_length=10,
        description="How a field's values are told: `{status: {IN_TRANSIT: on its way}}`.",
    )
    checks_owner: bool = Field(
        default=False,
        description="The service itself shows nothing but the owner's, and does not name the owner.",
    )

    def places(self) -> set[str]:
        """The values that a call is made with."""
        return set(PLACE.findall("\n".join([self.path, *self.query.values(), *_texts(self.body)])))


class ServiceSettings(_Part):
    """How a service is reached: where it is, how to sign in, how long to wait."""

    base_url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
    auth: Auth = Field(default_factory=Auth)
    headers: dict[_Header, _Text] = Field(default_factory=dict[str, str], max_length=10)
    timeout_seconds: float = Field(default=5, ge=0.2, le=20)
    idempotency_header: _Header | None = Field(
        default=None,
        description="The header by which the service knows a repeat; null where it knows none.",
    )

    @model_validator(mode="after")
    def _can_be_called(self) -> Self:
        if self.base_url.rstrip("/").count("?") or "#" in self.base_url:
            raise ValueError("base_url: without a query and without a fragment")
        if any(name.lower() in FORBIDDEN_HEADERS for name in self.headers):
            raise ValueError("headers: these are not for you to set")
        return self

    def signed(self, secret: str) -> dict[str, str]:
        """The headers of every call, with what shows who calls."""
        headers = dict(self.headers)
        match self.auth.kind:
            case "bearer":
                headers["authorization"] = f"Bearer {secret}"
            case "header":
                headers[self.auth.header] = secret
            case "basic":
                pair = base64.b64encode(f"{self.auth.user}:{secret}".encode()).decode()
                headers["authorization"] = f"Basic {pair}"
            case _:
                pass
        return headers


class ConnectorSettings(ServiceSettings):
    """A service and what it can do for the tenant's contacts."""

    operations: dict[_Name, Operation] = Field(min_length=1, max_length=MAX_OPERATIONS)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name, operation in self.operations.items():
            _check(name, operation)
        if len(self.model_dump_json()) > MAX_CHARS:
            raise ValueError(f"at most {MAX_CHARS} characters together")
        return self

    def parts(self) -> set[str]:
        """What it serves of a shop."""
        return {KINDS[name].part for name in self.operations}


def _check(name: str, operation: Operation) -> None:
    """Raises: ValueError where an operation is none of ours, or cannot work."""
    kind = KINDS.get(name)
    if kind is None:
        raise ValueError(f"operations: {name!r} is none of {', '.join(KINDS)}")
    unknown = operation.places() - kind.takes
    if unknown:
        raise ValueError(f"{name}: {{{min(unknown)}}} is none of {', '.join(sorted(kind.takes))}")
    wrong = operation.fields.keys() - kind.gives.model_fields.keys()
    if wrong:
        known = ", ".join(kind.gives.model_fields)
        raise ValueError(f"{name}: fields: {min(wrong)!r} is none of {known}")
    for field, inner in operation.nested.items():
        if field not in NESTED or field not in kind.gives.model_fields:
            raise ValueError(f"{name}: nested: {field!r} holds no records")
        if inner.keys() - NESTED[field].model_fields.keys():
            raise ValueError(f"{name}: nested: {field} has no such fields")
    if kind.has_effect and operation.method == "GET":
        raise ValueError(f"{name}: what has an effect is not asked for with GET")
    if operation.checks_owner and "owner" not in operation.places():
        raise ValueError(f"{name}: checks_owner: then {{owner}} must be sent along")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for member in value.values() for text in _texts(member)]
    if isinstance(value, list):
        return [text for member in value for text in _texts(member)]
    return []

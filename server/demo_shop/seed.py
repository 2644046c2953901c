"""What the demo shop's books begin with: two customers and what they ordered, around today."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

CUSTOMERS = ("demo-alma", "demo-bo")

SCHEMA = """
create table if not exists customers (
    id text primary key, name text, email text, phone text, address text, since text, level text);
create table if not exists orders (
    id text primary key, customer text not null, created text not null, doc text not null);
create table if not exists invoices (
    id text primary key, customer text not null, "order" text, state text, sum real, currency text,
    issued text, due text, paid text, method text);
create table if not exists stock (
    sku text primary key, name text not null, available integer not null, restock text);
create table if not exists appointments (
    id text primary key, customer text not null, title text, starts text not null, state text);
create table if not exists slots (
    id text primary key, title text, starts text not null, taken integer not null default 0);
create table if not exists effects (
    number integer primary key, kind text, customer text, thing text, key text unique, form text,
    answer text);
"""

_STOCK = (
    ("HC-1001", "Skagen city bike", 7, None),
    ("HC-1002", "Tern city bike", 0, 9),
    ("HC-2001", "Eider electric bike", 3, None),
    ("HC-2002", "Pelican electric cargo bike", 1, None),
    ("HC-3001", "Sandpiper gravel bike", 0, 21),
    ("HC-4001", "Kelp urban helmet", 24, None),
    ("HC-4002", "Shell kids' helmet", 11, None),
    ("HC-5001", "Anchor chain lock", 15, None),
    ("HC-5002", "Cleat folding lock", 0, 5),
    ("HC-5003", "Buoy frame lock", 32, None),
    ("HC-6001", "Beacon front light", 40, None),
    ("HC-6002", "Ember rear light", 38, None),
    ("HC-7001", "Dinghy trailer for two children", 2, None),
)
# number, customer, days ago, state, expected in days, items (sku, quantity, price)
_ORDERS: tuple[tuple[str, str, int, str, int | None, tuple[tuple[str, int, float], ...]], ...] = (
    ("1042", "demo-alma", 3, "shipped", 2, (("HC-4001", 1, 69.0), ("HC-6002", 1, 29.0))),
    ("1037", "demo-alma", 21, "delivered", None, (("HC-5001", 1, 89.0),)),
    ("1051", "demo-alma", 0, "paid", 6, (("HC-6001", 2, 49.0),)),
    ("1018", "demo-alma", 64, "delivered", None, (("HC-1002", 1, 529.0),)),
    ("2001", "demo-bo", 5, "shipped", 1, (("HC-5003", 2, 35.0),)),
    ("2002", "demo-bo", 1, "placed", 8, (("HC-2001", 1, 2390.0),)),
)
_STEPS = ("placed", "paid", "packed", "shipped", "delivered")


def seeded(now: datetime) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Statements with their rows."""
    yield (
        "insert into customers values (?, ?, ?, ?, ?, ?, ?)",
        [
            ("demo-alma", "Alma Demo", "alma@harbour-cycles.example", "+45 00 00 00 01",
             "Example Street 1, 2100 Copenhagen", "2023-04-12", "silver"),
            ("demo-bo", "Bo Demo", "bo@harbour-cycles.example", "+45 00 00 00 02",
             "Example Street 2, 8000 Aarhus", "2025-01-30", "standard"),
        ],
    )  # fmt: skip
    yield (
        "insert into stock values (?, ?, ?, ?)",
        [(sku, name, n, _day(now, days) if days else None) for sku, name, n, days in _STOCK],
    )
    orders = [_order(now, *one) for one in _ORDERS]
    yield (
        "insert into orders values (?, ?, ?, ?)",
        [(o["id"], o["customer"], o["created"], json.dumps(o)) for o in orders],
    )
    yield (
        "insert into invoices values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_invoice(o) for o in orders],
    )
    yield (
        "insert into appointments values (?, ?, ?, ?, 'booked')",
        [
            ("A-301", "demo-alma", "Small service", _at(now, 4, 10)),
            ("A-302", "demo-bo", "Electric bike service", _at(now, 6, 14)),
        ],
    )
    yield (
        "insert into slots (id, title, starts) values (?, ?, ?)",
        [
            (f"S-{day:02}{hour:02}", "Workshop", _at(now, day, hour))
            for day in (1, 2, 3, 7)
            for hour in (9, 13, 15)
        ],
    )


def _order(
    now: datetime,
    number: str,
    customer: str,
    days_ago: int,
    state: str,
    expected: int | None,
    items: tuple[tuple[str, int, float], ...],
) -> dict[str, Any]:
    names = {sku: name for sku, name, *_ in _STOCK}
    created = now - timedelta(days=days_ago, hours=1)
    passed = _STEPS[: _STEPS.index(state) + 1]
    return {
        "id": number,
        "customer": customer,
        "state": state,
        "created": created.isoformat(),
        "sum": sum(n * price for _, n, price in items),
        "currency": "EUR",
        "lines": [{"sku": sku, "title": names[sku], "qty": n} for sku, n, _ in items],
        "eta": _day(now, expected) if expected is not None else None,
        "shipping": {"carrier": "Fjord Parcel", "code": f"FP{number}77"}
        if state in ("shipped", "delivered")
        else {},
        "log": [
            {"state": step, "time": (created + timedelta(minutes=7 * i)).isoformat()}
            for i, step in enumerate(passed)
        ],
    }


def _invoice(order: dict[str, Any]) -> tuple[Any, ...]:
    issued = datetime.fromisoformat(order["created"])
    paid = None if order["state"] == "placed" else issued + timedelta(minutes=9)
    return (
        f"INV-{order['id']}", order["customer"], order["id"], "paid" if paid else "open",
        order["sum"], "EUR", issued.date().isoformat(),
        (issued + timedelta(days=14)).date().isoformat(), paid.isoformat() if paid else None,
        "card" if paid else "bank transfer",
    )  # fmt: skip


def _day(now: datetime, days: int) -> str:
    return (now + timedelta(days=days)).date().isoformat()


def _at(now: datetime, days: int, hour: int) -> str:
    when = now + timedelta(days=days)
    return when.replace(hour=hour, minute=0, second=0, microsecond=0).isoformat()

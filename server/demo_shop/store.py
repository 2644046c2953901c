"""The demo shop's own books in one SQLite file: the company behind the first demo tenant, in small.

It is a program apart, as a tenant's own would be; Frontdesk reads it over the wire alone. Everything
in it is invented. An effect under a key that was seen before gives the first answer again.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from server.demo_shop.seed import SCHEMA, seeded

Row = dict[str, Any]


class Refused(Exception):
    """The shop's rules say no; `status` and `detail` are what it answers."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass(frozen=True, slots=True)
class Asked:
    """One effect: what it is, for whom, with which body, under which key ("" for none)."""

    kind: str
    customer: str
    thing: str
    body: Row
    key: str

    def form(self) -> str:
        """What makes two requests the same."""
        return json.dumps([self.kind, self.customer, self.thing, self.body], sort_keys=True)


class Store:
    """The books; one thread at a time."""

    def __init__(self, file: Path | None, *, now: datetime | None = None) -> None:
        self._db = sqlite3.connect(file or ":memory:", check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(SCHEMA)
        if not self._all("select 1 from customers"):
            with self._db:
                for statement, rows in seeded(now or datetime.now(UTC)):
                    self._db.executemany(statement, rows)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def customer(self, customer: str) -> Row | None:
        """A customer's account."""
        return self._one("select * from customers where id = ?", customer)

    def orders(self, customer: str, limit: int) -> list[Row]:
        """A customer's orders, newest first."""
        found = self._all(
            "select doc from orders where customer = ? order by created desc limit ?",
            customer,
            limit,
        )
        return [json.loads(row["doc"]) for row in found]

    def order(self, customer: str, number: str) -> Row | None:
        """One order, if it is this customer's."""
        row = self._one("select doc from orders where customer = ? and id = ?", customer, number)
        return json.loads(row["doc"]) if row else None

    def invoices(self, customer: str, limit: int) -> list[Row]:
        """A customer's invoices, newest first."""
        return self._all(
            "select * from invoices where customer = ? order by issued desc limit ?",
            customer,
            limit,
        )

    def invoice(self, customer: str, number: str) -> Row | None:
        """One invoice, if it is this customer's."""
        return self._one("select * from invoices where customer = ? and id = ?", customer, number)

    def stock(self, asked: str, limit: int) -> list[Row]:
        """Products whose code is asked for, or whose name has all the words, or else most of them."""
        words = {word.strip("?!.,").rstrip("s") for word in asked.lower().split()} - {""}
        rated: list[tuple[float, Row]] = []
        for row in self._all("select * from stock order by sku"):
            if row["sku"].lower() == asked.strip().lower():
                return [row]
            name = {word.rstrip("s") for word in row["name"].lower().split()}
            if words & name:
                rated.append((len(words & name) / len(words), row))
        best = max((share for share, _ in rated), default=0.0)
        return [row for share, row in rated if share == best and share >= 0.5][:limit]

    def appointments(self, customer: str, limit: int) -> list[Row]:
        """A customer's appointments that are booked, the next one first."""
        return self._all(
            """
            select * from appointments
             where customer = ? and state = 'booked' order by starts limit ?
            """,
            customer,
            limit,
        )

    def slots(self, limit: int) -> list[Row]:
        """The workshop's free times."""
        return self._all("select * from slots where taken = 0 order by starts limit ?", limit)

    def effects(self) -> list[Row]:
        """Everything that was done, in order."""
        return self._all("select number, kind, customer, thing, key, answer from effects")

    def do(self, asked: Asked) -> Row:
        """Have it done, once for its key. Raises: Refused."""
        act: Callable[[Asked], Row] = {
            "refund": self._refund,
            "cancel_order": self._cancel_order,
            "move": self._move,
            "cancel_appointment": self._cancel_appointment,
            "ticket": self._ticket,
        }[asked.kind]
        with self._db:
            self._db.execute("begin immediate")
            if asked.key:
                known = self._one("select form, answer from effects where key = ?", asked.key)
                if known is not None and known["form"] != asked.form():
                    raise Refused(422, "this key was used for something else")
                if known is not None:
                    return json.loads(known["answer"]) | {"repeat": True}
            number = len(self._all("select 1 from effects")) + 1
            answer = {"reference": f"{asked.kind.upper()[:3]}-{number:05}"} | act(asked)
            self._db.execute(
                """
                insert into effects (number, kind, customer, thing, key, form, answer)
                values (?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    number,
                    asked.kind,
                    asked.customer,
                    asked.thing,
                    asked.key or None,
                    asked.form(),
                    json.dumps(answer),
                ),
            )
        return answer

    def _refund(self, asked: Asked) -> Row:
        order = self._theirs(asked)
        try:
            amount = round(float(asked.body.get("amount", 0)), 2)
        except (TypeError, ValueError):
            raise Refused(422, "amount: not a number") from None
        if asked.body.get("currency") != order["currency"]:
            raise Refused(422, f"the order was paid in {order['currency']}")
        given = round(order.get("refunded", 0.0), 2)
        if not 0 < amount <= round(order["sum"] - given, 2):
            raise Refused(409, f"at most {order['sum'] - given:.2f} can be refunded")
        order["refunded"] = given + amount
        if order["refunded"] >= order["sum"]:
            self._log(order, "refunded")
        self._keep(order)
        return {"state": "refunded", "amount": amount, "currency": order["currency"]}

    def _cancel_order(self, asked: Asked) -> Row:
        order = self._theirs(asked)
        if order["state"] not in ("placed", "paid"):
            raise Refused(409, f"an order that is {order['state']} cannot be cancelled")
        self._log(order, "cancelled")
        self._keep(order)
        return {"state": "cancelled"}

    def _move(self, asked: Asked) -> Row:
        self._booked(asked)
        slot = self._one(
            "select * from slots where id = ? and taken = 0", str(asked.body.get("slot", ""))
        )
        if slot is None:
            raise Refused(409, "that time is not free")
        self._db.execute("update slots set taken = 1 where id = ?", (slot["id"],))
        self._db.execute(
            "update appointments set starts = ? where id = ?", (slot["starts"], asked.thing)
        )
        return {"state": "moved"}

    def _cancel_appointment(self, asked: Asked) -> Row:
        self._booked(asked)
        self._db.execute("update appointments set state = 'cancelled' where id = ?", (asked.thing,))
        return {"state": "cancelled"}

    def _ticket(self, asked: Asked) -> Row:
        if not str(asked.body.get("subject", "")).strip():
            raise Refused(422, "subject: say what it is about")
        return {"state": "open"}

    def _theirs(self, asked: Asked) -> Row:
        order = self.order(asked.customer, asked.thing)
        if order is None:
            raise Refused(404, "no such order")
        return order

    def _booked(self, asked: Asked) -> None:
        one = self._one(
            "select 1 from appointments where customer = ? and id = ? and state = 'booked'",
            asked.customer,
            asked.thing,
        )
        if one is None:
            raise Refused(404, "no such appointment")

    def _log(self, order: Row, state: str) -> None:
        order["state"] = state
        order["log"].append({"state": state, "time": datetime.now(UTC).isoformat()})

    def _keep(self, order: Row) -> None:
        self._db.execute("update orders set doc = ? where id = ?", (json.dumps(order), order["id"]))

    def _all(self, query: str, *given: object) -> list[Row]:
        return [dict(row) for row in self._db.execute(query, given).fetchall()]

    def _one(self, query: str, *given: object) -> Row | None:
        return next(iter(self._all(query, *given)), None)

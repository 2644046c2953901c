"""The demo shop's connector, as a tenant would write it: where things stand in the service's answers."""

from typing import Any

_ORDER: dict[str, Any] = {
    "fields": {
        "number": "id", "owner": "customer", "status": "state", "placed_at": "created",
        "total": "sum", "items": "lines", "expected_on": "eta", "carrier": "shipping.carrier",
        "tracking": "shipping.code", "history": "log",
    },
    "nested": {
        "items": {"name": "title", "quantity": "qty", "code": "sku"},
        "history": {"status": "state", "at": "time"},
    },
}  # fmt: skip
_INVOICE: dict[str, Any] = {
    "fields": {
        "number": "id", "owner": "customer", "status": "state", "amount": "sum",
        "issued_on": "issued", "due_on": "due", "paid_at": "paid", "order_number": "order",
    }
}  # fmt: skip
_DONE: dict[str, Any] = {"fields": {"status": "state", "is_repeat": "repeat"}, "method": "POST"}
_SLOT_FIELDS = {"slot_id": "id", "starts_at": "starts"}
_APPOINTMENT_FIELDS = {
    "appointment_id": "id", "owner": "customer", "starts_at": "starts", "status": "state"
}  # fmt: skip
_HERS = "/customers/{owner}"


def demo_connector(base_url: str, *, knows_keys: bool = True) -> dict[str, Any]:
    """The settings of a connector to the demo shop; without keys it goes to the forgetful door."""
    limit = {"limit": "{limit}"}
    return {
        "base_url": base_url if knows_keys else f"{base_url}/forgetful",
        "auth": {"kind": "bearer"},
        "idempotency_header": "Idempotency-Key" if knows_keys else None,
        "operations": {
            "order": _ORDER | {"path": f"{_HERS}/orders/{{number}}"},
            "orders": _ORDER | {"path": f"{_HERS}/orders", "query": limit, "items": "data"},
            "invoice": _INVOICE | {"path": f"{_HERS}/invoices/{{number}}"},
            "invoices": _INVOICE | {"path": f"{_HERS}/invoices", "query": limit, "items": "data"},
            "stock": {
                "path": "/stock",
                "query": limit | {"q": "{product}"},
                "items": "data",
                "fields": {"code": "sku", "restock_on": "restock"},
            },
            "appointments": {
                "path": f"{_HERS}/appointments",
                "query": limit,
                "items": "data",
                "fields": _APPOINTMENT_FIELDS,
            },
            "slots": {"path": "/slots", "query": limit, "items": "data", "fields": _SLOT_FIELDS},
            "profile": {
                "path": _HERS,
                "fields": {"owner": "id", "member_since": "since"},
            },
            "refund": _DONE
            | {
                "path": f"{_HERS}/orders/{{number}}/refunds",
                "body": {"amount": "{amount}", "currency": "{currency}", "reason": "{reason}"},
            },
            "cancel_order": _DONE
            | {"path": f"{_HERS}/orders/{{number}}/cancel", "body": {"reason": "{reason}"}},
            "reschedule": _DONE
            | {
                "path": f"{_HERS}/appointments/{{appointment_id}}/move",
                "body": {"slot": "{slot_id}"},
            },
            "cancel_appointment": _DONE
            | {
                "path": f"{_HERS}/appointments/{{appointment_id}}/cancel",
                "body": {"reason": "{reason}"},
            },
            "open_ticket": _DONE
            | {
                "path": "/tickets",
                "body": {"customer": "{owner}", "subject": "{subject}", "text": "{text}"},
            },
        },
    }

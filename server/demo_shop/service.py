"""The demo shop's service: a small HTTP server of its own, in a process of its own.

    python -m server.demo_shop.service     with {"token", "file", "port"} as JSON on its first line in

It listens on the loopback alone, says its port on its first line out, and ends when its standard input
does: with whoever started it, however that ends. Below `/forgetful` it knows no idempotency keys.
"""

import json
import os
import re
import sys
import threading
from collections.abc import Callable
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from server.demo_shop.store import Asked, Refused, Row, Store

MAX_BODY_BYTES = 20_000
MAX_LIMIT = 50
READ_SECONDS = 10.0
_CUSTOMER = r"/customers/(?P<customer>[^/]+)"
_READS: tuple[tuple[str, str], ...] = (
    (rf"{_CUSTOMER}", "customer"),
    (rf"{_CUSTOMER}/orders", "orders"),
    (rf"{_CUSTOMER}/orders/(?P<thing>[^/]+)", "order"),
    (rf"{_CUSTOMER}/invoices", "invoices"),
    (rf"{_CUSTOMER}/invoices/(?P<thing>[^/]+)", "invoice"),
    (rf"{_CUSTOMER}/appointments", "appointments"),
    (r"/stock", "stock"),
    (r"/slots", "slots"),
    (r"/effects", "effects"),
)
_EFFECTS: tuple[tuple[str, str], ...] = (
    (rf"{_CUSTOMER}/orders/(?P<thing>[^/]+)/refunds", "refund"),
    (rf"{_CUSTOMER}/orders/(?P<thing>[^/]+)/cancel", "cancel_order"),
    (rf"{_CUSTOMER}/appointments/(?P<thing>[^/]+)/move", "move"),
    (rf"{_CUSTOMER}/appointments/(?P<thing>[^/]+)/cancel", "cancel_appointment"),
    (r"/tickets", "ticket"),
)


class ShopServer(ThreadingHTTPServer):
    """The service over one store; `token` is what callers must bring."""

    daemon_threads = True

    def __init__(self, store: Store, token: str, *, port: int = 0) -> None:
        self.store, self.token = store, token
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = READ_SECONDS
    server: ShopServer  # pyright: ignore[reportIncompatibleVariableOverride]  # narrower

    def do_GET(self) -> None:
        self._answer(self._read)

    def do_POST(self) -> None:
        self._answer(self._effect)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: whoever calls knows what was asked."""

    def _answer(self, act: Callable[[str, dict[str, list[str]]], Any]) -> None:
        told = self.headers.get("authorization", "")
        parts = urlsplit(self.path)
        try:
            if not compare_digest(told.encode(), f"Bearer {self.server.token}".encode()):
                raise Refused(401, "who is calling?")
            with self.server.lock:
                found = act(parts.path, parse_qs(parts.query))
            self._send(200, found)
        except Refused as refusal:
            self._send(refusal.status, {"detail": refusal.detail})

    def _read(self, path: str, query: dict[str, list[str]]) -> Any:
        kind, customer, thing = _matched(_READS, path.removeprefix("/forgetful"))
        store, limit = self.server.store, _limit(query)
        asked = query.get("q", [""])[0]
        reads: dict[str, Callable[[], Any]] = {
            "customer": lambda: store.customer(customer),
            "orders": lambda: {"data": store.orders(customer, limit)},
            "order": lambda: store.order(customer, thing),
            "invoices": lambda: {"data": store.invoices(customer, limit)},
            "invoice": lambda: store.invoice(customer, thing),
            "appointments": lambda: {"data": store.appointments(customer, limit)},
            "stock": lambda: {"data": store.stock(asked, limit)},
            "slots": lambda: {"data": store.slots(limit)},
            "effects": lambda: {"data": store.effects()},
        }
        found = reads[kind]()
        if found is None:
            raise Refused(404, "there is no such thing")
        return found

    def _effect(self, path: str, query: dict[str, list[str]]) -> Row:
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            raise Refused(413, "that is too much")
        try:
            body = json.loads(self.rfile.read(int(length)) or b"{}")
        except ValueError:
            raise Refused(400, "this is no JSON") from None
        if not isinstance(body, dict):
            raise Refused(400, "an object is wanted")
        forgets = path.startswith("/forgetful/")
        kind, customer, thing = _matched(_EFFECTS, path.removeprefix("/forgetful"))
        key = "" if forgets else self.headers.get("idempotency-key", "")
        customer = customer or str(body.get("customer", ""))
        return self.server.store.do(Asked(kind, customer, thing, body, key))

    def _send(self, status: int, found: Any) -> None:
        content = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _matched(known: tuple[tuple[str, str], ...], path: str) -> tuple[str, str, str]:
    for pattern, kind in known:
        found = re.fullmatch(pattern, path)
        if found:
            named = found.groupdict()
            return kind, unquote(named.get("customer") or ""), unquote(named.get("thing") or "")
    raise Refused(404, "there is no such thing")


def _limit(query: dict[str, list[str]]) -> int:
    told = query.get("limit", [""])[0]
    return min(MAX_LIMIT, max(1, int(told))) if told.isdigit() and len(told) < 4 else 20


def main() -> None:
    """Serve until standard input ends."""
    given = json.loads(sys.stdin.readline())
    store = Store(Path(given["file"]) if given.get("file") else None)
    server = ShopServer(store, given["token"], port=int(given.get("port") or 0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # a request under way must not keep it


if __name__ == "__main__":
    main()

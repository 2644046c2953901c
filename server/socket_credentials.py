"""Who opens a WebSocket: a token in the subprotocol list, or a key in the `Authorization` header."""

from fastapi import WebSocket

from server.auth import Caller
from server.errors import OriginDenied
from tenants.errors import Unauthenticated

SUBPROTOCOL = "frontdesk.v1"
_TOKEN = "token."


def secret_of(socket: WebSocket) -> str:
    """What the handshake shows. Raises: Unauthenticated."""
    for offered in socket.scope.get("subprotocols") or []:
        if offered.startswith(_TOKEN):
            return offered.removeprefix(_TOKEN)
    kind, _, secret = socket.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and secret:
        return secret
    raise Unauthenticated("send a token in the subprotocol list, or `Authorization: Bearer <key>`")


def check_origin(socket: WebSocket, caller: Caller) -> None:
    """Raises: OriginDenied where another page uses a tenant's key."""
    origin = socket.headers.get("origin")
    own = origin is None or origin.split("://", 1)[-1] == socket.headers.get("host", "")
    if caller.kind != "contact" and not own:
        raise OriginDenied("a page of another origin may not use a tenant's key")

"""A delivery as the request that carries it: address, bytes and headers, made anew for each try.

The body and the id are the same for every try of a delivery; time and signature are the try's own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tenants.outside.channels import Channel
from tenants.outside.outbox import Claimed
from tools.egress_post import Posted
from tools.webhook_signing import signed_headers


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request, ready to be posted; `named` reads in its answer what the receiver calls it."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    named: Callable[[Posted], str | None] = lambda _posted: None


class ChannelForm(Protocol):
    """What a kind of channel has of its own."""

    def outgoing(
        self, channel: Channel, secrets: Sequence[dict[str, str]], claimed: Claimed, *, now: float
    ) -> Outgoing:
        """The request that carries a reply."""
        ...


def signed(
    url: str,
    secrets: Sequence[str],
    claimed: Claimed,
    *,
    now: float,
    named: Callable[[Posted], str | None] = lambda _posted: None,
) -> Outgoing:
    """A delivery in the form of Standard Webhooks, its id as the idempotency key."""
    body = json.dumps(claimed.body, ensure_ascii=False, separators=(",", ":")).encode()
    key = str(claimed.outbox_id)
    headers = signed_headers(secrets, key, at_seconds=int(now), body=body)
    return Outgoing(
        url, body, headers | {"content-type": "application/json", "idempotency-key": key}, named
    )


def json_of(posted: Posted) -> Any:
    """The answer as JSON, or None."""
    try:
        return json.loads(posted.body)
    except ValueError:
        return None

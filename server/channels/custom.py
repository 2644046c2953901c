"""The custom channel: signed JSON to an address of the tenant's, signed JSON back."""

from collections.abc import Sequence

from server.outside.outgoing import Outgoing, json_of, signed
from tenants.outside.channels import Channel, signing_secrets
from tenants.outside.outbox import Claimed
from tools.egress_post import Posted

MAX_ID_CHARS = 200


class CustomChannel:
    """Replies as Standard Webhooks; the answer may name the message."""

    def outgoing(
        self, channel: Channel, secrets: Sequence[dict[str, str]], claimed: Claimed, *, now: float
    ) -> Outgoing:
        """The request that carries a reply."""
        return signed(channel.url, signing_secrets(secrets), claimed, now=now, named=_named)


def _named(posted: Posted) -> str | None:
    """`external_message_id` of the answer, if it is one line of a reasonable length."""
    told = json_of(posted)
    name = told.get("external_message_id") if isinstance(told, dict) else None
    fits = isinstance(name, str) and 0 < len(name) <= MAX_ID_CHARS and name.isprintable()
    return name if fits else None

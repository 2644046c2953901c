"""What goes over Redis between processes: sealed, bound to its tenant and its conversation.

The sealing says two things: nobody reads with Redis what people say, and what was meant for one
conversation opens in no other one, whatever channel it is put on.
"""

import json

from server.sharing.parts import Part, Place, heard, told
from tenants.errors import Unavailable
from tenants.keys.sealing import Sealer

PURPOSE = "stream-fanout"
PREFIX = "frontdesk"


def channel_of(place: Place) -> str:
    """Where what happens now is published."""
    return f"{PREFIX}:live:{place.tenant_id}:{place.conversation_id}"


def said_of(place: Place) -> str:
    """Where what the running turn has said so far is kept, for a while."""
    return f"{PREFIX}:said:{place.tenant_id}:{place.conversation_id}"


def packed(place: Place, part: Part, sealer: Sealer) -> bytes:
    """The part as it may travel."""
    text = json.dumps(told(part), ensure_ascii=False, separators=(",", ":"))
    return sealer.seal(text, bound_to=channel_of(place))


def unpacked(place: Place, sealed: bytes, sealer: Sealer) -> Part | None:
    """The part; None for what nobody of ours has put there, or was put there for another place."""
    try:
        as_json = json.loads(sealer.open(sealed, bound_to=channel_of(place)))
    except (Unavailable, ValueError):
        return None
    return heard(place, as_json)

"""What a request's label makes of it: an answer from the knowledge, a fixed reply, or a person."""

from collections.abc import Mapping
from typing import Any

KNOWLEDGE: dict[str, Any] = {"type": "knowledge"}


def action_of(label: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is done with the request; the knowledge answers where no label says otherwise."""
    return dict(label["action"]) if label else KNOWLEDGE


def reason_of(label: Mapping[str, Any] | None) -> str | None:
    """Why such a request goes to a person, where its label wants that."""
    action = action_of(label)
    return str(action.get("reason") or "policy") if action["type"] == "hand_off" else None


def is_reply(label: Mapping[str, Any] | None) -> bool:
    """Whether such a request is answered by a fixed text."""
    return action_of(label)["type"] == "reply"

"""What a request's label makes of it: an answer from the knowledge, a fixed reply, or a person."""

from collections.abc import Mapping
from typing import Any

from graphs.context import TurnContext

KNOWLEDGE: dict[str, Any] = {"type": "knowledge"}
KNOWN = 0.5  # the chance from which a request has a label: `python -m evals intents`


def action_of(label: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is done with the request; the knowledge answers where no label says otherwise.

    A forbidden topic rules it even where the tenant has no label for it.
    """
    decides = label is not None and (label["name"] or label.get("ruled"))
    return dict(label["action"]) if label and decides else KNOWLEDGE


def reason_of(label: Mapping[str, Any] | None) -> str | None:
    """Why such a request goes to a person, where its label wants that."""
    action = action_of(label)
    return str(action.get("reason") or "policy") if action["type"] == "hand_off" else None


def is_reply(label: Mapping[str, Any] | None) -> bool:
    """Whether such a request is answered by a fixed text."""
    return action_of(label)["type"] == "reply"


def shown(label: Mapping[str, Any] | None) -> dict[str, str]:
    """The label as a turn's intent shows it; nothing where there is none."""
    return {"label": str(label["name"])} if label and label["name"] else {}


def trust(label: Mapping[str, Any] | None, context: TurnContext) -> float:
    """What the evidence is worth, 0 to 1: less for a request unlike every label's examples, where
    the tenant says that what has none of its labels is hardly in its knowledge.
    """
    if not label or label["name"] or not context.labels.get("doubt_unlabelled"):
        return 1.0
    return min(float(label["confidence"]) / KNOWN, 1.0)

"""What a verified contact ordered and booked lately, looked up before a model writes, where it is needed.

It is what the reading tools give, under the same rights, caches and tapes; a model may lean on it without
choosing a tool first. Small talk, and questions about how things are done, need none of it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from graphs.acting.tool_calls import OfferedTool, ToolCall, ToolOutcome
from graphs.context import TurnContext
from graphs.understanding.following import points_back
from graphs.understanding.spoken_references import asks_manner, references, speaks_of_self
from graphs.words.folding import spans
from tenants.cutting.drafts import count_tokens

RECALL_SECONDS = 1.5
MOST_RECORDS = 3
SHARE = 0.4  # of the budget of what is remembered, at most
_KINDS: Mapping[str, re.Pattern[str]] = {
    "recent_orders": re.compile(
        r"\b(?:orders?|ordered|parcels?|packages?|deliver(?:y|ed)|shipment|shipped|purchases?|bought|bestell\w*|paket\w*"
        r"|liefer\w*|sendung|gekauft|pedidos?|pedí|paquetes?|entrega|envío|compr[aéó]\w*|commandes?|commandé\w*|colis"
        r"|livr\w+|achat\w*|acheté\w*)\b",
        re.IGNORECASE,
    ),
    "my_appointments": re.compile(
        r"\b(?:appointments?|booking|booked|visit|termin\w*|gebucht|buchung|citas?|reserva\w*|rendez-vous|réserv\w*)\b",
        re.IGNORECASE,
    ),
}


def recalls(
    offered: Sequence[OfferedTool],
    context: TurnContext,
    text: str,
    query: str,
    viewed: Sequence[Mapping[str, str]],
    index: int,
) -> list[ToolCall]:
    """The calls that look up what a message is about; none for whoever is not verified."""
    if context.caller.get("identity") != "verified" or not context.caller.get("external_id"):
        return []
    names = {one["name"] for one in offered}
    wanted = [name for name in _KINDS if name in names and _needs(name, text, query, viewed)]
    return [
        ToolCall(
            call_id=f"{index}.r.{n}", name=name, arguments={"limit": MOST_RECORDS}, recalled=True
        )
        for n, name in enumerate(wanted)
    ]


def within_budget(outcome: ToolOutcome, left: int) -> tuple[ToolOutcome, int]:
    """What was looked up as far as it fits, and the tokens that are left; what was cut is counted."""
    value = dict(outcome["value"])
    cut = 0
    for name, rows in value.items():
        if not isinstance(rows, list):
            continue
        kept = list(rows)
        while kept and count_tokens(outcome["text"] + str(value | {name: kept})) > left:
            kept.pop()
        cut += len(rows) - len(kept)
        value[name] = kept
    made: dict[str, Any] = dict(outcome) | {"value": value, "is_recalled": True, "problem": ""}
    if cut:
        made["cut"] = cut
    if count_tokens(outcome["text"]) > left:
        made |= {"text": "", "value": {}, "quote": ""}
    used = count_tokens(str(made["text"]) + str(made["value"])) if made["text"] else 0
    return cast(ToolOutcome, made), max(0, left - used)


def budget_of(state: Mapping[str, Any]) -> int:
    """The tokens that may be spent on it."""
    remembered = state.get("context") or {}
    whole = int(remembered.get("budget_tokens") or 0)
    return max(0, min(int(whole * SHARE), whole - int(remembered.get("tokens") or 0)))


def _needs(name: str, text: str, query: str, viewed: Sequence[Mapping[str, str]]) -> bool:
    """Whether the words are about such a thing of the contact's own."""
    if asks_manner(text):
        return False
    kind = "order" if name == "recent_orders" else "appointment"
    if points_back([word.plain for word in spans(text)]):
        return any(one["kind"] == kind for one in viewed)
    if not _KINDS[name].search(query):
        return False
    return speaks_of_self(text) or bool(references(text))

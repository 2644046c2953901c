"""Keep what the next turn needs and no more, so that a turn's cost does not grow."""

import re

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from graphs.context import TurnContext
from graphs.state import ConversationState, StateUpdate

KEPT_MESSAGES = 8
MAX_MESSAGE_CHARS = 1_000
MAX_SUMMARY_CHARS = 900
MAX_LINE_CHARS = 140
MAX_FACTS = 10
_FACT = re.compile(
    r"\b(?:my name is|i am called|ich heiße|mein name ist|me llamo|je m['’]appelle)\s+[\w'’-]+(?:\s+[A-Z][\w'’-]+)?"
    r"|\b(?:order|booking|invoice|ticket|bestellung|pedido|commande)\s*(?:number|no\.?|nummer|#|n[°º])?\s*:?\s*[A-Z]{0,4}-?\d[\w-]{3,20}",
    re.IGNORECASE,
)


async def remember(state: ConversationState, runtime: Runtime[TurnContext]) -> StateUpdate:
    """Cut the messages to the last few; older ones leave a line each in a bounded summary."""
    messages = list(state.get("messages") or [])
    old, kept = messages[:-KEPT_MESSAGES], messages[-KEPT_MESSAGES:]
    update: StateUpdate = {"handoff": {}}
    if old:
        update["summary"] = _summary(state.get("summary", ""), old)
    facts = _facts(state.get("key_facts") or [], messages)
    if facts != (state.get("key_facts") or []):
        update["key_facts"] = facts
    short = [_clipped(m) for m in kept]
    if old or short != kept:
        update["messages"] = Overwrite(short)
    return update


def _summary(before: str, old: list[AnyMessage]) -> str:
    lines = before.splitlines() + [_line(m) for m in old if m.text.strip()]
    while lines and sum(len(line) + 1 for line in lines) > MAX_SUMMARY_CHARS:
        lines.pop(0)
    return "\n".join(lines)


def _line(message: AnyMessage) -> str:
    author = "contact" if message.type == "human" else message.name or "assistant"
    text = " ".join(message.text.split())
    return f"{author}: {text if len(text) <= MAX_LINE_CHARS else text[:MAX_LINE_CHARS] + '…'}"


def _facts(known: list[str], messages: list[AnyMessage]) -> list[str]:
    said = [m[0] for msg in messages if msg.type == "human" for m in _FACT.finditer(msg.text)]
    return list(dict.fromkeys([*known, *(s[:120] for s in said)]))[-MAX_FACTS:]


def _clipped(message: AnyMessage) -> AnyMessage:
    if len(message.text) <= MAX_MESSAGE_CHARS:
        return message
    text = message.text[:MAX_MESSAGE_CHARS] + "…"
    kind = HumanMessage if message.type == "human" else AIMessage
    return kind(text, id=message.id, name=message.name)

"""Keep what the next turn needs and no more, so that a turn's cost does not grow."""

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from graphs.acting.viewed import MOST_VIEWED
from graphs.context import TurnContext
from graphs.state import ConversationState, StateUpdate, SummaryLine, resolutions_in_order

KEPT_MESSAGES = 8
MAX_MESSAGE_CHARS = 1_000
MAX_SUMMARY_CHARS = 900
MAX_LINE_CHARS = 140
MAX_ENTITIES = 10
MAX_ENTITY_CHARS = 120


async def remember(state: ConversationState, runtime: Runtime[TurnContext]) -> StateUpdate:
    """Cut the messages to the last few; older ones leave a line each in a bounded summary.

    What a forgotten fact was told in leaves the summary too. `entities` are what answers leant on.
    """
    forgotten = set(runtime.context.memory.get("forgotten") or [])
    messages = list(state.get("messages") or [])
    old, kept = messages[:-KEPT_MESSAGES], messages[-KEPT_MESSAGES:]
    update: StateUpdate = {"handoff": {}}
    held = state.get("summary_lines") or _of_text(state.get("summary", ""))
    lines = _bounded([*held, *(_line(m) for m in old if m.text.strip())], forgotten)
    if lines != held or (lines and "summary_lines" not in state):
        update["summary_lines"] = lines
        update["summary"] = "\n".join(line["text"] for line in lines)
    if entities := _entities(state):
        update |= {"entities": entities, "last_viewed": entities[-1]}
    if viewed := [one for r in resolutions_in_order(state) for one in r.get("viewed") or []]:
        kinds = {one["kind"] for one in viewed}
        earlier = [one for one in state.get("viewed") or [] if one["kind"] not in kinds]
        update["viewed"] = [*viewed, *earlier][:MOST_VIEWED]
    short = [_clipped(m) for m in kept]
    if old or short != kept:
        update["messages"] = Overwrite(short)
    return update


def _bounded(lines: list[SummaryLine], forgotten: set[str]) -> list[SummaryLine]:
    """The newest lines that fit."""
    kept = [line for line in lines if line["message_id"] not in forgotten]
    while kept and sum(len(line["text"]) + 1 for line in kept) > MAX_SUMMARY_CHARS:
        kept.pop(0)
    return kept


def _of_text(summary: str) -> list[SummaryLine]:
    """The lines of a conversation from before they knew their messages."""
    return [SummaryLine(message_id="", text=line) for line in summary.splitlines()]


def _line(message: AnyMessage) -> SummaryLine:
    author = "contact" if message.type == "human" else message.name or "assistant"
    text = " ".join(message.text.split())
    text = text if len(text) <= MAX_LINE_CHARS else text[:MAX_LINE_CHARS] + "…"
    return SummaryLine(message_id=str(message.id or ""), text=f"{author}: {text}")


def _entities(state: ConversationState) -> list[str]:
    """The titles that this turn's answers lean on, behind the earlier ones; empty for none new."""
    cited = [c["title"] for r in resolutions_in_order(state) if r["answer"] for c in r["citations"]]
    new = [title[:MAX_ENTITY_CHARS] for title in dict.fromkeys(cited) if title]
    if not new:
        return []
    earlier = [one for one in state.get("entities") or [] if one not in new]
    return [*earlier, *new][-MAX_ENTITIES:]


def _clipped(message: AnyMessage) -> AnyMessage:
    if len(message.text) <= MAX_MESSAGE_CHARS:
        return message
    text = message.text[:MAX_MESSAGE_CHARS] + "…"
    kind = HumanMessage if message.type == "human" else AIMessage
    return kind(text, id=message.id, name=message.name)

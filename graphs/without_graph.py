"""Ends of turns that no graph runs to its end: their time is over, or their version is not here.

The conversation goes to a person, in words of ours, under an interrupt of no graph.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphs.context import TurnContext
from graphs.deciding import promises
from graphs.deciding.handoff_folder import MAX_FALLBACK_CHARS, drafts
from graphs.live import BETWEEN, LiveReply
from graphs.nodes.update_knowledge import worth_learning
from graphs.ports import Desk
from graphs.words.phrases import phrase
from tenants.finding.languages import detect
from tenants.ids import new_id
from tenants.running.turn_ends import OpenedHandoff, TurnEnd

_NO_GRAPH = "none:"


@dataclass(frozen=True, slots=True)
class AlreadyShown:
    """What a reader has seen of an answer that will never be finished."""

    text: str = ""
    sources: Sequence[dict[str, Any]] = field(default_factory=tuple[dict[str, Any], ...])


def is_of_no_graph(interrupt_id: str) -> bool:
    """Whether a handoff was opened by one of these ends, so that no graph waits for it."""
    return interrupt_id.startswith(_NO_GRAPH)


def overdue(
    context: TurnContext, asked: Sequence[str], shown: AlreadyShown, *, graph_version: str
) -> TurnEnd:
    """The end of a message's turn whose time is over: what was shown stays, a person goes on."""
    text = "\n".join(asked)[:MAX_FALLBACK_CHARS]
    language = context.locale or detect(text, "")
    absence = promises.absence(context, language) if context.hands_off else None
    words = phrase("overdue" if context.hands_off else "overdue_alone", language)
    if absence is not None:
        words = f"{words} {absence.promise}"
    gap = "" if not shown.text or shown.text.endswith(BETWEEN) else BETWEEN
    reply = _reply(f"{shown.text}{gap}{words}")
    told: dict[str, Any] = {
        "reply": reply,
        "intents": [
            {
                "text": text,
                "status": "handed_off" if context.hands_off else "open",
                "confidence": None,
            }
        ],
        "citations": list(shown.sources),
        "reason": "deadline",
        "language": language or None,
        "knowledge_versions": dict(context.knowledge),
        "assistant_revision": context.assistant_revision or None,
        "graph_version": graph_version,
        "heard": len(asked),
    }
    if not context.hands_off:
        return TurnEnd(status="completed", decision="deliver", **told)
    folder = {
        "reason": "deadline",
        "priority": "normal",
        "open_intents": [{"text": text, "query": text}],
        "answered": [],
        "summary": "",
        "recent": [{"author": "contact", "text": one} for one in asked],
        "tried": [],
        "passages": [],
        "drafts": drafts((), language),
        "language": language,
        "replied": {"message_id": reply["message_id"], "text": reply["content"][0]["text"]},
    }
    if absence is not None:
        folder["promised"] = {"text": absence.promise, "opens_at": absence.opens_at or None}
    return TurnEnd(
        status="waiting_for_operator",
        decision="hand_off",
        handoff=_handoff(context, "deadline", folder),
        **told,
    )


async def unknown_version(
    desk: Desk, context: TurnContext, version: str, handoff_id: str | None, live: LiveReply
) -> TurnEnd:
    """The end of a turn whose graph is not here: a person takes over, in words of ours.

    The handoff that this opened is resumed without a graph: what was said is still learnt.
    """
    if handoff_id is None:
        words = phrase("hand_off", context.locale, brand=context.brand)
        live.finish(words)
        folder = {"reason": "unknown_version", "open_intents": [], "passages": [], "drafts": []}
        return TurnEnd(
            status="waiting_for_operator",
            reply=_reply(words),
            handoff=_handoff(context, "unknown_version", folder),
            decision="hand_off",
            reason="unknown_version",
            graph_version=version,
        )
    resolution = await desk.resolution(UUID(context.tenant_id), UUID(handoff_id))
    entry = worth_learning(resolution, [])
    learnt = None
    if entry is not None:
        learnt = await desk.learn(
            UUID(context.tenant_id), UUID(handoff_id), entry["question"], entry["answer"]
        )
    return TurnEnd(status="completed", learnt=learnt, decision="deliver", graph_version=version)


def _reply(text: str) -> dict[str, Any]:
    return {"message_id": str(new_id()), "content": [{"type": "text", "text": text}]}


def _handoff(context: TurnContext, reason: str, folder: dict[str, Any]) -> OpenedHandoff:
    return OpenedHandoff(f"{_NO_GRAPH}{context.turn_id}", reason, folder)

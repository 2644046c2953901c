"""An answer without a conversation: under the turn's clock, in a turn's shape, kept only as usage."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog

from graphs.asking.turn_clock import turn_clock
from graphs.context import TurnContext
from graphs.knowing.answering import answer_once
from graphs.knowing.turn_searches import turn_searches
from graphs.run import Watch
from graphs.support import GRAPH_VERSION, Machine
from graphs.without_graph import AlreadyShown, overdue
from tenants.database.connection import Pool, tenant_transaction
from tenants.running import turn_ends, usage
from tenants.running.turn_ends import TurnEnd
from tenants.running.usage import Usage

log = structlog.get_logger()
STOPPING_SECONDS = 2.0  # a run that does not stop by then is left behind: nobody reads it any more


async def unkept_answer(
    pool: Pool,
    machine: Machine,
    context: TurnContext,
    text: str,
    history: Sequence[tuple[str, str]] = (),
    *,
    seconds: float,
) -> dict[str, Any]:
    """What a turn would have come to within so many seconds, in a completed turn's shape.

    At their end it is what was written by then, and a person. Only the usage is kept, also that of
    an answer that nobody waits for any more.
    """
    spent: list[Usage] = []
    try:
        end = await _within(machine, context, text, history, spent, seconds)
        spent += end.usage
    finally:
        if spent:
            async with tenant_transaction(pool, UUID(context.tenant_id)) as conn:
                await usage.record(conn, None, spent, assistant_id=UUID(context.assistant_id))
    return _shown(end, spent)


async def _within(
    machine: Machine,
    context: TurnContext,
    text: str,
    history: Sequence[tuple[str, str]],
    spent: list[Usage],
    seconds: float,
) -> TurnEnd:
    """The run's own end, or the one of a turn whose time is over."""
    written: list[str] = []

    def keep(kind: str, data: dict[str, Any]) -> None:
        if kind == "message_delta":
            written.append(data["text"])

    with turn_searches(), turn_clock(seconds):
        watch = Watch(_nobody_joins, spent.extend)
        work = answer_once(machine, context, text, history, publish=keep, watch=watch)
        run = asyncio.create_task(work)
    try:
        await asyncio.wait({run}, timeout=seconds)
        if run.done():
            return run.result()
    finally:
        if not run.done():
            run.cancel()
            run.add_done_callback(lambda late: late.cancelled() or late.exception())
            await asyncio.wait({run}, timeout=STOPPING_SECONDS)
    log.warning("answer_overdue", assistant_id=context.assistant_id, seconds=f"{seconds:g}")
    shown = AlreadyShown("".join(written))
    return overdue(context, [text], shown, graph_version=GRAPH_VERSION)


async def _nobody_joins() -> None:
    """No message can join what has no conversation."""


def _shown(end: TurnEnd, used: Sequence[Usage]) -> dict[str, Any]:
    """A turn's end in the shape of a completed turn, without what only a conversation has."""
    text = "\n".join(block["text"] for block in end.reply["content"]) if end.reply else None
    content = end.reply["content"] if end.reply else []
    return {
        "status": end.status,
        "message": {"author": "assistant", "text": text, "content": content} if text else None,
        "text": text,
        "content": content,
        "intents": list(end.intents),
        "confidence": end.confidence,
        "citations": list(end.citations),
        "handoff": {"reason": end.handoff.reason} if end.handoff else None,
        "decision": end.decision,
        "reason": end.reason,
        "withheld_sentences": end.withheld_sentences,
        "assistant_revision": end.assistant_revision,
        "knowledge_versions": end.knowledge_versions,
        "graph_version": end.graph_version,
        "prompt_version": end.prompt_version,
        "usage": turn_ends.usage_of(used),
    }

"""The end of a turn: reply, handoff, events, steps, usage and outcome in one fenced transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from tenants import (
    codec,
    contact_details,
    conversations,
    events,
    facts,
    handoff_content,
    handoffs,
    messages,
    outcomes,
    turn_figures,
    verdicts,
)
from tenants.budgets import STAGES
from tenants.bursts import MessagesJoined
from tenants.connection import TenantConnection
from tenants.errors import LeaseLost
from tenants.leases import Lease
from tenants.recorded_questions import record as record_questions
from tenants.turn_results import OpenedHandoff, TurnEnd
from tenants.usage import THROWN_AWAY, Usage

__all__ = ["Ended", "OpenedHandoff", "TurnEnd", "finish", "finish_waiting"]
_ASKED_FOR_REAL = frozenset({"contact", "campaign", "recommendation"})  # no fork, no studio


@dataclass(frozen=True, slots=True)
class Ended:
    """The turn as its client sees it, and the events that its end wrote."""

    answer: dict[str, Any]
    event_id: int  # of the last event
    handoff_id: UUID | None
    written: Sequence[events.Event] = ()


@dataclass(frozen=True, slots=True)
class _Gone:
    messages: int


async def finish(conn: TenantConnection, lease: Lease, end: TurnEnd) -> Ended:
    """Write everything a turn leaves behind, once.

    Raises: LeaseLost when another process has it, MessagesJoined when it has more to read.
    """
    conversation = await conversations.lock(conn, lease.conversation_id)
    gone = await conn.row(
        _Gone,
        """
        delete from turn_queue
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
           and fence = %(fence)s
        returning messages
        """,
        {"turn_id": lease.turn_id, "fence": lease.fence},
    )
    if gone is None:
        raise LeaseLost(f"turn {lease.turn_id} is run by another process")
    if end.heard is not None and gone.messages != end.heard:
        raise MessagesJoined
    news: list[events.NewEvent] = []
    message = await _write_reply(conn, conversation, lease, end)
    if message is not None:
        news.append(events.NewEvent("message", message, lease.turn_id))
    if end.facts:
        await facts.keep(conn, conversation, lease.turn_id, end.facts)
    if end.contact_details:
        await contact_details.keep(conn, conversation.contact_id, end.contact_details)
    handoff, handoff_id = await _write_handoff(conn, lease, end)
    if handoff is not None:
        news.append(events.NewEvent("handoff_requested", handoff, lease.turn_id))
    if end.learnt is not None:
        news.append(events.NewEvent("knowledge_updated", end.learnt, lease.turn_id))
    if handoff is not None or end.language is not None:
        status = "waiting_for_operator" if handoff is not None else conversation.status
        await conversations.set_status(conn, lease.conversation_id, status, language=end.language)
    answer = _answer(lease, end, message, handoff)
    ended = {key: answer[key] for key in ("turn_id", "status", "usage")}
    if end.problem is not None:
        ended["problem"] = end.problem
    news.append(events.NewEvent("turn_ended", ended, lease.turn_id))
    event_id = await events.append(conn, lease.conversation_id, news)
    async with conn.pipeline():
        await turn_figures.write(conn, lease, end, answer)
        if conversation.origin in _ASKED_FOR_REAL:
            await _record_for_real(conn, conversation, lease, end)
    if end.reason == "contact_asked" and conversation.origin in _ASKED_FOR_REAL:
        await verdicts.of_last_answers(conn, lease.conversation_id, lease.turn_id)
    return Ended(answer, event_id, handoff_id, events.numbered(news, event_id))


async def finish_waiting(conn: TenantConnection, lease: Lease, used: Sequence[Usage] = ()) -> Ended:
    """End a turn that came up while an operator has the conversation: nothing is said."""
    open_handoff = await handoffs.find_open(conn, lease.conversation_id)
    shown = (
        {"handoff_id": str(open_handoff.handoff_id), "reason": open_handoff.reason}
        if open_handoff
        else None
    )
    return await _finish_silently(conn, lease, shown, used)


async def _finish_silently(
    conn: TenantConnection,
    lease: Lease,
    handoff: dict[str, Any] | None,
    used: Sequence[Usage],
) -> Ended:
    ended = await finish(conn, lease, TurnEnd(status="waiting_for_operator", usage=used))
    answer = ended.answer | {"handoff": handoff}
    await conn.execute(
        """
        update turns set result = %(result)s
         where tenant_id = %(tenant_id)s and turn_id = %(turn_id)s
        """,
        {"turn_id": lease.turn_id, "result": codec.encode(answer)},
    )
    return Ended(answer, ended.event_id, None, ended.written)


async def _write_reply(
    conn: TenantConnection,
    conversation: conversations.Conversation,
    lease: Lease,
    end: TurnEnd,
) -> dict[str, Any] | None:
    if end.reply is None:
        return None
    message = await messages.insert(
        conn,
        messages.NewMessage(
            lease.conversation_id,
            conversation.channel,
            "out",
            "assistant",
            str(conversation.assistant_id),
            list(end.reply["content"]),
            turn_id=lease.turn_id,
            message_id=UUID(end.reply["message_id"]),
            extra={
                "intents": list(end.intents),
                "citations": list(end.citations),
                "confidence": end.confidence,
            },
        ),
    )
    return message.public()


async def _write_handoff(
    conn: TenantConnection, lease: Lease, end: TurnEnd
) -> tuple[dict[str, Any] | None, UUID | None]:
    if end.handoff is None:
        return None, None
    handoff_id = await handoffs.open_handoff(
        conn,
        lease.conversation_id,
        lease.turn_id,
        interrupt_id=end.handoff.interrupt_id,
        reason=end.handoff.reason,
        content=await handoff_content.completed(
            conn, lease.conversation_id, lease.turn_id, end.handoff.content
        ),
    )
    return {"handoff_id": str(handoff_id), "reason": end.handoff.reason}, handoff_id


def _answer(
    lease: Lease,
    end: TurnEnd,
    message: dict[str, Any] | None,
    handoff: dict[str, Any] | None,
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "turn_id": str(lease.turn_id),
        "conversation_id": str(lease.conversation_id),
        "status": end.status,
        "message": message,
        "intents": list(end.intents),
        "confidence": end.confidence,
        "citations": list(end.citations),
        "handoff": handoff,
        "usage": _summed(end.usage),
    }
    if stage := max((u.stage for u in end.usage), key=STAGES.index, default=""):
        answer["usage"]["budget"] = stage
    if unseen := [u for u in end.usage if u.node == THROWN_AWAY]:
        answer["usage"]["thrown_away"] = _summed(unseen)  # counted in the sums as well
    if end.problem is not None:
        answer["problem"] = end.problem
    return answer


def _summed(used: Sequence[Usage]) -> dict[str, Any]:
    return {
        "input_tokens": sum(u.input_tokens for u in used),
        "output_tokens": sum(u.output_tokens for u in used),
        "cost_usd": f"{sum((u.cost_usd for u in used), Decimal(0)):.6f}",
    }


async def _record_for_real(
    conn: TenantConnection, conversation: conversations.Conversation, lease: Lease, end: TurnEnd
) -> None:
    """What only a contact's own conversation leaves: when it is over, and what was asked in it."""
    await outcomes.settle_after(conn, lease.conversation_id, end.settling)
    if not end.questions:
        return
    learnt_into = next(iter(end.knowledge_versions), None)
    await record_questions(
        conn,
        end.questions,
        turn_id=lease.turn_id,
        conversation_id=conversation.conversation_id,
        contact_id=conversation.contact_id,
        assistant_id=conversation.assistant_id,
        knowledge_base_id=UUID(learnt_into) if learnt_into else None,
    )

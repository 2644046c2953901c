"""The end of a turn: reply, handoff, events, steps, usage and outcome in one fenced transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.desk import handoff_content, handoffs
from tenants.ids import new_id
from tenants.keys import codec
from tenants.lessons import verdicts
from tenants.lessons.recorded_questions import record as record_questions
from tenants.outside import actions, webhook_events
from tenants.people import contact_details, facts
from tenants.running import turn_closings, turn_figures, turns
from tenants.running.budgets import STAGES, Stage, next_month
from tenants.running.leases import Lease
from tenants.running.turn_results import OpenedHandoff, TurnEnd
from tenants.running.usage import THROWN_AWAY, Usage
from tenants.transcripts import conversations, events, messages, replies
from tenants.transcripts.bursts import MessagesJoined

__all__ = ["Ended", "OpenedHandoff", "TurnEnd", "finish", "finish_waiting"]
_ASKED_FOR_REAL = frozenset({"contact", "campaign", "recommendation"})  # no fork, no studio


@dataclass(frozen=True, slots=True)
class Ended:
    """The turn as its client sees it, and the events that its end wrote."""

    answer: dict[str, Any]
    event_id: int  # of the last event
    handoff_id: UUID | None
    written: Sequence[events.Event] = ()
    following: UUID | None = None  # the turn of the conversation that waits next
    leaves: bool = False  # something was put into the outbox


async def finish(conn: TenantConnection, lease: Lease, end: TurnEnd) -> Ended:
    """Write everything a turn leaves behind, once.

    Raises: LeaseLost when another process has it, MessagesJoined when it has more to read, StateLost
    when the database has lost what it left.
    """
    conversation = await turn_closings.take_off(conn, lease, end.kept)
    if end.heard is not None and conversation.messages != end.heard:
        raise MessagesJoined
    news: list[events.NewEvent] = []
    route = await replies.route_of(conn, conversation) if end.reply is not None else None
    reply = _reply(conversation, lease, end, "queued" if route else "sent")
    message = reply.public() if reply else None
    if message is not None:
        news.append(events.NewEvent("message", message, lease.turn_id))
    handoff_id = new_id() if end.handoff is not None else None
    handoff = None
    if end.handoff is not None:
        handoff = {"handoff_id": str(handoff_id), "reason": end.handoff.reason}
        news.append(events.NewEvent("handoff_requested", handoff, lease.turn_id))
    if end.learnt is not None:
        news.append(events.NewEvent("knowledge_updated", end.learnt, lease.turn_id))
    answer = _answer(lease, end, message, handoff)
    ended = {key: answer[key] for key in ("turn_id", "status", "usage")}
    if end.problem is not None:
        ended["problem"] = end.problem
    news.append(events.NewEvent("turn_ended", ended, lease.turn_id))
    for_real = conversation.origin in _ASKED_FOR_REAL
    closed = await turn_closings.close(
        conn,
        lease,
        news,
        contact_id=conversation.contact_id,
        message=reply,
        channel_id=route.channel_id if route else None,
        status="waiting_for_operator" if handoff is not None else None,
        language=end.language,
        settle_seconds=end.settling.after_seconds if for_real else None,
    )
    written = events.numbered(news, closed.last_event_id)
    if reply is not None and route is not None:
        await replies.leave(conn, reply, route)
    if closed.is_wanted and for_real:
        await webhook_events.leave(conn, lease.conversation_id, written)
    if "remember" in closed.withheld:
        end = replace(end, facts=())
    await _write_beside(conn, conversation, lease, end, handoff_id)
    await turn_figures.write(conn, lease, end, answer)
    if for_real and end.questions and "learn" not in closed.withheld:
        await _record_questions(conn, conversation, lease, end)
    if end.reason == "contact_asked" and for_real:
        await verdicts.of_last_answers(conn, lease.conversation_id, lease.turn_id)
    leaves = route is not None or closed.is_wanted or (for_real and bool(end.actions))
    return Ended(answer, closed.last_event_id, handoff_id, written, closed.following, leaves)


async def _write_beside(
    conn: TenantConnection,
    conversation: conversations.Conversation,
    lease: Lease,
    end: TurnEnd,
    handoff_id: UUID | None,
) -> None:
    """What few turns leave: facts, contact details, a handoff with all that was said before it."""
    for_real = conversation.origin in _ASKED_FOR_REAL
    if end.facts and for_real:
        await facts.keep(conn, conversation, lease.turn_id, end.facts)
    if end.actions and for_real:
        owner = actions.Owner(
            conversation.conversation_id,
            conversation.contact_id,
            conversation.assistant_id,
            end.assistant_revision or 0,
        )
        await actions.propose(conn, owner, lease.turn_id, end.actions)
    if end.contact_details and for_real:
        await contact_details.keep(conn, conversation.contact_id, end.contact_details)
    if end.handoff is not None and handoff_id is not None:
        await handoffs.open_handoff(
            conn,
            lease.conversation_id,
            lease.turn_id,
            handoff_id=handoff_id,
            interrupt_id=end.handoff.interrupt_id,
            reason=end.handoff.reason,
            content=await handoff_content.completed(
                conn, lease.conversation_id, lease.turn_id, _folder(end, end.handoff.content)
            ),
        )


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
        {"turn_id": lease.turn_id, "result": codec.personal(answer, turns.RESULT, lease.turn_id)},
    )
    return replace(ended, answer=answer, handoff_id=None)


def _reply(
    conversation: conversations.Locked, lease: Lease, end: TurnEnd, delivery_state: str
) -> messages.Message | None:
    """The reply as it will stand in the transcript."""
    if end.reply is None:
        return None
    extra = {
        "intents": list(end.intents),
        "citations": list(end.citations),
        "confidence": end.confidence,
    }
    message_id = UUID(end.reply["message_id"])
    content = codec.personal(
        {"blocks": list(end.reply["content"]), "extra": extra}, messages.CONTENT, message_id
    )
    return messages.Message(
        message_id, lease.conversation_id, 0, lease.turn_id,
        conversation.channel, "out", "assistant", str(conversation.assistant_id), content, None,
        None, None, None, delivery_state, conversation.now,
    )  # fmt: skip


def _folder(end: TurnEnd, content: dict[str, Any]) -> dict[str, Any]:
    """The handoff's content, with the stage of the budget that the turn was answered under."""
    stage = stage_of(end.usage)
    told = {"stage": stage, "until": next_month().isoformat()}
    return content | {"budget": told} if stage else content


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
        "usage": usage_of(end.usage),
    }
    if end.problem is not None:
        answer["problem"] = end.problem
    return answer


def usage_of(used: Sequence[Usage]) -> dict[str, Any]:
    """A turn's usage as it is shown: the sums, and under which stage of the budget it was answered."""
    shown = _summed(used)
    if stage := stage_of(used):
        shown["budget"] = stage
    if unseen := [u for u in used if u.node == THROWN_AWAY]:
        shown["thrown_away"] = _summed(unseen)  # counted in the sums as well
    return shown


def stage_of(used: Sequence[Usage]) -> Stage:
    """How far the budget was spent at most."""
    return STAGES[max((STAGES.index(u.stage) for u in used), default=0)]


def _summed(used: Sequence[Usage]) -> dict[str, Any]:
    return {
        "input_tokens": sum(u.input_tokens for u in used),
        "output_tokens": sum(u.output_tokens for u in used),
        "cost_usd": f"{sum((u.cost_usd for u in used), Decimal(0)):.6f}",
    }


async def _record_questions(
    conn: TenantConnection, conversation: conversations.Conversation, lease: Lease, end: TurnEnd
) -> None:
    """What was asked, which only a contact's own conversation leaves."""
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

"""Propose an effect: prepared against the tenant's own records, weighed by its rule, told honestly.

Nothing is done here. What is proposed is kept with the turn's end and goes its own way from there.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from graphs.acting.effect_choice import Near, asked_for
from graphs.acting.pending_actions import PLAIN, pick
from graphs.acting.tool_calls import Outcome, ToolCall, ToolOutcome
from graphs.words.phrases import phrase
from tenants.ids import new_id
from tools.calling import may_call
from tools.contract import ToolContext
from tools.effects import (
    Effect,
    Missing,
    Prepared,
    Refusal,
    Weighed,
    prepared,
    rule_of,
    why_approval,
)
from tools.spoken import spoken_arguments, spoken_records

MAX_OPTIONS = 50
MAX_QUERY_CHARS = 500
Weigh = Callable[[Effect, ToolContext, Mapping[str, Any]], Awaitable[Weighed]]


async def proposed(
    effect: Effect, given: ToolContext, call: ToolCall, *, near: Near, weigh: Weigh = prepared
) -> ToolOutcome:
    """What comes of a call with an effect: a proposal, a question, or a refusal in words.

    `weigh` prepares a call; it reads, and may be guarded. Raises: ToolUnavailable, ArgumentRejected.
    """
    if not may_call(effect.tool, given):
        problem = f"{effect.tool.name}: only for customers who have signed in; say so."
        return _outcome(effect, call, "identity_needed", problem=problem)
    asked, language = str(call.get("asked") or ""), given.language
    weighed = await weigh(effect, given, call["arguments"])
    match weighed:
        case Refusal(text):
            return _outcome(effect, call, "not_found", text=text)
        case Missing(name, question, options, kind):
            listed = [
                {"label": o.label, "arguments": o.arguments} for o in list(options)[:MAX_OPTIONS]
            ]
            said = pick(listed, asked, at_least=PLAIN) if name not in call["arguments"] else None
            if said is not None:  # the contact's own words say which, day and hour
                completed = ToolCall({**call, "arguments": {**call["arguments"], **said}})
                return await proposed(effect, given, completed, near=near, weigh=weigh)
            labels = "; ".join(str(one["label"]) for one in listed[:6])
            text = f"{question} ({labels})" if labels and labels not in question else question
            pending = _pending(effect, call, asked) | {"missing": name, "options": listed}
            pending |= {"kind": kind} if kind else {}
            return _outcome(effect, call, "ok", text=text, asks=pending)
        case Prepared():
            pass
    if not await _is_sure(effect, given, call, weighed, near, weigh):
        text = phrase("action_confirm", language, asked=weighed.what)
        pending = _pending(effect, call, asked) | {"confirm": True, "arguments": weighed.arguments}
        return _outcome(effect, call, "ok", text=text, asks=pending)
    why = why_approval(rule_of(effect.tool, given.options), weighed.amount, weighed.currency)
    text = phrase("action_asked" if why else "action_begun", language, asked=weighed.what)
    return _outcome(
        effect,
        call,
        "ok",
        text=text,
        proposal=_proposal(effect, given, call, weighed, why),
        about=_about(effect, weighed),
    )


async def _is_sure(
    effect: Effect,
    given: ToolContext,
    call: ToolCall,
    weighed: Prepared,
    near: Near,
    weigh: Weigh,
) -> bool:
    """Whether the contact's own words ask for just this: the effect, and what it is about.

    What they did not name must be the only thing that they can mean. Raises: ToolUnavailable.
    """
    if call.get("sure"):
        return True
    asked = str(call.get("asked") or "")
    found = await asked_for(effect, asked, given.language, near)
    if found is None or not found[1]:
        return False
    unnamed = {
        name
        for name, kind in spoken_arguments(effect.tool.arguments).items()
        if kind == "reference"
        and name in call["arguments"]
        and str(weighed.arguments.get(name, "")).lower() not in asked.lower()
    }
    if not unnamed:
        return True
    rest = {name: value for name, value in call["arguments"].items() if name not in unnamed}
    alone = await weigh(effect, given, rest)
    return isinstance(alone, Prepared) and alone.arguments == weighed.arguments


def _about(effect: Effect, weighed: Prepared) -> list[dict[str, str]]:
    """The records that the effect is on: "it" may mean them in what follows."""
    kinds = spoken_records(effect.tool.arguments)
    return [
        {"kind": kind, "reference": str(weighed.arguments[name])}
        for name, kind in kinds.items()
        if weighed.arguments.get(name)
    ]


def _pending(effect: Effect, call: ToolCall, asked: str) -> dict[str, Any]:
    return {
        "tool": effect.tool.name,
        "arguments": dict(call["arguments"]),
        "query": asked[:MAX_QUERY_CHARS],
    }


def _proposal(
    effect: Effect, given: ToolContext, call: ToolCall, weighed: Prepared, why: str
) -> dict[str, Any]:
    return {
        "action_id": str(new_id()),
        "call_id": call["call_id"],
        "tool": effect.tool.name,
        "title": effect.tool.title,
        "what": weighed.what,
        "arguments": weighed.arguments,
        "amount": str(weighed.amount) if weighed.amount is not None else None,
        "currency": weighed.currency,
        "why": why,
        "language": given.language,
        "approval_hours": int(given.options.get("approval_hours") or 72),
    }


def _outcome(
    effect: Effect,
    call: ToolCall,
    outcome: Outcome,
    *,
    text: str = "",
    problem: str = "",
    proposal: Mapping[str, Any] | None = None,
    asks: Mapping[str, Any] | None = None,
    about: Sequence[Mapping[str, str]] = (),
) -> ToolOutcome:
    made = ToolOutcome(
        call_id=call["call_id"],
        name=effect.tool.name,
        title=effect.tool.title,
        outcome=outcome,
        text=text,
        value={},
        quote=text,
        blocks=[],
        for_operator="",
        problem=problem,
        arguments=call["arguments"],
        milliseconds=0.0,
        is_cached=False,
    )
    made["is_ours"] = True
    if about:
        made["about"] = [dict(one) for one in about]
    if proposal is not None:
        made["proposal"] = dict(proposal)
    if asks is not None:
        made["asks"] = dict(asks)
    return made

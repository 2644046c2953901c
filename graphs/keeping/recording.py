"""A recorded turn: what it was run with, from which state, what it was given, what it came to."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.checkpoint.base import CheckpointTuple

from graphs.context import TurnContext
from graphs.keeping.tape import Recorder, digest
from graphs.keeping.taped_passages import document_ids
from graphs.starting import IncomingMessage, TakenUp, TurnRequest
from graphs.state import ConversationState
from tenants.errors import TurnNotRecorded
from tenants.running.turn_ends import TurnEnd

_PLAIN = TurnContext()
_PLAIN_FIELDS = [(name, getattr(_PLAIN, name)) for name in TurnContext.__dataclass_fields__]
FORM = 1  # of what is stored; another form is not read
_TIMES = frozenset(
    {
        "usage",
        "steps",
        "first_token_ms",
        "total_ms",
        "trace_run_id",
        "heard",
        "kept",
        "recording",
        "prompt_version",
    }
)


def recording(
    request: TurnRequest,
    stored: CheckpointTuple | None,
    taped: Recorder,
    state: ConversationState,
    end: TurnEnd,
) -> dict[str, Any]:
    """Everything that a replay needs, as plain JSON."""
    return {
        "form": FORM,
        "graph_version": end.graph_version,
        "request": _packed(request),
        "started_from": stored.checkpoint["id"] if stored is not None else None,
        "calls": taped.calls,
        "document_ids": document_ids(taped.calls),
        "steps": taped.steps,
        "state": digest(dict(state)),
        "end": digests_of(end),
    }


def digests_of(end: TurnEnd) -> dict[str, str]:
    """What a turn came to, by key, without times and without the interrupt's id."""
    told = {name: getattr(end, name) for name in end.__dataclass_fields__ if name not in _TIMES}
    if end.handoff is not None:
        told["handoff"] = [end.handoff.reason, end.handoff.content]
    for name in ("questions", "facts"):
        told[name] = [asdict(one) for one in told[name]]
    told["settling"] = asdict(end.settling)
    return {name: digest(value) for name, value in told.items()}


def request_of(recorded: Mapping[str, Any]) -> TurnRequest:
    """The request of a recorded turn. Raises: TurnNotRecorded where the form is another one."""
    if recorded.get("form") != FORM:
        raise TurnNotRecorded("the turn was recorded in a form that this release does not read")
    given = recorded["request"]
    taken_up = given["taken_up"]
    return TurnRequest(
        _context(given["context"]),
        messages=[IncomingMessage(*one) for one in given["messages"]],
        handoff_id=given["handoff_id"],
        taken_up=TakenUp(taken_up["folder"], [_line(*one) for one in taken_up["said"]])
        if taken_up
        else None,
        handoff_is_open=given["handoff_is_open"],
        graph_version=given["graph_version"],
    )


def _packed(request: TurnRequest) -> dict[str, Any]:
    up = request.taken_up
    said = [[m.type, m.text, m.id] for m in up.said] if up else []
    return {
        "context": _changed(request.context),
        "messages": [[m.message_id, m.text, m.action_id] for m in request.messages],
        "handoff_id": request.handoff_id,
        "taken_up": {"folder": up.folder, "said": said} if up else None,
        "handoff_is_open": request.handoff_is_open,
        "graph_version": request.graph_version,
    }


def _changed(context: TurnContext) -> dict[str, Any]:
    """The context's fields that differ from how they are by themselves."""
    told = ((name, getattr(context, name), plain) for name, plain in _PLAIN_FIELDS)
    return {name: value for name, value, plain in told if value is not plain and value != plain}


def _context(given: Mapping[str, Any]) -> TurnContext:
    known = {k: v for k, v in given.items() if k in TurnContext.__dataclass_fields__}
    for name, value in known.items():
        if isinstance(getattr(_PLAIN, name), tuple):
            known[name] = tuple(tuple(v) if isinstance(v, list) else v for v in value)
    return replace(_PLAIN, **known)


def _line(kind: str, text: str, message_id: str) -> AnyMessage:
    made = HumanMessage if kind == "human" else AIMessage
    return made(text, id=message_id)

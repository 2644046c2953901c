"""Write the answer to one intent from its passages, showing each sentence once it is supported."""

from typing import cast

from langgraph.runtime import Runtime

from graphs.acting.tool_calls import NoTools, ToolCall, Tools
from graphs.acting.tool_use import ToolUse
from graphs.asking.model_asking import Called
from graphs.asking.models import Began, Failed, Used, Wrote
from graphs.context import TurnContext
from graphs.deciding import confidence as sure
from graphs.deciding.clarifying import is_ambiguous
from graphs.labelling import labels
from graphs.ports import LanguageModels
from graphs.safety.clean_sources import clean_citation, showing_clean
from graphs.safety.cleaning import Cleaner
from graphs.safety.tightening import Leave
from graphs.state import ResolveState, StateUpdate
from graphs.writing.brand_words import sayable
from graphs.writing.conditions import unspoken
from graphs.writing.draft import Draft, Streaming
from graphs.writing.instructions import messages
from graphs.writing.operator_said import is_operators

NO_TOOLS = NoTools()


async def answer(
    state: ResolveState,
    runtime: Runtime[TurnContext],
    *,
    models: LanguageModels,
    tools: Tools = NO_TOOLS,
) -> StateUpdate:
    """Put what was written in the state: text, citations, how much of it was supported; or the calls
    of tools that the answer waits for.

    Below the gate nothing is shown and the text is only a draft for the operator; below the
    lower one no model is asked at all; nor for a curated answer, which is shown whole, nor for what
    a tool says where no model writes.
    """
    context, evidence = runtime.context, state["evidence"]
    action = labels.action_of(state.get("label"))
    to_person = action["type"] == "hand_off" or bool(state.get("withheld"))
    names = models.chain(context.model, context.fallback_models)
    use = await ToolUse.of(
        state, context, tools, names, forbidden=to_person or action["type"] == "reply"
    )
    if use.chosen:
        return {"tool_calls": list(use.chosen)}
    state = use.with_passages(state)
    sure_enough = evidence >= gate(context) and not _asks_back(state)
    shows = not to_person and (use.told > 0 or sure_enough)
    leave = Leave.of(state, context, state["passages"], names)
    draft = Draft(
        state["passages"],
        state["language"],
        state["intent"]["index"],
        asked=state["intent"]["query"],
        known=context.own_names,
        streaming=cast(Streaming, leave.streaming),
        brand_words=sayable(context.answering.get("brand_words") or [], context.allowed_hosts),
        unspoken=unspoken(context),
    )
    if not to_person and action["type"] == "reply":
        draft.show = runtime.stream_writer
        draft.say_as_written(str(action["text"]))
        runtime.stream_writer({"kind": "answered", "index": draft.index})
        return {"written": draft.result()}
    removed: dict[str, int] = {}
    calls: list[ToolCall] = []
    quoted = 0 if to_person else _quoted(draft, state, leave, use)
    if quoted or shows:
        draft.show = showing_clean(runtime.stream_writer, leave.hosts)
    if quoted:
        draft.quote(quoted, leave.hosts)
    elif use.says_all:
        pass  # what it asks for is not to be had: no knowledge stands in for it
    elif use.offered or (
        state["passages"] and (shows or evidence >= context.threshold("offer", sure.OFFER))
    ):
        removed, calls = await _write(draft, state, context, models, leave, use)
    written = use.joined(draft.result())
    clean = [clean_citation(c, leave.hosts) for c in written["citations"]]
    kept = {"citations": clean, "removed": removed, "tightened": list(leave.tightened)}
    if calls:
        return use.waiting(calls, written | kept)
    runtime.stream_writer({"kind": "answered", "index": draft.index})
    return {"written": written | kept}


def _quoted(draft: Draft, state: ResolveState, leave: Leave, use: ToolUse) -> int:
    """How many of the first passages are said as they are; 0 where a model writes."""
    if use.ours:
        return use.ours if draft.may_quote(use.ours) else 0
    if use.told and not use.for_model:
        obeys = any(place < use.told for place in leave.orders.by_passage)
        return 0 if obeys or not draft.may_quote(use.told) else use.told
    if use.told or use.says_all or not _is_quoted(draft, state, leave):
        return 0
    return int((state.get("curated") or {})["passages"])


def _is_quoted(draft: Draft, state: ResolveState, leave: Leave) -> bool:
    """Whether a published pair is the answer, which gives no orders and says nothing forbidden."""
    curated = state.get("curated")
    if not curated or any(place < curated["passages"] for place in leave.orders.by_passage):
        return False
    return draft.may_quote(curated["passages"])


def _asks_back(state: ResolveState) -> bool:
    """Whether the contact is rather asked which of several entries is meant."""
    query, passages = state["intent"]["query"], state["passages"]
    if not state.get("may_ask_back") or not passages or is_operators(passages[0]["passage_id"]):
        return False
    return is_ambiguous(query, passages, state["language"])


def gate(context: TurnContext) -> float:
    """The evidence from which an answer is shown: lower where a person is offered beside it."""
    if context.offers_first:
        return context.threshold("offer", sure.OFFER)
    return context.threshold("answer", sure.ANSWER)


async def _write(
    draft: Draft,
    state: ResolveState,
    context: TurnContext,
    models: LanguageModels,
    leave: Leave,
    use: ToolUse,
) -> tuple[dict[str, int], list[ToolCall]]:
    """Fill the draft with what the model writes, cleaned; what was taken out of it, by kind, and the
    tools that it calls.
    """
    asked, draft.echo = messages(state, context, leave.orders, told=use.instructions())
    cleaner = _cleaner(draft, leave)
    calls: list[ToolCall] = []
    label = labels.shown(state.get("label")).get("label")
    async for event in models.write(
        leave.names,
        asked,
        context=context,
        node="answer",
        shown=lambda: draft.went_out,
        intent=draft.index,
        label=label,
        **use.bound(),
    ):
        match event:
            case Called(wanted):
                calls = use.made_of(wanted)
            case Began():
                cleaner = _cleaner(draft, leave)
                draft.restart()
            case Wrote(text):
                draft.feed(cleaner.feed(text))
            case Used(entry):
                draft.usage.append(entry)
                draft.feed(cleaner.rest())
                draft.end()
            case Failed(model, kind):
                draft.failures.append(f"{model}: {kind}")
                cleaner = _cleaner(draft, leave)
                draft.interrupted()
    return cleaner.removed, calls


def _cleaner(draft: Draft, leave: Leave) -> Cleaner:
    """A cleaner whose draft knows which addresses it took out."""
    cleaner = Cleaner(leave.hosts)
    draft.addresses = cleaner.addresses
    return cleaner

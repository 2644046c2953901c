"""What a model is told before it answers: our rules, the assistant's own, what holds in this turn."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from graphs.context import TurnContext
from graphs.ports import Passage
from graphs.prompts import prompt
from graphs.safety.cleaning import plain_name
from graphs.safety.fences import Echo, fenced, new_mark
from graphs.safety.orders import Orders, gives_orders
from graphs.state import ResolveState
from graphs.writing.citations import full_text


def messages(
    state: ResolveState, context: TurnContext, orders: Orders, *, told: str = ""
) -> tuple[list[BaseMessage], Echo]:
    """The rules with the passages, the lines before, and the question; and what is not to be echoed.

    `told` are rules of this call alone.
    """
    passages: list[Passage] = state["passages"]
    said: list[BaseMessage] = [
        HumanMessage(line["text"]) if line["author"] == "contact" else AIMessage(line["text"])
        for line in state.get("history") or []
        if not gives_orders(line["text"])
    ]
    remembered = _remembered(state)
    intent = state["intent"]
    asked = HumanMessage(intent["query"], additional_kwargs=_stress(state))
    mark = new_mark()
    rules = f"{_rules(state, context)}{told}"
    read = [
        cast(Passage, p | {"text": orders.without(n, p["text"])}) for n, p in enumerate(passages)
    ]
    whole = f"{rules}\n{_data(remembered, read, mark)}"
    open_texts = [*map(full_text, read), context.own_names, remembered]
    given = [SystemMessage(whole, additional_kwargs={"passages": read}), *said, asked]
    return given, Echo.of(mark, "\n".join([rules, *orders.sentences]), open_texts)


def _stress(state: ResolveState) -> dict[str, Any]:
    """What counts most of the question: the contact's own words, or what is asked of a thing."""
    intent, of = state["intent"], state.get("asked_of") or {}
    own = intent.get("read", intent["text"])
    own = own if intent["query"] != own else of.get("words", "")
    told = {"stressed": own, "field": of.get("field", "")}
    return {name: text for name, text in told.items() if text}


def _rules(state: ResolveState, context: TurnContext) -> str:
    persona = context.persona
    traits = ", ".join(persona.get("traits") or [])
    instructions = str(persona.get("instructions") or "")
    return prompt("answer").safe_substitute(
        brand=plain_name(context.brand) or "the company",
        name=plain_name(str(persona.get("name") or "")) or "the assistant",
        tone=persona.get("tone") or "friendly and brief",
        traits=f" You are {traits}." if traits else "",
        restrictions=_listed("Never do this:", context.answering.get("restrictions") or []),
        instructions=f"The company's own wishes: {instructions}\n" if instructions else "",
        guidance=_listed("For this question the company wants:", _guidance(state, context)),
        locale=state["language"],
    )


def _remembered(state: ResolveState) -> str:
    """The summary without lines that give orders."""
    lines = state.get("summary", "").splitlines()
    return "\n".join(line for line in lines if not gives_orders(line))


def _data(summary: str, passages: Sequence[Passage], mark: str) -> str:
    """What the turn leans on, each between the mark's lines."""
    earlier = [fenced(summary, mark, "earlier in this conversation")] if summary else []
    return "\n".join([*earlier, *(_rendered(n, p, mark) for n, p in enumerate(passages, 1))])


def _guidance(state: ResolveState, context: TurnContext) -> list[str]:
    """The instructions whose condition holds, and no others."""
    held = (state.get("bound") or {}).get("guidance") or []
    given: Sequence[Mapping[str, Any]] = context.answering.get("guidance") or []
    return [str(one["instructions"]) for one in given if one["name"] in held]


def _listed(heading: str, lines: Sequence[str]) -> str:
    return "".join([f"{heading}\n", *(f"- {line}\n" for line in lines)]) if lines else ""


def _rendered(n: int, passage: Passage, mark: str) -> str:
    title = " ".join(passage["title"].split())[:200]
    lines = dict.fromkeys(filter(None, (title, passage["question"], passage["text"])))
    return fenced("\n".join(lines), mark, f"passage {n}")

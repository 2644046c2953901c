"""What a model is told before it answers: our rules, the assistant's own, what holds in this turn."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from graphs.context import TurnContext
from graphs.ports import Passage
from graphs.prompts import prompt
from graphs.state import ResolveState


def messages(state: ResolveState, context: TurnContext) -> list[BaseMessage]:
    """The rules with the passages, the lines before, and the question, for one answer."""
    passages: list[Passage] = state["passages"]
    said: list[BaseMessage] = [
        HumanMessage(line["text"]) if line["author"] == "contact" else AIMessage(line["text"])
        for line in state.get("history") or []
    ]
    intent = state["intent"]
    own = intent["text"] if intent["query"] != intent["text"] else ""
    asked = HumanMessage(intent["query"], additional_kwargs={"stressed": own} if own else {})
    rules = _rules(state, context, passages)
    return [SystemMessage(rules, additional_kwargs={"passages": passages}), *said, asked]


def _rules(state: ResolveState, context: TurnContext, passages: Sequence[Passage]) -> str:
    persona, summary = context.persona, state.get("summary", "")
    traits = ", ".join(persona.get("traits") or [])
    instructions = str(persona.get("instructions") or "")
    return prompt("answer").safe_substitute(
        brand=context.brand or "the company",
        name=persona.get("name") or "the assistant",
        tone=persona.get("tone") or "friendly and brief",
        traits=f" You are {traits}." if traits else "",
        restrictions=_listed("Never do this:", context.answering.get("restrictions") or []),
        instructions=f"The company's own wishes: {instructions}\n" if instructions else "",
        guidance=_listed("For this question the company wants:", _guidance(state, context)),
        locale=state["language"],
        summary=f"Earlier in this conversation: {summary}" if summary else "",
        passages="\n".join(_rendered(n, p) for n, p in enumerate(passages, 1)),
    )


def _guidance(state: ResolveState, context: TurnContext) -> list[str]:
    """The instructions whose condition holds, and no others."""
    held = (state.get("bound") or {}).get("guidance") or []
    given: Sequence[Mapping[str, Any]] = context.answering.get("guidance") or []
    return [str(one["instructions"]) for one in given if one["name"] in held]


def _listed(heading: str, lines: Sequence[str]) -> str:
    return "".join([f"{heading}\n", *(f"- {line}\n" for line in lines)]) if lines else ""


def _rendered(n: int, passage: Passage) -> str:
    asked = f"{passage['question']}\n" if passage["question"] else ""
    body = f"{asked}{passage['text']}".replace("<passage", "< passage").replace(
        "</passage", "< /passage"
    )
    return f'<passage n="{n}" title="{passage["title"][:200]}">\n{body}\n</passage>'

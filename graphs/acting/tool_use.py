"""What tools mean for one answer: which are offered, which were called, and how what they gave is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from graphs.acting.pending_actions import call_of
from graphs.acting.recalling import recalls
from graphs.acting.tool_calls import (
    MAX_CALLS,
    MAX_ROUNDS,
    OfferedTool,
    Question,
    ToolCall,
    ToolOutcome,
    Tools,
)
from graphs.acting.tool_passages import (
    failure,
    gave,
    is_tools,
    ours,
    problems,
    tool_passages,
)
from graphs.acting.viewed import Viewed
from graphs.asking.models import EXTRACTIVE
from graphs.context import TurnContext
from graphs.ports import Passage
from graphs.prompts import prompt
from graphs.state import ResolveState, StateUpdate, UsageEntry
from graphs.writing.citations import merged

MAX_PROBLEM_CHARS = 500


@dataclass(frozen=True)
class ToolUse:
    """`chosen` are calls to be made before anything is written; `passages` what calls have given."""

    offered: Sequence[OfferedTool] = ()
    chosen: Sequence[ToolCall] = ()
    outcomes: Sequence[ToolOutcome] = ()
    passages: Sequence[Passage] = ()
    for_model: bool = False
    rounds: int = 0
    index: int = 0
    before: Mapping[str, Any] = field(default_factory=dict[str, Any])
    spent: Sequence[UsageEntry] = ()
    asked: str = ""  # in the contact's own words

    @classmethod
    async def of(
        cls,
        state: ResolveState,
        context: TurnContext,
        tools: Tools,
        names: Sequence[str],
        *,
        forbidden: bool,
    ) -> "ToolUse":
        """The tools of one intent; none where a person is to answer, or the words look like an attack."""
        if forbidden or state["unsafe"] or not context.tools:
            return cls()
        outcomes = [cast(ToolOutcome, one) for one in state.get("tool_results") or []]
        rounds, for_model = state.get("tool_rounds", 0), names[0] != EXTRACTIVE
        index = state["intent"]["index"]
        chosen: list[ToolCall] = []
        completed = call_of(state.get("pending_action") or {}, state["intent"]["text"], index)
        if completed is not None and not rounds:
            chosen = [completed]
        elif not for_model and not rounds:
            chosen = await tools.choose(context, _question(state))
        offered: list[OfferedTool] = []
        recalled = any(one.get("is_recalled") for one in outcomes)
        if for_model and rounds < MAX_ROUNDS + recalled:
            offered = [
                one for one in await tools.offered(context) if context.acts or not one["has_effect"]
            ]
            if not rounds and not chosen:
                own, query = state["intent"]["text"], state["intent"]["query"]
                viewed = state.get("viewed") or []
                chosen = recalls(offered, context, own, query, viewed, index)
        return cls(
            offered,
            chosen,
            outcomes,
            tool_passages(outcomes, for_model=for_model),
            for_model,
            rounds,
            index,
            state.get("said_before") or {},
            state.get("asked_with") or [],
            state["intent"]["text"],
        )

    @property
    def told(self) -> int:
        """How many passages are what tools gave; they come first."""
        return len(self.passages)

    @property
    def ours(self) -> int:
        """How many of them, the first ones, are said as they are, whatever a model would write."""
        return ours(self.outcomes)

    @property
    def says_all(self) -> bool:
        """Whether nothing can be said because the calls gave nothing, and no model may say so."""
        return not self.for_model and failure(self.outcomes) is not None

    def with_passages(self, state: ResolveState) -> ResolveState:
        """The state with what tools gave before what the knowledge says."""
        if not self.passages:
            return state
        return cast(ResolveState, state | {"passages": [*self.passages, *state["passages"]]})

    def bound(self) -> dict[str, Any]:
        """What a model is offered, as an argument of the call."""
        return {"tools": list(self.offered)} if self.offered else {}

    def instructions(self) -> str:
        """The rules that go with tools; "" where there are none."""
        if not self.offered and not self.outcomes:
            return ""
        found = [line[:MAX_PROBLEM_CHARS] for line in problems(self.outcomes)]
        return prompt("call_tools").safe_substitute(
            problems="".join(f"- {line}\n" for line in found) or "- none\n",
        )

    def made_of(self, wanted: Sequence[Mapping[str, Any]]) -> list[ToolCall]:
        """The calls that a model wants, without those that were made already."""
        made = [(one["name"], one["arguments"]) for one in self.outcomes]
        calls: list[ToolCall] = []
        for one in wanted:
            arguments = one["arguments"] if isinstance(one["arguments"], dict) else {"": None}
            if (one["name"], arguments) in made or len(calls) >= MAX_CALLS:
                continue
            call_id = f"{self.index}.{self.rounds}.{len(calls)}"
            calls.append(
                ToolCall(
                    call_id=call_id,
                    name=str(one["name"]),
                    arguments=arguments,
                    asked=self.asked,
                )
            )
        return calls

    def waiting(self, calls: Sequence[ToolCall], written: Mapping[str, Any]) -> StateUpdate:
        """The calls to be made, what was shown before them, and what choosing them cost."""
        return {
            "tool_calls": list(calls),
            "written": dict(written),
            "asked_with": written["usage"],
            "said_before": dict(written) if written["shown"] else {},
        }

    def joined(self, written: dict[str, Any]) -> dict[str, Any]:
        """What was written, after what was shown before the calls; whether a tool said it."""
        usage = [*self.spent, *written["usage"]]
        kept = {"usage": usage, "earlier": len(self.spent), "by_tool": self._is_by_tool(written)}
        if not self.before:
            return written | kept
        sentences = [*self.before["sentences"], *_apart(written["sentences"])]
        return (
            written
            | kept
            | {
                "sentences": sentences,
                "text": "".join(sentences),
                "shown": True,
                "citations": merged([*self.before["citations"], *written["citations"]]),
            }
        )

    def _is_by_tool(self, written: Mapping[str, Any]) -> bool:
        """Whether tools say it: those that were called, or what was looked up and is cited."""
        if any(not one.get("is_recalled") for one in gave(self.outcomes)):
            return True
        return any(is_tools(str(one["passage_id"])) for one in written["citations"])


def _apart(sentences: Sequence[str]) -> list[str]:
    """Sentences that go on after others."""
    return [f" {one.lstrip()}" if n == 0 else one for n, one in enumerate(sentences)]


def _question(state: ResolveState) -> Question:
    near = [p["cosine"] for p in state["passages"] if p["question"]]
    asked = float((state.get("curated") or {}).get("similarity") or 0.0)
    return Question(
        query=state["intent"]["query"],
        language=state["language"],
        index=state["intent"]["index"],
        text=state["intent"]["text"],
        known=round(max([asked, *near]), 4),
        viewed=[cast(Viewed, one) for one in state.get("viewed") or []],
    )

"""Write the answer to one intent from its passages, showing each sentence once it is supported."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langgraph.runtime import Runtime

from graphs import confidence as sure
from graphs import labels
from graphs.citations import Supported, citations_of, states_nothing, support
from graphs.clarifying import is_ambiguous
from graphs.context import TurnContext
from graphs.models import EXTRACTIVE, Began, Failed, Models, Used, Wrote
from graphs.operator_said import is_operators
from graphs.phrases import phrase
from graphs.ports import Passage
from graphs.prompts import prompt
from graphs.sentences import SentenceCutter
from graphs.state import ResolveState, StateUpdate, UsageEntry

REFUSAL = "NONE"
MAX_ANSWER_CHARS = 2_000
Write = Callable[[dict[str, Any]], None]


async def answer(
    state: ResolveState, runtime: Runtime[TurnContext], *, models: Models
) -> StateUpdate:
    """Put what was written in the state: text, citations, how much of it was supported.

    Below the gate nothing is shown and the text is only a draft for the operator; below the
    lower one no model is asked at all.
    """
    context, evidence = runtime.context, state["evidence"]
    action = labels.action_of(state.get("label"))
    to_person = action["type"] == "hand_off" or bool(state.get("withheld"))
    shows = evidence >= gate(context) and not to_person and not _asks_back(state)
    draft = _Draft(state["passages"], state["language"], state["intent"]["index"])
    if action["type"] == "reply" and not to_person:
        draft.show = runtime.stream_writer
        draft.say_as_written(str(action["text"]))
        runtime.stream_writer({"kind": "answered", "index": draft.index})
        return {"written": draft.result()}
    if shows:
        draft.show = runtime.stream_writer
    if state["passages"] and (shows or evidence >= context.threshold("offer", sure.OFFER)):
        await _write(draft, state, context, models)
    runtime.stream_writer({"kind": "answered", "index": draft.index})
    return {"written": draft.result()}


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


@dataclass
class _Draft:
    """An answer under way; sentences enter only when the passages say them."""

    passages: list[Passage]
    language: str
    index: int
    show: Write | None = None
    text: str = ""
    shown: bool = False
    kept: int = 0
    dropped: int = 0
    refused: bool = False
    failures: list[str] = field(default_factory=list[str])
    sentences: list[str] = field(default_factory=list[str])
    supported: list[Supported] = field(default_factory=list[Supported])
    usage: list[UsageEntry] = field(default_factory=list[UsageEntry])
    _gap: str = ""  # the white space after the last sentence kept

    def restart(self) -> None:
        """Forget what an earlier model wrote; it was not shown."""
        self.text, self.kept, self.dropped, self.refused = "", 0, 0, False
        self.supported, self.sentences = [], []

    def add(self, piece: str) -> None:
        """Take one sentence, with the white space after it, if it is supported."""
        sentence = piece.strip()
        if not sentence or self.refused or len(self.text) > MAX_ANSWER_CHARS:
            return
        if sentence.strip(" .!\"'[]0123456789") == REFUSAL:
            self.refused = True
            return
        found = support(sentence, self.passages, locale=self.language)
        if found is None and states_nothing(sentence) and self.text:
            found = Supported(sentence, -1, "")
        if found is None:
            self.dropped += 1
            return
        self.kept += 1
        self._say(found, "\n" if "\n" in self._gap else " ")
        self._gap = piece[len(piece.rstrip()) :]

    def say_as_written(self, text: str) -> None:
        """Say what the tenant has laid down for such a request, word for word."""
        self.kept += 1
        self._say(Supported(text, -1, ""), "")

    def _say(self, found: Supported, gap: str) -> None:
        delta = f"{gap if self.text else ''}{self._introduced(found)}{found.text}"
        self.text += delta
        self.sentences.append(delta)
        self.supported.append(found)
        if self.show is not None:
            self.shown = True
            source = citations_of([found], self.passages)
            self.show(
                {
                    "kind": "sentence",
                    "index": self.index,
                    "text": delta,
                    "source": source[0] if source else None,
                }
            )

    def _introduced(self, found: Supported) -> str:
        """Whose words these are, before the first ones of an operator."""
        if not self._is_operators(found) or any(map(self._is_operators, self.supported)):
            return ""
        return phrase("colleague_said", self.language)

    def _is_operators(self, found: Supported) -> bool:
        return found.passage >= 0 and is_operators(self.passages[found.passage]["passage_id"])

    def result(self) -> dict[str, Any]:
        """Everything that `score` needs."""
        written = self.kept + self.dropped
        return {
            "text": self.text,
            "sentences": self.sentences,
            "shown": self.shown,
            "citations": citations_of(self.supported, self.passages),
            "supported": self.kept / written if written else 1.0,
            "doubt": self.refused or not self.text,
            "failures": self.failures,
            "usage": self.usage,
        }


async def _write(draft: _Draft, state: ResolveState, context: TurnContext, models: Models) -> None:
    names = models.chain(context.model, context.fallback_models)
    if state["unsafe"]:
        names = [EXTRACTIVE]  # it follows no instruction, whoever gives it
    cutter = SentenceCutter()
    messages = _messages(state, context)
    async for event in models.write(names, messages, node="answer", shown=lambda: draft.shown):
        match event:
            case Began():
                cutter = SentenceCutter()
                draft.restart()
            case Wrote(text):
                for sentence in cutter.feed(text):
                    draft.add(sentence)
            case Used(entry):
                draft.usage.append(entry)
                for sentence in cutter.rest():
                    draft.add(sentence)
            case Failed(model, kind):
                draft.failures.append(f"{model}: {kind}")
                cutter = SentenceCutter()  # half a sentence is none


def _messages(state: ResolveState, context: TurnContext) -> list[BaseMessage]:
    passages: list[Passage] = state["passages"]
    persona = context.persona
    instructions = str(persona.get("instructions") or "")
    summary = state.get("summary", "")
    rules = prompt("answer").safe_substitute(
        brand=context.brand or "the company",
        name=persona.get("name") or "the assistant",
        tone=persona.get("tone") or "friendly and brief",
        locale=state["language"],
        instructions=f"The company's own wishes: {instructions}" if instructions else "",
        summary=f"Earlier in this conversation: {summary}" if summary else "",
        passages="\n".join(_rendered(n, p) for n, p in enumerate(passages, 1)),
    )
    said: list[BaseMessage] = [
        HumanMessage(line["text"]) if line["author"] == "contact" else AIMessage(line["text"])
        for line in state.get("history") or []
    ]
    intent = state["intent"]
    own = intent["text"] if intent["query"] != intent["text"] else ""
    asked = HumanMessage(intent["query"], additional_kwargs={"stressed": own} if own else {})
    return [SystemMessage(rules, additional_kwargs={"passages": passages}), *said, asked]


def _rendered(n: int, passage: Passage) -> str:
    asked = f"{passage['question']}\n" if passage["question"] else ""
    body = f"{asked}{passage['text']}".replace("<passage", "< passage").replace(
        "</passage", "< /passage"
    )
    return f'<passage n="{n}" title="{passage["title"][:200]}">\n{body}\n</passage>'

"""States and runtimes for tests of single nodes."""

from typing import Any, cast

from langchain_core.messages import HumanMessage
from langgraph.runtime import Runtime

from graphs.context import TurnContext
from graphs.state import ConversationState, Intent, Resolution, ResolveState, Screened
from tenants.ids import new_id


class Turn:
    """A turn's runtime; `written` is what its nodes wrote to the stream."""

    def __init__(self, **context: Any) -> None:
        given: dict[str, Any] = {
            "tenant_id": str(new_id()),
            "turn_id": "t1",
            "brand": "Shoely",
        } | context
        self.written: list[dict[str, Any]] = []
        self.runtime = Runtime(context=TurnContext(**given), stream_writer=self.written.append)


def screened(text: str = "Do you ship?", **changed: Any) -> Screened:
    """What `screen` says of a plain question."""
    plain: dict[str, Any] = {
        "text": text,
        "language": "en",
        "wants_person": False,
        "accepts_offer": False,
        "reminds": False,
        "unsafe": False,
        "small_talk": "",
    }
    return cast(Screened, plain | changed)


def resolution(index: int = 0, **changed: Any) -> Resolution:
    """A well answered intent of turn t1."""
    plain: dict[str, Any] = {
        "turn_id": "t1",
        "index": index,
        "text": f"question {index}?",
        "query": f"what about question number {index} of ours?",
        "status": "answered",
        "answer": f"Answer number {index}.",
        "sentences": [f"Answer number {index}."],
        "draft": "",
        "confidence": 0.9,
        "citations": [],
        "passages": [],
        "reason": None,
        "usage": [],
    }
    return cast(Resolution, plain | changed)


def unanswered(index: int = 0, **changed: Any) -> Resolution:
    """An intent that no knowledge answers."""
    nothing = {"status": "unanswered", "answer": "", "sentences": [], "confidence": 0.05}
    return resolution(index, **(nothing | {"reason": "not_in_knowledge"} | changed))


def conversation(
    *resolutions: Resolution, text: str = "Do you ship?", **more: Any
) -> ConversationState:
    """A conversation in turn t1 with these resolutions."""
    plain: dict[str, Any] = {
        "messages": [HumanMessage(text, id="m1")],
        "turn_id": "t1",
        "language": "en",
        "screened": screened(text),
        "intents": [
            Intent(index=r["index"], text=r["text"], query=r["query"]) for r in resolutions
        ],
        "resolutions": {str(r["index"]): r for r in resolutions},
    }
    return cast(ConversationState, plain | more)


def resolving(query: str = "Do you ship?", **more: Any) -> ResolveState:
    """One intent on its way through the subgraph."""
    plain: dict[str, Any] = {
        "intent": Intent(index=0, text=query, query=query),
        "turn_id": "t1",
        "language": "en",
        "unsafe": False,
        "history": [],
        "summary": "",
        "passages": [],
        "features": {},
        "evidence": 0.0,
    }
    return cast(ResolveState, plain | more)

"""Look at the contact's words before anything is done with them."""

from langchain_core.messages import AnyMessage
from langgraph.runtime import Runtime

from graphs import wishes
from graphs.context import TurnContext
from graphs.sentiment import sentiment
from graphs.state import ConversationState, Screened, StateUpdate
from tenants.languages import DEFAULT_LANGUAGE, detect

MAX_INPUT_CHARS = 8_000


async def screen(state: ConversationState, runtime: Runtime[TurnContext]) -> StateUpdate:
    """Put the turn's text, its language and what it wishes in the state; last turn's results go."""
    context = runtime.context
    burst = _unanswered(state.get("messages") or [])
    text = "\n".join(m.text.replace("\x00", "").strip() for m in burst).strip()[:MAX_INPUT_CHARS]
    talk = wishes.small_talk(text)
    offered = (state.get("decision") or {}).get("action") == "offer"
    usual = state.get("language") or context.locale[:2].lower() or DEFAULT_LANGUAGE
    screened = Screened(
        text=text,
        language=detect(text, usual),
        wants_person=wishes.wants_person(text),
        accepts_offer=offered and wishes.agrees(text),
        reminds=wishes.reminds(text),
        unsafe=wishes.is_unsafe(text),
        small_talk=talk,
    )
    last_id = str(burst[-1].id) if burst else ""
    return {
        "turn_id": context.turn_id or last_id,
        "screened": screened,
        "language": screened["language"],
        "sentiment": sentiment(text, screened["language"]),
        "recoveries": [],
        "usage": [],
        "handoff": {},
        "learnt": {},
    }


def _unanswered(messages: list[AnyMessage]) -> list[AnyMessage]:
    """The contact's messages since somebody answered, oldest first."""
    burst: list[AnyMessage] = []
    for message in reversed(messages):
        if message.type != "human":
            break
        burst.append(message)
    return burst[::-1]

"""Look at the contact's words before anything is done with them."""

from langchain_core.messages import AnyMessage
from langgraph.runtime import Runtime

from graphs.context import TurnContext
from graphs.deciding.rules import first_look
from graphs.safety.injection import suspect
from graphs.state import ConversationState, Screened, StateUpdate
from graphs.understanding import returning, wishes
from tenants.finding.languages import DEFAULT_LANGUAGE, detect

MAX_INPUT_CHARS = 8_000


async def screen(state: ConversationState, runtime: Runtime[TurnContext]) -> StateUpdate:
    """Put the turn's text, its language and what it wishes in the state; last turn's results go."""
    context = runtime.context
    burst = _unanswered(state.get("messages") or [])
    text = "\n".join(m.text.replace("\x00", "").strip() for m in burst).strip()[:MAX_INPUT_CHARS]
    talk = wishes.small_talk(text)
    if talk == "insult" and not context.hands_off:
        talk = "upset"
    paused = returning.has_paused(state, context)
    usual = state.get("language") or context.locale[:2].lower() or DEFAULT_LANGUAGE
    seen = suspect(text)
    screened = Screened(
        text=text,
        language=detect(text, usual),
        wants_person=wishes.wants_person(text),
        accepts_offer=_offered(state) and not paused and wishes.agrees(text),
        reminds=wishes.reminds(text),
        unsafe=wishes.is_unsafe(text) or seen.gives_orders,
        suspicion=round(seen.chance, 3),
        small_talk=talk,
        paused=paused,
        action_id=str(burst[-1].additional_kwargs.get("action_id") or "") if burst else "",
    )
    last_id = str(burst[-1].id) if burst else ""
    return {
        "turn_id": context.turn_id or last_id,
        "screened": screened,
        "language": screened["language"],
        **first_look(state, context, screened),
        "usage": [],
        "handoff": {},
        "learnt": {},
        "lead": {},
        "active_at": context.now or state.get("active_at", ""),
    } | ({"focus": {}, "viewed": []} if paused else {})


def _offered(state: ConversationState) -> bool:
    """Whether the last reply asked if a person should take over."""
    upset = (state.get("screened") or {}).get("small_talk") == "insult"
    return upset or (state.get("decision") or {}).get("action") == "offer"


def _unanswered(messages: list[AnyMessage]) -> list[AnyMessage]:
    """The contact's messages since somebody answered, oldest first."""
    burst: list[AnyMessage] = []
    for message in reversed(messages):
        if message.type != "human":
            break
        burst.append(message)
    return burst[::-1]

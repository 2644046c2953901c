"""The last lines of a conversation as prompts and operators see them."""

from graphs.state import ConversationState

MAX_LINES = 6
MAX_LINE_CHARS = 500
_AUTHORS = {"human": "contact", "ai": "assistant"}


def recent_lines(state: ConversationState, *, before_turn: bool = True) -> list[dict[str, str]]:
    """Who said what, oldest first; without the words of the turn under way."""
    messages = list(state.get("messages") or [])
    if before_turn:
        while messages and messages[-1].type == "human":
            messages.pop()
    return [
        {
            "author": m.name or _AUTHORS.get(m.type, m.type),
            "text": m.text[:MAX_LINE_CHARS],
        }
        for m in messages[-MAX_LINES:]
        if m.text
    ]

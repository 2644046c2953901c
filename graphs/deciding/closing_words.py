"""What we say after the answers: what stays open, a promise that we can keep, a question of ours."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from graphs.context import TurnContext
from graphs.deciding import promises
from graphs.deciding.clarifying import labels
from graphs.deciding.decisions import Outcome
from graphs.deciding.promises import Absence
from graphs.state import ConversationState, Resolution
from graphs.understanding import dialogue
from graphs.understanding.sentiment import sentiment
from graphs.words.phrases import phrase
from tenants.people import contact_details

MAX_ASKED_CHARS = 120
_PARTLY = ("hand_off", "offer", "not_known")  # phrases that may name what stays open
_WITH_PEOPLE = ("hand_off", "offer")


@dataclass(frozen=True, slots=True)
class Closing:
    """The words; whether nobody is there; and how the contact said they can be reached."""

    text: str = ""
    absence: Absence | None = None
    details: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def wants_details(self) -> bool:
        """Whether we asked how the contact can be reached."""
        return self.absence is not None and self.absence.asks_details and not self.details


def closing(
    outcome: Outcome,
    state: ConversationState,
    context: TurnContext,
    *,
    has_answers: bool,
    left_open: Sequence[Resolution],
) -> Closing:
    """Everything that follows the answers, in the contact's language."""
    language = state["language"]
    own = _own_sentence(outcome, state, context, has_answers, left_open)
    sentences = [_sorry(outcome, state), own, outcome.notice]
    absence = promises.absence(context, language) if outcome.action in _WITH_PEOPLE else None
    if absence is None:
        return Closing(" ".join(filter(None, sentences)))
    sentences.append(absence.promise)
    details: dict[str, str] = {}
    if outcome.action == "hand_off" and absence.asks_details:
        details = contact_details.recognised(state["screened"]["text"], language)
        sentences.append(
            promises.noted(details, language) if details else promises.say("details", language)
        )
    return Closing(" ".join(filter(None, sentences)), absence, details)


def _sorry(outcome: Outcome, state: ConversationState) -> str:
    """Who complains is not told in cold words that we do not know."""
    if outcome.action not in _WITH_PEOPLE or not outcome.tail:
        return ""
    is_upset = sentiment(state["screened"]["text"], state["language"]) == "negative"
    return phrase("sorry", state["language"]) if is_upset else ""


def _own_sentence(
    outcome: Outcome,
    state: ConversationState,
    context: TurnContext,
    has_answers: bool,
    left_open: Sequence[Resolution],
) -> str:
    """It names what stays open when other things were answered."""
    key, language = outcome.tail, state["language"]
    if not key:
        return ""
    asked = ""
    if key == "did_you_mean":
        asked = _doubted(state)
    elif outcome.choices:
        asked = _either(outcome.choices, language)
    elif has_answers and left_open and key in _PARTLY:
        key = f"{key}_part"
        asked = named(left_open)
    name = str(context.persona.get("name") or "")
    return phrase(key, language, name=name, brand=context.brand, asked=asked)


def named(left_open: Sequence[Resolution]) -> str:
    """The requests that stay open, in the contact's words."""
    names = [r["text"].strip().rstrip("?.!;, ") for r in left_open]
    return "; ".join(n if len(n) <= MAX_ASKED_CHARS else n[:MAX_ASKED_CHARS] + "…" for n in names)


def _doubted(state: ConversationState) -> str:
    """What we think was meant, on one line."""
    doubt = dialogue.did_you_mean(state)
    text = " ".join(doubt["text"].split()).rstrip("?.!;, ") if doubt else ""
    return text if len(text) <= MAX_ASKED_CHARS else text[:MAX_ASKED_CHARS] + "…"


def _either(choices: Sequence[str], language: str) -> str:
    quoted = [f"“{choice}”" for choice in labels(choices)]
    return f"{', '.join(quoted[:-1])} {phrase('or', language)} {quoted[-1]}"

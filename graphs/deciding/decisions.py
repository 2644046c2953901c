"""What happens after the answers: deliver, ask back, offer a person, or hand off. Rules, no model.

asked for a person          → hand off (deliver where there are no people)
a rule of the tenant's      → what the rule says
everything answered well    → deliver; in doubt → offer once for the topic
a label that wants a person → hand off
only a known contact may ask → say so; a tool that is down → hand off
one request fits several    → ask back with them as choices, at most twice in a row
not known, again and again  → hand off; declined → stay, and say that a person is there
not known                   → offer once for the topic, or hand off, as the tenant wants
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphs.context import TurnContext
from graphs.deciding import clarifying, offers, rules
from graphs.labelling import labels
from graphs.state import Action, ConversationState, Offered, Resolution
from graphs.understanding import dialogue
from graphs.words.phrases import phrase

MAX_UNSURE = 2  # turns in a row; the next one is handed off
ANOTHER_THING = 0.5  # how surely what was found speaks of another thing, for it to be no choice


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision, and the key of our own sentence that goes with it."""

    action: Action
    reason: str | None = None
    tail: str = ""
    rule: str | None = None
    notice: str = ""
    urgent: bool = False
    choices: list[str] = field(default_factory=list[str])
    offered: list[Offered] = field(default_factory=list[Offered])


def decide(
    state: ConversationState, context: TurnContext, resolutions: Sequence[Resolution]
) -> Outcome:
    """The one decision of a turn, with a reason from the closed list and the rule that fired."""
    turn = _Turn(
        state,
        context,
        list(resolutions),
        unsure_turns(state, resolutions),
        offers.after_reply(state),
    )
    firing = rules.fired(context, rules.facts_of(state, context, unsure_turns=turn.unsure))
    outcome = (
        _as_asked(turn)
        or _if_unsafe(turn)
        or _by_rule(turn, rules.deciding(firing))
        or _without_question(turn)
        or _by_answers(turn)
    )
    return replace(
        outcome,
        urgent=rules.is_urgent(firing),
        rule=outcome.rule or next((r["name"] for r in firing if r["action"] == "priority"), None),
        offered=outcome.offered or turn.offered,
    )


def unsure_turns(state: ConversationState, resolutions: Sequence[Resolution]) -> int:
    """How many turns in a row were not answered well, this one included; small talk is not counted."""
    before = state.get("unsure", 0)
    if not resolutions:
        return before
    return 0 if all(r["status"] == "answered" for r in resolutions) else before + 1


@dataclass(frozen=True, slots=True)
class _Turn:
    state: ConversationState
    context: TurnContext
    resolutions: list[Resolution]
    unsure: int
    offered: list[Offered]

    @property
    def left_open(self) -> list[Resolution]:
        return [r for r in self.resolutions if r["status"] == "unanswered"]

    @property
    def doubtful(self) -> list[Resolution]:
        return [r for r in self.resolutions if r["status"] != "answered"]


def _as_asked(turn: _Turn) -> Outcome | None:
    screened = turn.state["screened"]
    if not (screened["wants_person"] or screened["accepts_offer"]):
        return None
    if turn.context.hands_off:
        return Outcome("hand_off", "contact_asked", "contact_asked")
    return Outcome("deliver", "contact_asked", "no_people")


def _if_unsafe(turn: _Turn) -> Outcome | None:
    """A flag may be wrong: once for the topic, a person is offered beside the refusal."""
    if not turn.left_open or not turn.state["screened"]["unsafe"]:
        return None
    if not turn.context.hands_off or offers.earlier(turn.offered, turn.left_open):
        return Outcome("deliver", "unsafe_input", "unsafe")
    made = offers.added(turn.offered, turn.left_open)
    more = phrase("offer_more", turn.state["language"])
    return Outcome("offer", "unsafe_input", "unsafe", notice=more, offered=made)


def _without_question(turn: _Turn) -> Outcome | None:
    if turn.resolutions:
        return None
    return Outcome("deliver", None, turn.state["screened"]["small_talk"] or "greeting")


def _by_rule(turn: _Turn, rule: dict[str, Any] | None) -> Outcome | None:
    talk = turn.state["screened"]["small_talk"]
    if rule is None or not (
        turn.resolutions or (talk == "insult" and rule["action"] == "hand_off")
    ):
        return None  # small talk asks for nothing that a rule could be about, an insult may
    name, reason = rule["name"], rule["reason"]
    match rule["action"]:
        case "hand_off" if turn.context.hands_off:
            return Outcome("hand_off", reason, "policy", rule=name)
        case "offer" if turn.context.hands_off and not offers.earlier(
            turn.offered, turn.resolutions
        ):
            tail = "offer" if turn.left_open else "offer_more"
            made = offers.added(turn.offered, turn.resolutions)
            return Outcome("offer", reason, tail, rule=name, offered=made)
        case "deliver_with_notice":
            return replace(_by_answers(turn), rule=name, notice=rule["notice"])
        case _:
            return None


def _by_answers(turn: _Turn) -> Outcome:
    if not turn.left_open:
        return _if_in_doubt(turn)
    if (by_tools := _without_tools(turn)) is not None:
        return by_tools
    laid_down = next(filter(None, (labels.reason_of(r.get("label")) for r in turn.left_open)), None)
    if laid_down and turn.context.hands_off:
        return Outcome("hand_off", laid_down, "hand_off")
    may_ask = turn.state.get("clarified", 0) < clarifying.MAX_CLARIFIED
    if may_ask and dialogue.did_you_mean(turn.state):
        return Outcome("clarify", "low_confidence", "did_you_mean")
    asked = _asking_back(turn)
    if asked is not None:
        return asked
    reason = turn.left_open[0]["reason"] or "not_in_knowledge"
    if not turn.context.hands_off:
        return Outcome("deliver", reason, "not_known")
    earlier = offers.earlier(turn.offered, turn.left_open)
    if earlier is not None and earlier["declined"]:
        return Outcome("deliver", reason, "still_not_known")
    if earlier is not None or turn.unsure > MAX_UNSURE:
        return Outcome("hand_off", "repeated_low_confidence", "hand_off")
    if turn.context.offers_first:
        made = offers.added(turn.offered, turn.left_open)
        return Outcome("offer", reason, "offer", offered=made)
    return Outcome("hand_off", reason, "hand_off")


def _without_tools(turn: _Turn) -> Outcome | None:
    """Where a tool could not answer: who is not known may sign in, what is down is a person's matter."""
    reasons = {r["reason"] for r in turn.left_open}
    if reasons == {"identity_needed"}:
        return Outcome("deliver", "identity_needed", "identity_needed")
    if "tool_failed" not in reasons:
        return None
    if turn.context.hands_off:
        return Outcome("hand_off", "tool_failed", "tool_failed")
    return Outcome("deliver", "tool_failed", "tool_failed_alone")


def _if_in_doubt(turn: _Turn) -> Outcome:
    """Everything has an answer; of some we are not sure enough to leave it at that."""
    if not turn.doubtful:
        refused = any((r.get("bound") or {}).get("forbidden") for r in turn.resolutions)
        return Outcome("deliver", "policy" if refused else None)
    if not turn.context.hands_off:
        return Outcome("deliver", "low_confidence")
    if turn.unsure > MAX_UNSURE:
        return Outcome("hand_off", "repeated_low_confidence", "hand_off_more")
    if offers.earlier(turn.offered, turn.doubtful):
        return Outcome("deliver", "low_confidence")
    made = offers.added(turn.offered, turn.doubtful)
    return Outcome("offer", "low_confidence", "offer_more", offered=made)


def _asking_back(turn: _Turn) -> Outcome | None:
    """A question of ours, where one is worth it: something to choose from, or hardly a word to go by."""
    if len(turn.left_open) != 1 or turn.state.get("clarified", 0) >= clarifying.MAX_CLARIFIED:
        return None
    [one] = turn.left_open
    if one.get("features", {}).get("other_thing", 0.0) > ANOTHER_THING:
        return None  # nothing that was found speaks of what is asked: there is nothing to choose
    found = clarifying.choices(one, turn.state["language"])
    before = turn.state.get("asked_back") or {}
    if found and found != before.get("choices"):
        return Outcome("clarify", "low_confidence", "choose", choices=found)
    if len(turn.resolutions) == 1 and clarifying.is_vague(one):
        return Outcome("clarify", "low_confidence", "clarify")
    return None

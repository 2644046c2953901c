"""What a turn remembers: the contact's facts, the last lines, a running summary, under a budget.

Facts come with the turn's context, since they belong to the contact; lines and summary are the
conversation's own state. What does not fit is left out by priority, and the step says what.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import RemoveMessage

from graphs.context import TurnContext
from graphs.remembering.history import recent_lines
from graphs.remembering.known_facts import Fact, asked_back, enriched, newest
from graphs.remembering.stated_facts import only_tells, stated_in
from graphs.state import ConversationState, Lead, StateUpdate
from graphs.words.phrases import phrase
from tenants.cutting.drafts import count_tokens
from tenants.people.facts import ToldFact

BUDGET_TOKENS = 1_200  # of everything that is remembered, in a prompt; passages have their own
SURE_LINES = 2  # the last question and its answer come before the summary


def known_facts(state: ConversationState, context: TurnContext) -> list[Fact]:
    """What the contact has told so far, this turn's words included; of a kind the newest."""
    if not remembers(context):
        return []
    held = [Fact(**one) for one in context.memory.get("facts") or []]
    now = [
        Fact(fact_id="", kind=s.kind, value=s.value, quote=s.quote, turn_id=context.turn_id)
        for s in stated_in(state["screened"]["text"], state["language"])
    ]
    return newest([*held, *now])


def remembers(context: TurnContext) -> bool:
    """Whether the assistant keeps facts."""
    return bool(context.memory.get("keeps_facts", True))


def told(state: ConversationState, context: TurnContext) -> list[ToldFact]:
    """What this turn's message told that is worth keeping."""
    screened = state.get("screened")
    if context.kind != "message" or not screened or screened["unsafe"] or not remembers(context):
        return []
    return [
        ToldFact(one.kind, one.value, one.quote)
        for one in stated_in(screened["text"], state["language"])
    ]


def told_again(state: ConversationState, context: TurnContext) -> StateUpdate | None:
    """The answer to "what was my order number?" in the contact's own words, or to a message that
    only tells such a thing; None for any other.
    """
    screened = state["screened"]
    if screened["wants_person"] or screened["unsafe"] or screened["accepts_offer"]:
        return None
    facts = known_facts(state, context)
    meant = asked_back(screened["text"], facts, state["language"])
    if not meant:
        return _noted(state, context)
    said = list(dict.fromkeys(" ".join(fact["quote"].split()) for fact in meant))
    words = phrase("you_told", state["language"], said="” “".join(said))
    return {
        "intents": [],
        "lead": Lead(text=words, alone=True, buttons=[]),
        "recalled": [fact["kind"] for fact in meant],
    }


def _noted(state: ConversationState, context: TurnContext) -> StateUpdate | None:
    """The answer to a message that only tells something, where nothing was asked of it."""
    text, language = state["screened"]["text"], state["language"]
    if not remembers(context) or state.get("asked_back") or not only_tells(text, language):
        return None
    said = "” “".join(dict.fromkeys(one.value for one in stated_in(text, language)))
    return {
        "intents": [],
        "lead": Lead(text=phrase("noted", language, said=said), alone=True, buttons=[]),
    }


def with_facts(state: ConversationState, context: TurnContext, found: StateUpdate) -> StateUpdate:
    """The intents' queries with what "my size" is; `recalled` names the kinds that were used."""
    facts = known_facts(state, context)
    if not facts or not found.get("intents"):
        return found
    intents: list[dict[str, Any]] = []
    used: list[str] = []
    for intent in found["intents"]:
        query, kinds = enriched(intent["query"], facts, state["language"])
        used += kinds
        intents.append(intent | {"query": query})
    return found | {"intents": intents, "recalled": list(dict.fromkeys(used))} if used else found


def forgetting(held: Mapping[str, Any], context: TurnContext) -> StateUpdate | None:
    """What leaves the state because it says a fact that was forgotten since; None for nothing.

    The summary loses its lines when the turn is remembered.
    """
    forgotten = set(context.memory.get("forgotten") or [])
    gone = [m for m in held.get("messages") or [] if m.id in forgotten]
    if not gone:
        return None
    said = " ".join(" ".join(m.text.split()) for m in gone)

    def stays(one: Mapping[str, Any]) -> bool:
        return " ".join(str(one.get("text", "")).split()) not in said

    update: StateUpdate = {
        name: [one for one in held.get(name) or [] if stays(one)]
        for name in ("topics", "open_requests")
        if held.get(name)
    }
    if held.get("focus") and not stays(held["focus"]):
        update["focus"] = {}
    return update | {"messages": [RemoveMessage(str(m.id)) for m in gone]}


def recollection(state: ConversationState, context: TurnContext) -> dict[str, Any]:
    """`history` and `summary` as a prompt has them, and in `context` what they take and what was
    cut: facts first, then the last lines, the summary, and the lines before.
    """
    budget = int(context.memory.get("budget_tokens") or BUDGET_TOKENS)
    lines = recent_lines(state)
    facts = [f"{one['kind']}: {one['value']}" for one in known_facts(state, context)]
    summary = state.get("summary", "").splitlines()
    left = budget
    kept_facts, left = _last_that_fit(facts, left)
    last, left = _last_that_fit([line["text"] for line in lines[-SURE_LINES:]], left)
    kept_summary, left = _last_that_fit(summary, left)
    before, left = (
        _last_that_fit([line["text"] for line in lines[:-SURE_LINES]], left)
        if len(last) == len(lines[-SURE_LINES:])
        else ([], left)
    )
    n_lines = len(last) + len(before)
    cut = {
        "facts": len(facts) - len(kept_facts),
        "lines": len(lines) - n_lines,
        "summary_lines": len(summary) - len(kept_summary),
    }
    return {
        "history": lines[len(lines) - n_lines :],
        "summary": _rendered(kept_facts, kept_summary),
        "context": {
            "budget_tokens": budget,
            "tokens": budget - left,
            "cut": {name: number for name, number in cut.items() if number},
        },
    }


def _rendered(facts: Sequence[str], summary: Sequence[str]) -> str:
    parts = ["The customer has told: " + "; ".join(facts)] if facts else []
    return "\n".join([*parts, *summary])


def _last_that_fit(texts: Sequence[str], budget: int) -> tuple[list[str], int]:
    """As many of the last texts as the tokens allow, and the tokens that are left."""
    kept: list[str] = []
    for text in reversed(texts):
        tokens = count_tokens(text) + 1
        if tokens > budget:
            break
        kept.append(text)
        budget -= tokens
    return kept[::-1], budget

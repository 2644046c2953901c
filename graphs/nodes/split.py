"""Take a message apart into the things the contact wants, in the order of the reply."""

from langchain_core.messages import HumanMessage, SystemMessage
from langgraph.runtime import Runtime
from pydantic import BaseModel, Field, ValidationError

from graphs.acting import pending_actions
from graphs.acting.requested_effects import requested_effects
from graphs.asking.models import EXTRACTIVE
from graphs.context import TurnContext
from graphs.deciding import clarifying
from graphs.ports import LanguageModels, NoWords, Words
from graphs.prompts import prompt
from graphs.remembering import memory
from graphs.remembering.history import recent_lines
from graphs.safety.cleaning import cleaned
from graphs.safety.fences import fenced, new_mark
from graphs.safety.orders import gives_orders
from graphs.state import ConversationState, Intent, StateUpdate, UsageEntry
from graphs.understanding import dialogue, following, open_requests, sharing, splitting, wishes
from graphs.understanding.reply_order import hanging, in_reply_order
from graphs.understanding.situations import with_situations
from graphs.words import wording
from graphs.writing.disclosing import disclosed
from tools.effect_catalog import EFFECTS

MAX_INTENTS = 10  # a burst of ten short questions is ten; what is beyond goes with the last

NO_WORDS = NoWords()


class _Asked(BaseModel):
    text: str = Field(min_length=1, max_length=2_000)
    query: str = Field(min_length=1, max_length=2_000)


class _Split(BaseModel):
    intents: list[_Asked] = Field(min_length=1, max_length=MAX_INTENTS)


async def split(
    state: ConversationState,
    runtime: Runtime[TurnContext],
    *,
    models: LanguageModels,
    words: Words = NO_WORDS,
) -> StateUpdate:
    """Put the intents in the state; none where nothing is asked. One costs no model call."""
    steered = pending_actions.answered(state)
    steered = steered or dialogue.steer(state) or memory.told_again(state, runtime.context)
    found = await _asked(state, runtime, models, words) if steered is None else steered
    found = memory.with_facts(state, runtime.context, found)
    if runtime.context.is_on("mended_words"):
        found = await wording.worded(state, found, runtime.context, words)
    lead = found.get("lead") or {}
    if lead.get("text"):  # it names requests in the contact's own words
        lead = lead | {"text": cleaned(lead["text"], runtime.context.allowed_hosts)}
        found = found | {"lead": lead}
    found = disclosed(state, runtime.context, found)
    lead = found.get("lead") or {}
    if found["intents"] and lead.get("text"):
        runtime.stream_writer(
            {"kind": "sentence", "index": 0, "text": lead["text"], "source": None}
        )
    return {"returning": {}, "recalled": []} | dialogue.dropped(state) | found


async def _asked(
    state: ConversationState,
    runtime: Runtime[TurnContext],
    models: LanguageModels,
    words: Words,
) -> StateUpdate:
    screened = state["screened"]
    last = state.get("intents") or []
    if screened["accepts_offer"]:
        return {"intents": last or dialogue.pending(state)}
    picked = clarifying.chosen(state)
    if picked is not None:
        asked = str((state.get("asked_back") or {}).get("query", ""))
        return {"intents": [picked], "open_requests": open_requests.without_query(state, asked)}
    if screened["small_talk"] or not screened["text"]:
        return {"intents": []}
    used: list[UsageEntry] = []
    parts = splitting.split_text(screened["text"], state["language"])
    parts = with_situations(parts, screened["text"], state["language"])
    asked = [said for part in parts if (said := splitting.requested(part))]
    if screened["reminds"]:
        asked = [part for part in asked if not wishes.reminds(part)]
    before, language = dialogue.before_turn(state), state["language"]
    asked = [one for part in asked for one in sharing.apart(part, language)]
    if runtime.context.acts and runtime.context.tools:
        asked = requested_effects(asked, screened["text"], EFFECTS, language)
    asked = _few(asked)
    hangs = hanging(asked, screened["text"])
    context = runtime.context
    meant = asked
    if context.is_on("mended_words"):
        meant = await wording.read_as_meant(asked, state, context, words)
    resolved = following.resolve(meant, before, language, hanging=hangs)
    if meant != asked:  # what they wrote stays as they wrote it
        own = following.resolve(asked, before, language, hanging=hangs)
        resolved = [(text, query) for (text, _), (_, query) in zip(own, resolved, strict=True)]
    intents = _numbered(in_reply_order(resolved, screened["text"], language))
    leans = bool(meant) and following.leans_back(meant[0], before, language)
    chain = models.chain(
        context.model, context.fallback_models, task="split", small=context.small_model
    )
    if (len(intents) > 1 or leans) and chain[0] != EXTRACTIVE and not screened["unsafe"]:
        intents, used = await _by_model(state, context, intents, chain, models)
    return {"intents": intents, "usage": used}


def _few(asked: list[str]) -> list[str]:
    """At most MAX_INTENTS parts; what is beyond is asked with the last, so that nothing is lost."""
    first, rest = asked[: MAX_INTENTS - 1], asked[MAX_INTENTS - 1 :]
    return [*first, "\n".join(rest)] if rest else first


def _numbered(parts: list[tuple[str, str]]) -> list[Intent]:
    return [Intent(index=i, text=text, query=query) for i, (text, query) in enumerate(parts)]


async def _by_model(
    state: ConversationState,
    context: TurnContext,
    by_rules: list[Intent],
    chain: list[str],
    models: LanguageModels,
) -> tuple[list[Intent], list[UsageEntry]]:
    """The model's split where it gives a valid one, else the rules'."""
    history = "\n".join(
        f"{line['author']}: {line['text']}"
        for line in recent_lines(state)
        if not gives_orders(line["text"])
    )
    told = f"{prompt('split').template}\n{fenced(history or '(nothing)', new_mark(), 'earlier')}"
    asked = [
        SystemMessage(told),
        HumanMessage(state["screened"]["text"]),
    ]
    text, used = await models.write_json(chain, asked, context=context, node="split")
    try:
        found = _Split.model_validate_json(text)
    except ValidationError:
        return by_rules, used
    parts = [
        (a.text, cleaned(a.query, ())) for a in found.intents if not splitting.asks_nothing(a.text)
    ]
    heard = f"{history}\n{state['screened']['text']}\n{by_rules[0]['query']}"
    if not all(following.is_grounded(query, heard, state["language"]) for _, query in parts):
        return by_rules, used
    said = state["screened"]["text"]
    if not all(following.is_quoted(text, said) for text, _ in parts):
        return by_rules, used
    return _numbered(in_reply_order(parts, said, state["language"])) or by_rules, used

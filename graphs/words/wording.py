"""How requests are worded for the search: slips mended, a tenant's short and informal names spelt out.

The contact's own words (`text`) stay as they are; only what is searched (`query`) changes.
"""

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from graphs.context import TurnContext
from graphs.ports import KnowledgeVersion, Spells, Words
from graphs.state import ConversationState, Intent, Spelt, StateUpdate, Topic
from graphs.words.spelling import Correction, applied

MAX_QUERY_CHARS = 8_000


async def worded(
    state: ConversationState, found: StateUpdate, context: TurnContext, words: Words
) -> StateUpdate:
    """What `split` found, its queries mended, with `spelling`: what was changed or is in doubt."""
    intents: list[Intent] = found.get("intents") or []
    if not intents or not _is_mended(state):
        return found | {"spelling": {}}
    speller = await _speller(state, context, words)
    names = _spelt_out(context)
    spelt = Spelt(mended=[], doubt={})
    new = [_worded(one, speller, names, state["language"], spelt) for one in intents]
    if len(intents) > 1:
        spelt["doubt"] = {}
    update = found | {"intents": new, "spelling": spelt}
    if spelt["mended"]:
        earlier = found.get("recoveries") or state.get("recoveries") or []
        update["recoveries"] = [*earlier, "spelling"]
    return update


async def read_as_meant(
    asked: Sequence[str], state: ConversationState, context: TurnContext, words: Words
) -> list[str]:
    """The requests with their sure slips mended: by these it is told whether one leans on what was
    said before.
    """
    speller = await _speller(state, context, words) if _is_mended(state) else None
    if speller is None:
        return list(asked)
    language, names = state["language"], _spelt_out(context)
    return [applied(one, _sure(speller.corrections(one, language), names)) for one in asked]


def _is_mended(state: ConversationState) -> bool:
    screened = state["screened"]
    return not screened["unsafe"] and not screened["accepts_offer"]


async def _speller(state: ConversationState, context: TurnContext, words: Words) -> Spells | None:
    if not context.tenant_id:
        return None
    versions = [
        KnowledgeVersion(UUID(base), None if version < 0 else version)
        for base, version in context.knowledge
    ]
    return await words.speller(UUID(context.tenant_id), versions, state["language"])


def _sure(found: Sequence[Correction], names: Mapping[str, str]) -> list[Correction]:
    return [c for c in found if c.is_strong and c.wrong.casefold() not in names]


def _worded(
    intent: Intent,
    speller: Spells | None,
    names: Mapping[str, str],
    language: str,
    spelt: Spelt,
) -> Intent:
    query, read = intent["query"], intent["text"]
    if speller is not None:
        found = [c for c in speller.corrections(query, language) if c.wrong.casefold() not in names]
        strong = _sure(found, names)
        said = _sure(speller.corrections(intent["text"], language), names)
        spelt["mended"] += _told([*strong, *said])
        read = applied(intent["text"], said)
        if len(strong) < len(found):
            asked = applied(intent["text"], speller.corrections(intent["text"], language))
            spelt["doubt"] = Topic(text=asked, query=_with_names(applied(query, found), names))
        query = applied(query, strong)
    new = Intent(index=intent["index"], text=intent["text"], query=_with_names(query, names))
    if read != intent["text"]:
        new["read"] = read
    return new


def _told(made: Sequence[Correction]) -> list[str]:
    """Each correction once, as the step `split` shows it."""
    return list(dict.fromkeys(f"{c.wrong} → {c.right}" for c in made))


def _spelt_out(context: TurnContext) -> dict[str, str]:
    """What each short or informal name stands for, by the name in lower case."""
    given = [context.words.get("abbreviations") or {}, context.words.get("also_called") or {}]
    return {" ".join(k.casefold().split()): v for names in given for k, v in names.items()}


def _with_names(query: str, names: Mapping[str, str]) -> str:
    """The query with what each name in it stands for in brackets behind it."""
    if not names:
        return query
    longest = sorted(names, key=len, reverse=True)
    pattern = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest)
    plain = query.casefold()

    def explained(match: re.Match[str]) -> str:
        full = names[" ".join(match.group().casefold().split())]
        return match.group() if full.casefold() in plain else f"{match.group()} ({full})"

    spelt_out = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", explained, query, flags=re.IGNORECASE)
    return spelt_out[:MAX_QUERY_CHARS]

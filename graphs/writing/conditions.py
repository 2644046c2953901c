"""What of a tenant's settings holds for one request: guidance, forbidden topics, disclaimers.

A condition's plain words are compared with the request by meaning (`graphs/words/likeness.py`, the
knowledge's embedding model) and by the words that both share; no language model is asked. "The customer is angry" and
"writes in German" are read as what they state. The thresholds are set by `python -m evals topics`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from graphs.context import TurnContext
from graphs.deciding.rules import Said
from graphs.ports import Knowledge, KnowledgeVersion
from graphs.state import Bound, ResolveState
from graphs.words.phrases import phrase
from graphs.words.terms import overlap, terms

# Likeness from which a condition holds, set by `python -m evals topics` on half of its labels:
DESCRIBED = 3.8  # to its plain words
LIKE_EXAMPLE = 6.0  # to one of its examples, which are many and longer
_SHARED_COUNTS = 1.0  # what all of a text's words in the request add
_ASKS = re.compile(
    r"^(?:(?:if|when|whenever|in case|as soon as)\s+)?(?:(?:the|a|an|any)\s+)?"
    r"(?:customer|customers|contact|contacts|user|users|client|clients|visitor|person|people|someone|somebody|they|question|request|message|conversation)\s+"
    r"(?:is\s+|are\s+)?(?:asks?|asking|wants?|wanting|writes?|talks?|talking|speaks?|mentions?|inquires?|complains?|has questions?|needs?)\s*"
    r"(?:about|for|to know|whether|that|how|on)?\s*"
    r"|^(?:wenn|falls|sobald)\s+(?:der|die|ein|eine)?\s*(?:kunde|kundin|kunden|kontakt|nutzer|jemand)\s+(?:nach|über|zu|wegen)?\s*"
    r"|^(?:si|cuando)\s+(?:el|la|un|una)?\s*(?:cliente|contacto|usuario|alguien)\s+(?:pregunta|quiere|habla|escribe)\s*(?:por|sobre|de|acerca de)?\s*"
    r"|^(?:si|quand|lorsque)\s+(?:le|la|un|une)?\s*(?:client|cliente|contact|utilisateur|quelqu'un)\s+(?:demande|veut|parle|écrit)\s*(?:de|des|du|sur|à propos de)?\s*",
    re.IGNORECASE,
)
_UPSET = re.compile(
    r"\b(?:angry|upset|unhappy|frustrated|annoyed|furious|dissatisfied|disappointed|"
    r"verärgert|wütend|unzufrieden|sauer|enttäuscht|enfadad\w+|molest\w+|descontent\w+|"
    r"fâchée?|mécontente?|en colère|énervée?)\b",
    re.IGNORECASE,
)
_WRITES_IN = re.compile(
    r"\b(?:in|auf|en)\s+(english|german|french|spanish|italian|portuguese|chinese|arabic|"
    r"englisch|deutsch|französisch|spanisch|italienisch|inglés|alemán|francés|español|"
    r"anglais|allemand|français|espagnol)\b",
    re.IGNORECASE,
)
_LANGUAGE_OF = {
    "eng": "en", "ing": "en", "ang": "en", "ger": "de", "deu": "de", "ale": "de", "all": "de",
    "fre": "fr", "fra": "fr", "spa": "es", "esp": "es", "ita": "it", "por": "pt", "chi": "zh",
    "ara": "ar",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """What a condition may look at."""

    text: str
    language: str
    channel: str = ""
    sentiment: str = "neutral"


async def bound(state: ResolveState, context: TurnContext, knowledge: Knowledge) -> Bound | None:
    """What holds for this request, or None where the tenant has laid nothing down."""
    answering = context.answering
    topics: list[dict[str, Any]] = answering.get("forbidden_topics") or []
    guidance: list[dict[str, Any]] = answering.get("guidance") or []
    disclaimers: list[dict[str, Any]] = answering.get("disclaimers") or []
    if not topics and not guidance and not disclaimers:
        return None
    asked = [one["when"] for one in (*topics, *guidance, *disclaimers) if one["when"]]
    near = await _nearness(asked, state["intent"]["query"], context, knowledge)
    request = Request(
        state["intent"]["query"],
        state["language"],
        context.channel,
        state.get("sentiment") or "neutral",
    )

    def holding(kind: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for one in kind if one["when"] is None or holds(one["when"], request, near)]

    forbidden = holding(topics)
    return Bound(
        forbidden=_ruling(forbidden[0], state["language"], context) if forbidden else None,
        guidance=[one["name"] for one in holding(guidance)],
        disclaimers=[one["name"] for one in holding(disclaimers)],
    )


def holds(when: Mapping[str, Any], request: Request, near: Mapping[str, float]) -> bool:
    """Whether everything that a condition states is so; `near` has the likeness of its texts."""
    when = _as_stated(when)
    if when.get("sentiment") not in (None, request.sentiment):
        return False
    if when.get("languages") and request.language[:2].lower() not in {
        code[:2].lower() for code in when["languages"]
    }:
        return False
    if when.get("channels") and request.channel not in when["channels"]:
        return False
    subjects = texts_of(when)
    if not subjects and not when.get("words"):
        return True
    said = Said.of(request.text)
    if any(said.holds(phrase) for phrase in when.get("words") or ()):
        return True
    examples = when.get("examples") or ()
    return any(
        closeness(text, request, near.get(text, 0.0))
        >= (LIKE_EXAMPLE if text in examples else DESCRIBED)
        for text in subjects
    )


def closeness(subject: str, request: Request, likeness: float) -> float:
    """How near a request is to a description, by meaning and by the words of it that it holds."""
    wanted = terms(subject, request.language)
    shared = overlap(wanted, terms(request.text, request.language))
    return likeness + _SHARED_COUNTS * shared


def texts_of(when: Mapping[str, Any]) -> list[str]:
    """The texts that a request is compared with: the description without "the customer asks", and
    the examples.
    """
    about = str(when.get("about") or "")
    bare = _ASKS.sub("", about).strip(" .!?") or about
    return [text for text in (bare, *(when.get("examples") or ())) if text]


def _as_stated(when: Mapping[str, Any]) -> dict[str, Any]:
    """A condition whose plain words state a mood or a language, as such."""
    stated = dict(when)
    about = str(when.get("about") or "")
    rest = about
    if _UPSET.search(rest) and stated.get("sentiment") is None:
        stated["sentiment"], rest = "negative", ""
    spoken = _WRITES_IN.search(about)
    if spoken and not stated.get("languages"):
        stated["languages"], rest = [_LANGUAGE_OF[spoken[1].casefold()[:3]]], ""
    stated["about"] = rest
    return stated


async def _nearness(
    conditions: Sequence[Mapping[str, Any]], query: str, context: TurnContext, knowledge: Knowledge
) -> dict[str, float]:
    texts = list(dict.fromkeys(t for when in conditions for t in texts_of(_as_stated(when))))
    if not texts:
        return {}
    versions = [
        KnowledgeVersion(UUID(knowledge_base_id), None if version < 0 else version)
        for knowledge_base_id, version in context.knowledge
    ]
    found = await knowledge.likeness(UUID(context.tenant_id), versions, query, texts)
    return dict(zip(texts, found, strict=True))


def _ruling(topic: Mapping[str, Any], language: str, context: TurnContext) -> dict[str, Any]:
    """What is done with a request about a forbidden topic, in the form of a label's action."""
    if topic["action"] == "hand_off" and context.hands_off:
        return {"type": "hand_off", "reason": "policy", "topic": topic["name"]}
    said = in_language(topic["say"], language, context) or phrase("forbidden", language)
    return {"type": "reply", "text": said, "topic": topic["name"]}


def unspoken(context: TurnContext) -> list[str]:
    """The words of forbidden topics, which no sentence may hold, whatever was asked."""
    topics: list[dict[str, Any]] = context.answering.get("forbidden_topics") or []
    return [word for one in topics for word in one["when"].get("words") or ()]


def overruled(label: Mapping[str, Any] | None, ruling: Mapping[str, Any]) -> dict[str, Any]:
    """The request's label, whose action gives way to that of the forbidden topic."""
    name = str(label["name"]) if label else ""
    return {"name": name, "confidence": 1.0, "action": dict(ruling), "ruled": True}


def in_language(texts: Mapping[str, str], language: str, context: TurnContext) -> str:
    """The text in the contact's language, else in the assistant's, else in English, else the first."""
    by_code = {code[:2].lower(): text for code, text in texts.items()}
    wanted = (language[:2].lower(), context.locale[:2].lower(), "en")
    return next((by_code[code] for code in wanted if code in by_code), "") or next(
        iter(texts.values()), ""
    )

"""Requests for effects within a message: several in one sentence come apart, a reason stays with its own.

"Cancel order 1 and refund order 2" are two; "refund order 1, the lock does not close" is one.
"""

import re
from collections.abc import Sequence

from graphs.acting.effect_choice import LANGUAGES, begins_any, is_about, names
from tools.effects import Effect

_JOINT = re.compile(
    r",?\s+(?:and|und|y|e|et|&)(?:\s+(?:then|also|please|dann|auch|bitte|luego|también|ensuite|aussi))*\s+",
    re.IGNORECASE,
)
_TURN = re.compile(
    r",\s+(?:(?:and|but|und|aber|y|pero|et|mais)\s+)?|\s+(?:and|but|und|aber|y|pero|et|mais)\s+",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\W*(?:(?:please|then|so|ok|okay|bitte|dann|por favor|entonces|alors|s'il vous plaît)\b\W*)*",
    re.IGNORECASE,
)
_FIRST = re.compile(r"[^\W\d_]+")
_COMMA = re.compile(r"\s*[,;:–-]\s*")
# how a plain statement begins; who asks for something else begins otherwise
_STATES = re.compile(
    r"^(?:the|my|it|its|it's|this|that|they|he|she|i (?:no|never|changed|ordered|bought|have to|had|got|was|am|'m)\b"
    r"|i'm|der|die|das|mein\w*|es|er|sie|ich (?:habe|hatte|bin|war|muss)\b|el|la|los|las|mi|mis|no|se|lo"
    r"|le|les|mon|ma|mes|il|elle|je (?:suis|ai|dois|n'ai)\b|j'ai)\b[^?]*$",
    re.IGNORECASE,
)


def requested_effects(
    parts: Sequence[str], said: str, effects: Sequence[Effect], language: str
) -> list[str]:
    """The message's parts, with every effect apart and with its reason."""
    joined: list[str] = []
    for part in parts:
        if joined and (whole := _with_reason(joined[-1], part, said, effects, language)):
            joined[-1] = whole
        else:
            joined.append(part)
    return [one for part in joined for one in _apart(part, effects, language)]


def _with_reason(
    request: str, part: str, said: str, effects: Sequence[Effect], language: str
) -> str:
    """Both as they stand in the message, where a plain statement follows a request; "" elsewhere."""
    if not _names_any(request, effects, language) or _names_any(part, effects, language):
        return ""
    begins = said.find(request)
    after = said[begins + len(request) :] if begins >= 0 else ""
    between = _COMMA.match(after)
    if between is None or not _STATES.match(part) or not after[between.end() :].startswith(part):
        return ""
    return f"{request}{between.group()}{part}"


def _apart(text: str, effects: Sequence[Effect], language: str) -> list[str]:
    """Apart before a second effect, and before a question that follows: its nouns are not the effect's."""
    for joint in _TURN.finditer(text):
        left, right = text[: joint.start()], text[joint.end() :]
        if _begins_with_verb(_LEAD.sub("", left), effects) and is_about(right) and "?" in right:
            return [left.strip(" ,"), right.strip()]
    for joint in _JOINT.finditer(text):
        left, right = text[: joint.start()], text[joint.end() :]
        if not _begins_with_verb(right, effects):
            continue
        if _names_any(left, effects, language) and _names_any(right, effects, language):
            return [left.strip(" ,"), *_apart(right.strip(), effects, language)]
    return [text]


def _begins_with_verb(text: str, effects: Sequence[Effect]) -> bool:
    first = _FIRST.match(text.strip())
    return first is not None and any(
        begins_any([first.group().lower()], effect.verbs.get(known, "").split())
        for effect in effects
        for known in LANGUAGES
    )


def _names_any(text: str, effects: Sequence[Effect], language: str) -> bool:
    return any(names(effect, text, language) for effect in effects)

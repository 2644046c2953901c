"""What a message says besides its questions: greetings, thanks, a wish for a person, an attack."""

import re

from graphs.understanding import moves, talk
from graphs.understanding.persons import asks_for_person

_UNSAFE = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:previous|prior|above|earlier|all|your|any)\b.{0,25}\b(?:instruction|prompt|rule|guideline|direction|training)s?\b"
    r"|\b(?:reveal|show|print|repeat|output|tell me|display)\b.{0,30}\b(?:system|hidden|initial|secret|developer) (?:prompt|message|instruction)s?\b"
    r"|\byou are (?:now|no longer)\b.{0,30}\b(?:DAN|jailbroken|unrestricted|an? (?:evil|unfiltered|assistant without))\b"
    r"|\b(?:developer|god|jailbreak|DAN) mode\b|\bdo anything now\b"
    r"|\bignoriere\b.{0,30}\b(?:anweisungen|regeln)\b|\bignora\b.{0,30}\b(?:instrucciones|reglas)\b|\bignore[sz]?\b.{0,30}\b(?:instructions|consignes) (?:précédentes|ci-dessus)",
    re.IGNORECASE | re.DOTALL,
)


def wants_person(text: str) -> bool:
    """Whether the text asks for a person to take over."""
    return asks_for_person(text) and not small_talk(text)


def reminds(text: str) -> bool:
    """Whether the text says that something was left unanswered."""
    return moves.reminds(text)


def is_unsafe(text: str) -> bool:
    """Whether the text tries to give the machine new rules, by plain patterns."""
    return _UNSAFE.search(text) is not None


def small_talk(text: str) -> str:
    """The kind of small talk that the whole text is, or ""."""
    return talk.kind_of(text)


def agrees(text: str) -> bool:
    """Whether the whole text is a yes."""
    return moves.agrees(text)

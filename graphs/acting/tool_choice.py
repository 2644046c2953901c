"""Which tool answers a question, decided without a model: by likeness to what each tool is for.

A tool wins where the question is nearer to one of its own examples than to any question near them that
it does not answer, and its arguments can be read off the question. How something is done, and what the
rules are, is a matter for the knowledge; so is whatever the knowledge knows better.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphs.acting.tool_calls import Question
from graphs.understanding.spoken_references import (
    asks_attribute,
    asks_manner,
    references,
    speaks_of_self,
    thing_of,
)
from tools.spoken import SpokenKind

# cosines of the local model, set by hand on requests to the demo shop; no set measures them yet
LIKE = 0.55
LIKE_WITH_REFERENCE = 0.5
LIKE_OF_ONES_OWN = 0.62  # without a number nothing but the likeness speaks for it
MARGIN = 0.05  # nearer to an example than to what is not one
KNOWN_MARGIN = 0.15  # what is asked of one's own may be that much nearer to the knowledge
STAND_IN = "1042"  # for every number: the examples have it
Near = Callable[[str, Sequence[str]], Awaitable[list[float]]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tool that might answer: what it is like, what it is not, what it must be told."""

    name: str
    is_personal: bool
    examples: Mapping[str, Sequence[str]]
    unlike: Mapping[str, Sequence[str]]
    spoken: Mapping[str, SpokenKind]
    required: frozenset[str]
    lists_things: bool = False  # says which things there are, and leaves what they are like alone


@dataclass(frozen=True, slots=True)
class Choice:
    """The tool and what it is told; `is_named` where a number in the question names the thing."""

    name: str
    arguments: dict[str, Any]
    is_named: bool


async def choose(question: Question, candidates: Sequence[Candidate], near: Near) -> Choice | None:
    """The one tool that answers, or None. `near` gives the cosines of texts with a text."""
    named = references(question.query)
    if not candidates or asks_manner(question.query):
        return None
    fitting = [
        c for c in candidates if not c.is_personal or named or speaks_of_self(question.query)
    ]
    if asks_attribute(question.query):
        fitting = [c for c in fitting if not c.lists_things]
    plain = question.query
    for code in named:
        plain = plain.replace(code, STAND_IN)
    answered = {one for c in candidates for one in _texts(c.examples, question.language)}
    others = {one for c in candidates for one in _texts(c.unlike, question.language)} - answered
    best: tuple[float, Choice] | None = None
    for candidate in fitting:
        arguments = _arguments(candidate, question.query, named)
        if arguments is None:
            continue
        unlike = others.union(_texts(candidate.unlike, question.language))
        like = await _likeness(_texts(candidate.examples, question.language), unlike, plain, near)
        takes_reference = "reference" in candidate.spoken.values()
        is_named = bool(named) and takes_reference
        if not _fits(candidate, like, question.known, is_named=is_named):
            continue
        if best is None or like[0] > best[0]:
            best = (like[0], Choice(candidate.name, arguments, is_named))
    return best[1] if best else None


def _fits(candidate: Candidate, like: tuple[float, float], known: float, *, is_named: bool) -> bool:
    nearest, unlike = like
    if nearest < unlike + MARGIN:
        return False
    if is_named:
        return nearest >= LIKE_WITH_REFERENCE
    if candidate.is_personal:
        return nearest >= LIKE_OF_ONES_OWN and nearest + KNOWN_MARGIN >= known
    return nearest >= LIKE and nearest >= known


async def _likeness(
    examples: Sequence[str], unlike: Collection[str], text: str, near: Near
) -> tuple[float, float]:
    """How near the text is to the nearest example, and to the nearest question that no tool answers."""
    if not examples:
        return 0.0, 0.0
    found = await near(text, [*examples, *sorted(unlike)])
    return max(found[: len(examples)]), max(found[len(examples) :], default=0.0)


def _texts(told: Mapping[str, Sequence[str]], language: str) -> list[str]:
    """Those of the question's language and the English ones."""
    languages = dict.fromkeys((language[:2].lower(), "en"))
    return [one for key in languages for one in told.get(key, ())]


def _arguments(candidate: Candidate, query: str, named: Sequence[str]) -> dict[str, Any] | None:
    """What the tool is told, or None where what it must be told is not said."""
    found: dict[str, Any] = {}
    for field, kind in candidate.spoken.items():
        said = (named[0] if named else "") if kind == "reference" else thing_of(query)
        if said:
            found[field] = said
    return found if candidate.required <= found.keys() else None

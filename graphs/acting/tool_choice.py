"""Which tool answers a question, decided without a model: by likeness to what each tool is for.

A tool wins where the question is nearer to one of its own examples than to any question near them that
it does not answer, and its arguments can be read off the question. How something is done, and what the
rules are, is a matter for the knowledge; so is whatever the knowledge knows better.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphs.acting.tool_calls import Question
from graphs.acting.viewed import means, spelt_out
from graphs.understanding.following import points_back, without_lead
from graphs.understanding.spoken_references import (
    STAND_IN,
    asks_attribute,
    asks_judgement,
    asks_manner,
    rank_of,
    references,
    speaks_of_self,
    tells_of_own,
    thing_of,
)
from graphs.words.folding import spans
from graphs.words.terms import words
from tools.spoken import SpokenKind

# cosines of the local model, set by hand on requests to the demo shop; no set measures them yet
LIKE = 0.55
LIKE_WITH_REFERENCE = 0.5
LIKE_OF_ONES_OWN = 0.62  # without a number nothing but the likeness speaks for it
MARGIN = 0.05  # nearer to an example than to what is not one
KNOWN_MARGIN = 0.15  # what is asked of one's own may be that much nearer to the knowledge
Near = Callable[[str, Sequence[str]], Awaitable[list[float]]]
# questions of the world at large: what is no nearer to a tool's examples than to these is asked of no tool.
# A model of one language finds all questions of another one alike, so each language has its own.
AT_LARGE: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Who was the first king of France?",
        "When did the war between the two countries end?",
        "How many people lived in the city in the year 1500?",
        "Which law was passed by the parliament?",
        "What did the scientist discover about light?",
        "Where is the highest mountain of the continent?",
    ),
    "de": (
        "Wer war der erste König von Frankreich?",
        "Wann endete der Krieg zwischen den beiden Ländern?",
        "Wie viele Menschen lebten im Jahr 1500 in der Stadt?",
        "Welches Gesetz hat das Parlament verabschiedet?",
        "Was hat die Wissenschaftlerin über das Licht entdeckt?",
        "Wo liegt der höchste Berg des Kontinents?",
    ),
    "es": (
        "¿Quién fue el primer rey de Francia?",
        "¿Cuándo terminó la guerra entre los dos países?",
        "¿Cuántas personas vivían en la ciudad en el año 1500?",
        "¿Qué ley aprobó el parlamento?",
        "¿Qué descubrió la científica sobre la luz?",
        "¿Dónde está la montaña más alta del continente?",
    ),
    "fr": (
        "Qui fut le premier roi de France ?",
        "Quand la guerre entre les deux pays s'est-elle terminée ?",
        "Combien de personnes vivaient dans la ville en 1500 ?",
        "Quelle loi le parlement a-t-il adoptée ?",
        "Qu'est-ce que la scientifique a découvert sur la lumière ?",
        "Où se trouve la plus haute montagne du continent ?",
    ),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tool that might answer: what it is like, what it is not, what it must be told."""

    name: str
    is_personal: bool
    examples: Mapping[str, Sequence[str]]
    unlike: Mapping[str, Sequence[str]]
    spoken: Mapping[str, SpokenKind]
    required: frozenset[str]
    records: Mapping[str, str] = field(
        default_factory=dict[str, str]
    )  # of which kind each field is
    lists_things: bool = False  # says which things there are, and leaves what they are like alone


@dataclass(frozen=True, slots=True)
class Choice:
    """The tool and what it is told; `is_named` where a number in the question names the thing."""

    name: str
    arguments: dict[str, Any]
    is_named: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """One way of reading a question, for all tools or for those that take one kind of record."""

    text: str
    record: str = ""
    reference: str = ""  # of the record that "it" means

    def is_for(self, candidate: Candidate) -> bool:
        """Whether the tool may be asked in these words."""
        if self.record and self.record not in candidate.records.values():
            return False
        if candidate.lists_things and not self._asks_for_things:
            return False
        return not candidate.is_personal or bool(self.named) or speaks_of_self(self.text)

    @property
    def _asks_for_things(self) -> bool:
        """Whether it asks which things there are, and not what one is like or good for."""
        is_of_one = asks_attribute(self.text) or asks_judgement(self.text)
        return not tells_of_own(self.text) and (bool(rank_of(self.text)) or not is_of_one)

    @property
    def named(self) -> list[str]:
        """The numbers that it names, that of the record first."""
        return [self.reference] if self.reference else references(self.text)

    @property
    def plain(self) -> str:
        """Every number as the examples have it."""
        text = self.text
        for code in references(text):
            text = text.replace(code, STAND_IN)
        return text


async def choose(question: Question, candidates: Sequence[Candidate], near: Near) -> Choice | None:
    """The one tool that answers, or None. `near` gives the cosines of texts with a text."""
    answered = {one for c in candidates for one in _texts(c.examples, question.language)}
    others = {one for c in candidates for one in _near(c, question.language)} - answered
    others.update(_texts(AT_LARGE, question.language))
    best: tuple[float, Choice] | None = None
    for asked in _readings(question):
        for candidate in candidates:
            arguments = _arguments(candidate, asked.text, asked.named)
            if arguments is None or not asked.is_for(candidate):
                continue
            unlike = others.union(_near(candidate, question.language))
            examples = _texts(candidate.examples, question.language)
            like = await _likeness(examples, unlike, asked.plain, near)
            is_named = bool(asked.named) and "reference" in candidate.spoken.values()
            if not _fits(candidate, like, question.known, is_named=is_named):
                continue
            if best is None or like[0] > best[0]:
                best = (like[0], Choice(candidate.name, arguments, is_named))
    return best[1] if best else None


def _readings(question: Question) -> list[_Asked]:
    """A question as it is searched, in its own words where it leant on another, and with what "it" means."""
    own = question.text or question.query
    if asks_manner(without_lead(own)):
        return []
    found = [] if asks_manner(question.query) else [_Asked(question.query)]
    if not points_back([word.plain for word in spans(own)]):
        leant = own != question.query and set(words(own)) <= set(words(question.query))
        return [*found, _Asked(without_lead(own))] if leant else found  # else it was mended
    for record in dict.fromkeys(one["kind"] for one in question.viewed):
        meant = means(own, question.viewed, record)
        if meant is not None:
            said = spelt_out(without_lead(own), record, question.language, STAND_IN)
            found.append(_Asked(said, record, meant["reference"]))
    return found


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


def _near(candidate: Candidate, language: str) -> list[str]:
    """Questions near the tool's that it does not answer; who asks for the manner never comes so far."""
    return [one for one in _texts(candidate.unlike, language) if not asks_manner(one)]


def _texts(told: Mapping[str, Sequence[str]], language: str) -> list[str]:
    """Those of the question's language and the English ones."""
    languages = dict.fromkeys((language[:2].lower(), "en"))
    return [one for key in languages for one in told.get(key, ())]


def _said(kind: SpokenKind, query: str, named: Sequence[str]) -> str:
    match kind:
        case "reference":
            return named[0] if named else ""
        case "thing":
            return thing_of(query)
        case "rank":
            return rank_of(query)


def _arguments(candidate: Candidate, query: str, named: Sequence[str]) -> dict[str, Any] | None:
    """What the tool is told, or None where what it must be told is not said."""
    found: dict[str, Any] = {}
    for name, kind in candidate.spoken.items():
        said = _said(kind, query, named)
        if said:
            found[name] = said
    return found if candidate.required <= found.keys() else None

"""How sure we are that an answer is right and supported: a pure function from features to 0–1.

Everything that retrieval says about a question is measured before the first word is shown; what
the written answer adds comes on top. The weights of the evidence are fitted by
`python -m evals.fit_confidence` (logistic, held-aside tenants), see `docs/evals.md`; the last two
are set by hand until answers are judged by an eval of their own.
"""

import hashlib
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from graphs.understanding.following_words import CLASSES
from graphs.words.terms import terms, words
from graphs.words.weekdays import days_within
from tenants.finding.languages import detect
from tenants.finding.search import Passage

# Set by `python -m evals decide` on the dev sets: of what the knowledge answers 9 % is handed over, of
# what it does not 75 %. Higher, the answered are lost faster than the unanswered are caught.
ANSWER = 0.34  # from here on an answer is given
OFFER = 0.15  # from here on it may be given with the offer of a person

# The local embedding model was trained on English: elsewhere its cosine says less.
EMBEDDED_LANGUAGES = frozenset({"en"})
MAX_LEAD_OVER = 8  # passages whose mean the first one is compared with

BIAS = -2.21
WEIGHTS = {
    "cosine": 4.34,
    "foreign": 0.34,
    "foreign_cosine": 1.58,
    "lexical": 1.06,
    "foreign_lexical": 18.32,
    "lead": 6.07,
    "word_gap": 2.79,
    "word_lead": 0.44,
    "nowhere": -1.15,
    "foreign_few_words": -22.11,
    "missing_names": -3.97,
    "doubt": -3.0,  # by hand: the model said that it cannot answer
    "unsupported": -2.0,  # by hand: written, but not found in the passages
}

# Names the model whose log odds a correction was learnt for.
MODEL = hashlib.sha256(repr((BIAS, sorted(WEIGHTS.items()))).encode()).hexdigest()[:12]

# By hand, and no part of MODEL: a passage about another thing is never better evidence than this. It
# bears on hardly any question that a correction was learnt from.
OTHER_THING = -2.2  # log odds of 0.1

_NUMBER = re.compile(r"\d+")
_WITHIN = re.compile(r"(?<=[^.!?¿¡\s] )[^\W\d_][\w'’-]*")  # words that do not begin a sentence
_CAPITAL_NOUNS = frozenset({"de"})  # every noun is written large there: a capital is no name


@dataclass(frozen=True, slots=True)
class Features:
    """What is known about one intent's answer; the last three only after it was written."""

    cosine: float = 0.0  # of the first passage
    lexical: float = 0.0  # share of the question's idf mass that the first passage holds
    lead: float = 0.0  # the first passage's cosine less the mean of all that were found
    missing_names: float = 0.0  # share of the question's names and numbers that no passage holds
    foreign: bool = False  # asked in a language that the embedding model does not know
    # agreement: the first passage's words less those of the one that holds most, 0 where it is that
    word_gap: float = 0.0
    word_lead: float = 0.0  # the first passage's words less the mean of all that were found
    nowhere: float = 0.0  # share of the words that no passage found holds
    few_words: float = 1.0  # 1 / (1 + how many words carry meaning)
    other_thing: float = 0.0  # how surely the first passage speaks of another thing of that kind
    supported: float = 1.0  # share of written sentences that the passages say
    answer_coverage: float = 0.0  # share of the question's words in the answer; weighs nothing yet
    doubt: float = 0.0  # 1 where the model said that it cannot answer

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Features":
        """Features as they were kept, perhaps by an older release; what is missing is 0 or good."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in given.items() if name in known})


def confidence(features: Features) -> float:
    """The calibrated chance, 0 to 1, that the answer is right and supported."""
    return 1 / (1 + math.exp(-_log_odds(features)))


def evidence_log_odds(features: Features) -> float:
    """What retrieval alone says, as the gate before the first word sees it."""
    return _log_odds(replace(features, supported=1.0, answer_coverage=0.0, doubt=0.0))


def _log_odds(features: Features) -> float:
    evidence = sum(WEIGHTS[name] * value for name, value in inputs(features).items())
    odds = BIAS + evidence
    return odds - features.other_thing * max(0.0, odds - OTHER_THING)


def inputs(features: Features) -> dict[str, float]:
    """The numbers that the weights multiply, by the weights' names."""
    away = float(features.foreign)
    near = 1.0 - away
    return {
        "cosine": near * features.cosine,
        "foreign": away,
        "foreign_cosine": away * features.cosine,
        "lexical": features.lexical,
        "foreign_lexical": away * features.lexical,
        "lead": near * features.lead,
        "word_gap": near * features.word_gap,
        "word_lead": near * features.word_lead,
        "nowhere": near * features.nowhere,
        "foreign_few_words": away * features.few_words,
        "missing_names": features.missing_names,
        "doubt": features.doubt,
        "unsupported": 1.0 - features.supported,
    }


def evidence_features(
    query: str, passages: Sequence[Passage], *, spoken: Collection[str] = EMBEDDED_LANGUAGES
) -> Features:
    """What retrieval alone says, before anything is written; `spoken` by the embedding model."""
    if not passages:
        return Features(doubt=1.0)
    first, found = passages[0], passages[:MAX_LEAD_OVER]
    mean = sum(p["cosine"] for p in found) / len(found)
    words_held = [p["lexical"] for p in found]
    language = detect(query)
    asked = set(terms(query, language))
    return Features(
        cosine=first["cosine"],
        lexical=first["lexical"],
        lead=first["cosine"] - mean,
        missing_names=missing_names(query, passages, language),
        foreign=language not in spoken,
        word_gap=first["lexical"] - max(words_held),
        word_lead=first["lexical"] - sum(words_held) / len(words_held),
        nowhere=_nowhere(asked, found, language),
        few_words=1 / (1 + len(asked)),
    )


def _nowhere(asked: set[str], found: Sequence[Passage], language: str) -> float:
    """The share of the question's words that nothing found speaks of."""
    left = set(asked)
    for passage in found:
        if not left:
            break
        told = _told(passage)
        left.difference_update(terms(told, language), days_within(told, language))
    return len(left) / len(asked) if asked else 0.0


def _told(passage: Passage) -> str:
    return f"{passage['title']} {passage['question'] or ''} {passage['text']}"


def missing_names(query: str, passages: Sequence[Passage], language: str) -> float:
    """Who asks for the Oasis Inn is not answered by what another house says of itself."""
    named = set(_NUMBER.findall(query)) | _names(query, language)
    if not named:
        return 0.0
    held: set[str] = set()
    for passage in passages:
        text = _told(passage)
        held.update(words(text), terms(text), _NUMBER.findall(text))
    return len(named - held) / len(named)


def _names(query: str, language: str) -> set[str]:
    """The meaning words of what is written large within a sentence."""
    if language in _CAPITAL_NOUNS:
        return set()
    large = [word for word in _WITHIN.findall(query) if word[0].isupper()]
    if 2 * len(large) > len(query.split()):
        return set()  # WHO SHOUTS or Writes Like A Title names nothing
    return {term for name in large if not _is_day(name) for term in terms(name)}


def _is_day(word: str) -> bool:
    """ "Tuesday" is written large and is no name: "Monday to Friday" answers for it."""
    return CLASSES.get(word.lower()) == "day"

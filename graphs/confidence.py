"""How sure we are that an answer is right and supported: a pure function from features to 0–1.

Everything that retrieval says about a question is measured before the first word is shown; what
the written answer adds comes on top. The weights of the evidence are fitted by
`python -m evals.fit_confidence` (logistic, held-aside tenants), see `docs/evals.md`; the last two
are set by hand until answers are judged by an eval of their own.
"""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from graphs.terms import terms, words
from tenants.languages import detect
from tenants.search import Passage

# Set by `python -m evals decide` on the dev sets (0.25 → 0.28: of what the knowledge does not answer
# 1 to 3 points more are handed over, of what it answers 1 to 2): where questions that the knowledge answers are
# seldom handed over and those that it does not answer mostly are.
ANSWER = 0.28  # from here on an answer is given
OFFER = 0.12  # from here on it may be given with the offer of a person

# The local embedding model was trained on English: elsewhere its cosine says less.
EMBEDDED_LANGUAGES = frozenset({"en"})
MAX_LEAD_OVER = 8  # passages whose mean the first one is compared with

BIAS = -3.67
WEIGHTS = {
    "cosine": 5.49,
    "foreign": 0.12,
    "foreign_cosine": 1.84,
    "lexical": 2.74,
    "foreign_lexical": 12.52,
    "lead": 3.85,
    "missing_names": -5.37,
    "doubt": -3.0,  # by hand: the model said that it cannot answer
    "unsupported": -2.0,  # by hand: written, but not found in the passages
}

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
    supported: float = 1.0  # share of written sentences that the passages say
    answer_coverage: float = 0.0  # share of the question's words in the answer; weighs nothing yet
    doubt: float = 0.0  # 1 where the model said that it cannot answer


def confidence(features: Features) -> float:
    """The calibrated chance, 0 to 1, that the answer is right and supported."""
    z = BIAS + sum(WEIGHTS[name] * value for name, value in inputs(features).items())
    return 1 / (1 + math.exp(-z))


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
    language = detect(query)
    return Features(
        cosine=first["cosine"],
        lexical=first["lexical"],
        lead=first["cosine"] - mean,
        missing_names=_missing_names(query, passages, language),
        foreign=language not in spoken,
    )


def _missing_names(query: str, passages: Sequence[Passage], language: str) -> float:
    """Who asks for the Oasis Inn is not answered by what another house says of itself."""
    named = set(_NUMBER.findall(query)) | _names(query, language)
    if not named:
        return 0.0
    held: set[str] = set()
    for passage in passages:
        text = f"{passage['title']} {passage['question'] or ''} {passage['text']}"
        held.update(words(text), terms(text), _NUMBER.findall(text))
    return len(named - held) / len(named)


def _names(query: str, language: str) -> set[str]:
    """The meaning words of what is written large within a sentence."""
    if language in _CAPITAL_NOUNS:
        return set()
    large = [word for word in _WITHIN.findall(query) if word[0].isupper()]
    if 2 * len(large) > len(query.split()):
        return set()  # WHO SHOUTS or Writes Like A Title names nothing
    return {term for name in large for term in terms(name)}

"""The content words of a question, as one knowledge base is asked for them and as they weigh."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenants.finding.asking import is_long
from tenants.finding.languages import DEFAULT_LANGUAGE, little_words
from tenants.finding.lexemes import Term, lexemes, name_grams, question_terms

MAX_WORDS = 60  # their places are bits of one bigint
MAX_GRAMS = 150  # a name of some twenty words; what is longer is no name
# Little words from which on, and share of all words from which on, a text is a sentence and no name:
# 12 of 2,405 names of the catalog suite are taken for one.
SENTENCE_LITTLE_WORDS = 2
SENTENCE_SHARE = 0.3
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# What a model speaks well enough to be trusted before words; models not named here speak all.
MODEL_LANGUAGES: Mapping[str, frozenset[str]] = {"local:minilm": frozenset({"en"})}


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The question's content words as one knowledge base is asked for them."""

    terms: list[Term]
    lexemes: list[str]
    groups: list[int]
    extras: list[bool]
    foreign: bool
    grams: list[str]
    long: bool

    @classmethod
    def of(
        cls,
        text: str,
        language: str,
        *,
        base_language: str | None,
        model_id: str,
        names: bool = False,
    ) -> "QuestionWords":
        """Stemmed as the question's language and as the knowledge base's.

        With `names` the letter trigrams are there too, for a base that holds named things.
        """
        languages = list(dict.fromkeys((language, base_language or DEFAULT_LANGUAGE)))
        terms = question_terms(text, languages)
        rows: dict[str, tuple[int, bool]] = {}
        for group, term in enumerate(terms):
            for lexeme in term.lexemes:
                rows.setdefault(lexeme, (group, term.extra))
        kept = list(rows)
        if len(kept) > MAX_WORDS:  # a story: what it says again and again is what it is about
            said = Counter(lexemes(text, language))
            kept = sorted(kept, key=lambda lexeme: -said[lexeme])[:MAX_WORDS]
        spoken = MODEL_LANGUAGES.get(model_id)
        foreign = spoken is not None and language not in spoken
        groups, extras = [rows[lexeme][0] for lexeme in kept], [rows[lexeme][1] for lexeme in kept]
        grams = _grams(text, languages) if names else []
        return cls(terms, kept, groups, extras, foreign, grams, is_long(text))

    def share(self, matched: int, dfs: Sequence[int], n_chunks: int) -> float:
        """How much of the question's content, by idf, stands in a passage (bits of `matched`)."""
        places = {lexeme: place for place, lexeme in enumerate(self.lexemes)}
        total = present = 0.0
        for term in self.terms:
            known = [places[lexeme] for lexeme in term.lexemes if lexeme in places]
            held = [place for place in known if dfs[place] > 0]
            if not known or (term.extra and not held):
                continue
            total += max(_idf(dfs[place], n_chunks) for place in (held or known))
            hits = [_idf(dfs[place], n_chunks) for place in held if matched >> place & 1]
            present += max(hits, default=0.0)
        return min(present / total, 1.0) if total > 0 else 0.0


def _grams(text: str, languages: Sequence[str]) -> list[str]:
    """The letter trigrams of a name; a sentence about one is found by its words.

    Letters would let the named thing win against what the sentence asks of it.
    """
    silent = frozenset[str]().union(*(little_words(language) for language in languages))
    said = _WORD.findall(text.lower())
    little = sum(word in silent for word in said)
    if little >= SENTENCE_LITTLE_WORDS and little >= SENTENCE_SHARE * len(said):
        return []
    return list(dict.fromkeys(name_grams(text, without=silent)))[:MAX_GRAMS]


def _idf(df: int, n_chunks: int) -> float:
    count = max(n_chunks, df, 1)
    return math.log(1 + (count - df + 0.5) / (df + 0.5))

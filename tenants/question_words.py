"""The content words of a question, as one knowledge base is asked for them and as they weigh."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenants.languages import DEFAULT_LANGUAGE
from tenants.lexemes import Term, question_terms

MAX_WORDS = 60  # their places are bits of one bigint
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

    @classmethod
    def of(
        cls, text: str, language: str, *, base_language: str | None, model_id: str
    ) -> "QuestionWords":
        """Stemmed as the question's language and as the knowledge base's."""
        languages = list(dict.fromkeys((language, base_language or DEFAULT_LANGUAGE)))
        terms = question_terms(text, languages)
        rows: dict[str, tuple[int, bool]] = {}
        for group, term in enumerate(terms):
            for lexeme in term.lexemes:
                rows.setdefault(lexeme, (group, term.extra))
        kept = list(rows)[:MAX_WORDS]
        spoken = MODEL_LANGUAGES.get(model_id)
        foreign = spoken is not None and language not in spoken
        groups, extras = [rows[lexeme][0] for lexeme in kept], [rows[lexeme][1] for lexeme in kept]
        return cls(terms, kept, groups, extras, foreign)

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


def _idf(df: int, n_chunks: int) -> float:
    count = max(n_chunks, df, 1)
    return math.log(1 + (count - df + 0.5) / (df + 0.5))

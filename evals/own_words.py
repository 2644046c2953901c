"""Misspelt words of a tenant's own: turns about its knowledge, one word of each misspelt as people do.

The questions of the sets that have knowledge are clean turns; into each goes one of the misspellings
that other people made of a word in it. What mends them knows the words of that tenant's passages,
as it does in a turn, or (for comparison) common English alone.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals import metrics
from evals.sets import QuestionSet, Row
from graphs.words.common_words import CommonEnglish
from graphs.words.lexicon import Lexicon
from graphs.words.spelling import Speller, applied
from tenants.finding.languages import detect

SEED = 20261129
FEWEST_TURNS, MAX_TURNS = 50, 600  # of a set; a share of fewer says little
_WORD = re.compile(r"[a-z]{4,}")
_HELD = re.compile(r"[a-z]{3,30}")


@dataclass(frozen=True)
class _Turn:
    tenant: str
    clean: str
    typed: str
    right: str
    wrong: str


def measured(
    questions: QuestionSet, misspelt: Sequence[Row], english: CommonEnglish
) -> metrics.Metrics | None:
    """Words restored and clean turns left alone, with the tenants' words and without; None where a
    set holds too few English questions.
    """
    turns = _turns(questions, misspelt)
    if len(turns) < FEWEST_TURNS:
        return None
    own = {tenant: _vocabulary(questions, tenant) for tenant in {turn.tenant for turn in turns}}
    with_own = {tenant: Speller(english, lexicon) for tenant, lexicon in own.items()}
    alone = Speller(english)
    held = [turn for turn in turns if turn.right in own[turn.tenant]]
    return {
        "n": len(turns),
        "word_fixed": _share(_is_fixed(with_own[t.tenant], t) for t in turns),
        "own_fixed": _share(_is_fixed(with_own[t.tenant], t) for t in held),
        "own_alone": _share(_is_fixed(alone, t) for t in held),
        "clean_kept": _share(_mended(with_own[t.tenant], t.clean) == t.clean for t in turns),
        "kept_alone": _share(_mended(alone, t.clean) == t.clean for t in turns),
    }


def _turns(questions: QuestionSet, misspelt: Sequence[Row]) -> list[_Turn]:
    made: defaultdict[str, list[str]] = defaultdict(list)
    for row in misspelt:
        if row["typo"].isalpha() and row["typo"] != row["correct"]:
            made[row["correct"]].append(row["typo"])
    draw = random.Random(SEED)
    turns: list[_Turn] = []
    for row in questions.gold:
        clean = str(row["query"])
        words = [word for word in _WORD.findall(clean) if word in made]
        if not words or detect(clean) != "en":
            continue
        right = draw.choice(words)
        wrong = draw.choice(made[right])
        typed = re.sub(rf"\b{right}\b", wrong, clean, count=1)
        if typed != clean:
            turns.append(_Turn(questions.tenants[row["id"]], clean, typed, right, wrong))
    draw.shuffle(turns)
    return turns[:MAX_TURNS]


def _vocabulary(questions: QuestionSet, tenant: str) -> Lexicon:
    """As `tenants/finding/vocabulary.py` counts them."""
    counts: Counter[str] = Counter()
    for row in questions.by_tenant[tenant]:
        counts.update(_HELD.findall(f"{row.get('title') or ''} {row['text']}".lower()))
    return Lexicon(dict(counts))


def _mended(speller: Speller, text: str) -> str:
    return applied(text, [one for one in speller.corrections(text, "en") if one.is_strong])


def _is_fixed(speller: Speller, turn: _Turn) -> bool:
    words = re.findall(r"[^\W\d_]+", _mended(speller, turn.typed).lower())
    wanted = re.findall(r"[^\W\d_]+", turn.clean.lower())
    return words.count(turn.right) >= wanted.count(turn.right) and turn.wrong not in words


def _share(held: Iterable[bool]) -> float:
    found = list(held)
    return sum(found) / max(len(found), 1)

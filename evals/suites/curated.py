"""Curated: which questions get a published pair's answer at once, and how many get a wrong one?

Real FAQ lists are searched as a turn searches them. Sets of requests with labels stand for others: some
examples of each label are its pairs, and any pair of the right label is right. A near miss is a
question that no pair answers: a stranger of the set, or a question whose own pairs are withheld.
"""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evals.bench import Bench
from evals.house import House
from evals.label_metrics import NONE
from evals.label_sets import LabelSet, label_sets
from evals.report import Result
from evals.sets import QuestionSet, Row
from graphs.nodes.retrieve import MAX_PASSAGES
from graphs.words.terms import words
from graphs.writing.curated import asked_pair, pairs_of
from tenants.finding.asking import plain_question
from tenants.finding.languages import detect
from tenants.finding.search import Passage

SETS = (
    "banking77",
    "banking77-oos",
    "clinc150",
    "dstc-faq",
    "dstc11-reviews",
    "hint3",
    "isolation",
)
COLUMNS = (
    "known_at_once", "right_at_once", "false_strange", "false_withheld", "same_words", "cosine_alone",
)  # fmt: skip
PLOTTED = ("known_at_once", "right_at_once")
MOST_ASKED = 400  # questions of a set, drawn with a fixed seed
PAIRS_A_LABEL = 8
FEWEST_PAIRS = 0.2  # of a set's passages are questions with an answer, where it is an FAQ

One = TypeVar("One")


@dataclass(frozen=True)
class Case:
    """A question with the pairs that were found, each with the nearness of its question."""

    row: Row
    pairs: list[Passage]
    near: list[float]
    gold: frozenset[str]  # ids (or the label) that are right; empty: nothing is
    withheld: bool

    @property
    def chosen(self) -> int | None:
        """The pair whose answer the contact gets."""
        return asked_pair(self._asked, self.pairs, self.near)

    @property
    def nearest(self) -> float:
        """The cosine of the nearest pair's question."""
        return max(self.near, default=0.0)

    @property
    def has_same_words(self) -> bool:
        """Whether a pair asks in the very same words."""
        asked = words(self._asked)
        return any(words(plain_question(pair["question"] or "")) == asked for pair in self.pairs)

    def is_right(self, place: int) -> bool:
        """Whether that pair's answer is one to this question."""
        return str(self.pairs[place]["source"]["external_id"]).split("#")[0] in self.gold

    @property
    def _asked(self) -> str:
        return plain_question(str(self.row["query"]))


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a set."""
    house = await bench.house()
    for questions in bench.questions():
        if _is_faq(questions):
            yield _judged(questions.name, await _faq_cases(house, questions))
    for labels in label_sets(bench.data, bench.train):
        if labels.examples:
            yield _judged(labels.name, await _label_cases(house, labels))


def _is_faq(questions: QuestionSet) -> bool:
    asking = [row for row in questions.corpus if str(row.get("title") or "").rstrip().endswith("?")]
    spoken = any(not row.get("answerable", True) for row in questions.gold)
    return spoken and len(asking) > FEWEST_PAIRS * len(questions.corpus)


async def _faq_cases(house: House, questions: QuestionSet) -> list[Case]:
    found: list[Case] = []
    for one in _drawn(await house.ask(questions)):
        row = one.row | {"query": one.query}
        found += await _cases(house, row, one.passages, frozenset(one.row["gold"]))
    return found


async def _label_cases(house: House, labels: LabelSet) -> list[Case]:
    draw = random.Random(1)
    by_label: dict[str, list[str]] = {}
    for row in labels.examples:
        if row["label"] != NONE:
            by_label.setdefault(str(row["label"]), []).append(str(row["text"]))
    pairs: list[Row] = []
    for number, (name, texts) in enumerate(sorted(by_label.items())):
        for place, text in enumerate(draw.sample(texts, min(PAIRS_A_LABEL, len(texts)))):
            title = text if text.rstrip().endswith("?") else f"{text}?"
            pairs.append({"id": f"{name}#{place}", "title": title, "text": f"Answer {number}."})
    home = await house.move_in(labels.name, pairs)
    found: list[Case] = []
    for row in _drawn(labels.gold):
        gold = frozenset({str(row["label"])} if row["label"] != NONE else set[str]())
        passages = await house.search(home, str(row["text"]), limit=3 * PAIRS_A_LABEL)
        found += await _cases(house, {"id": row["id"], "query": row["text"]}, passages, gold)
    return found


async def _cases(
    house: House, row: Row, passages: Sequence[Passage], gold: frozenset[str]
) -> list[Case]:
    """The question as it is, and, where a pair answers it, without those that do."""
    left = [p for p in passages if str(p["source"].get("external_id")).split("#")[0] not in gold]
    found = [await _case(house, row, passages, gold, withheld=False)]
    return [*found, await _case(house, row, left, frozenset(), withheld=True)] if gold else found


async def _case(
    house: House, row: Row, passages: Sequence[Passage], gold: frozenset[str], *, withheld: bool
) -> Case:
    question = plain_question(str(row["query"]))
    pairs = pairs_of(question, passages[:MAX_PASSAGES], language=detect(str(row["query"])))
    asked = await house.embedder.embed_query(question)
    own = [await house.embedder.embed_query(plain_question(p["question"] or "")) for p in pairs]
    return Case(row, pairs, [float(asked @ one) for one in own], gold, withheld)


def _drawn(everything: Sequence[One]) -> list[One]:
    draw = random.Random(2)
    return draw.sample(list(everything), min(MOST_ASKED, len(everything)))


def _judged(name: str, cases: Sequence[Case]) -> Result:
    known = [case for case in cases if case.gold]
    missed = [case for case in cases if not case.gold]
    given = [(case, place) for case in known if (place := case.chosen) is not None]
    figures = {
        "known_at_once": len(given) / max(len(known), 1),
        "same_words": sum(case.has_same_words for case in known) / max(len(known), 1),
    }
    if given:
        figures["right_at_once"] = sum(case.is_right(place) for case, place in given) / len(given)
    for kind, withheld in (("false_strange", False), ("false_withheld", True)):
        some = [case for case in missed if case.withheld == withheld]
        if some:
            figures[kind] = sum(case.chosen is not None for case in some) / len(some)
    wrong = sum(case.chosen is not None for case in missed)
    border = sorted((case.nearest for case in missed), reverse=True)[wrong] if missed else 1.0
    figures["cosine_alone"] = sum(case.nearest > border for case in known) / max(len(known), 1)
    rows = [
        {"id": case.row["id"], "withheld": case.withheld, "answered": case.chosen is not None}
        for case in cases
    ]
    return Result(name, figures, rows)

"""Which of a tenant's own intent labels a request has, and how sure it is that it has any.

Trained in seconds on the tenant's examples, in numpy alone: a multinomial logistic regression over
the embedding and the letters, the nearest example by either, the nearest middle of a label. Their
sum names the label; how much the regression counts in it is learnt on examples held aside. Another
sum, in which the middles count more and a crowd of examples counts against it, says whether there
is a label at all; where it stops meaning anything is learnt too: from the tenant's examples of what
has no label where it gave enough of them, else from labels held back in turn and asked for as if
the tenant had not defined them.
Figures and what was tried: `python -m evals intents`, docs/evals.md.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphs.labelling import label_border
from graphs.labelling.label_grams import GramSpace, Matrix
from graphs.labelling.label_regression import Numbers, Regression, one_of
from graphs.labelling.label_sums import Parts, Sums

VERSION = 3  # of what is learnt: what another version has stored is learnt anew
# What the regression counts for the label: the first, unless another is better on examples held aside.
STRENGTHS = (1.25, 0.85, 2.0, 3.0, 4.0)
TURNS = 4  # one label in so many is held back at a time, or one example of no label
MANY_EXAMPLES = 2_000  # from which on two turns are enough
HELD_ASIDE = 0.25  # of the examples with a label
JUDGED = 500  # requests of either kind a turn: enough for two numbers
MOSTLY_KNOWN = 0.7  # how many of a tenant's requests have one of its labels, if nobody says
FEWEST_LABELS = 6  # below, and with fewer examples, nothing can be held back
FEWEST_EXAMPLES = 60
FEWEST_STRANGE = 20  # examples of no label from which they alone say where labels end


@dataclass(frozen=True, slots=True)
class Labelled:
    """The best label of a request and the chance, 0 to 1, that it is one of the tenant's at all."""

    label: str
    confidence: float


@dataclass(frozen=True)
class Taught:
    """What a tenant gave as examples; None is the label of what has none."""

    texts: Sequence[str]
    labels: Sequence[str | None]
    vectors: Matrix


class LabelHead:
    """A trained head; immutable, used by many turns at once."""

    def __init__(self, taught: Taught, learn: "Callable[[_Space], _Learnt]") -> None:
        space = _Space(taught)
        self._names = space.names
        self._grams = space.space
        self._learnt = learn(space)
        self._sums = space.sums(self._learnt.regression)

    @classmethod
    def train(cls, taught: Taught) -> "LabelHead":
        """A head of these examples; the same examples always make the same one.

        Takes seconds of one core for 10,000 examples: call it in a thread. Raises: ValueError
        where there are fewer than two labels.
        """
        return cls(taught, _learn)

    @classmethod
    def load(cls, taught: Taught, stored: bytes) -> "LabelHead | None":
        """The head that `dump` stored, beside the same examples; None where it does not fit them."""
        learnt = _Learnt.load(stored)
        space = _Space(taught)
        if learnt is None or learnt.regression.weights.shape[1] != len(space.names):
            return None
        return cls(taught, lambda _: learnt)

    def dump(self) -> bytes:
        """What was learnt, without the examples."""
        return self._learnt.dump()

    def label(self, texts: Sequence[str], vectors: Matrix) -> list[Labelled]:
        """One answer a text, in order."""
        return [ranked[0] for ranked in self.ranked(texts, vectors, most=1)]

    def ranked(self, texts: Sequence[str], vectors: Matrix, *, most: int) -> list[list[Labelled]]:
        """The likeliest labels of each text, best first; each with the chance if it were the one."""
        parts = self._sums.parts(vectors, self._grams.rows(texts))
        order = np.argsort(-parts.totals(self._learnt.strength), axis=1, kind="stable")[:, :most]
        found: list[list[Labelled]] = [[] for _ in texts]
        for place in range(order.shape[1]):
            known = label_border.chances(parts.known(order[:, place]), self._learnt.border)
            for ranked, index, chance in zip(found, order[:, place], known, strict=True):
                ranked.append(Labelled(self._names[index], float(chance)))
        return found

    takes_several = False  # labels a request

    @property
    def size(self) -> int:
        """Roughly how many bytes it takes in memory."""
        return self._sums.size


@dataclass(frozen=True)
class _Learnt:
    """What training finds out; everything else is the examples themselves."""

    regression: Regression
    strength: float
    border: label_border.Border

    def dump(self) -> bytes:
        out = io.BytesIO()
        np.savez_compressed(
            out,
            version=VERSION,
            weights=self.regression.packed(),
            numbers=np.array([self.strength, *self.border]),
        )
        return out.getvalue()

    @classmethod
    def load(cls, stored: bytes) -> "_Learnt | None":
        with np.load(io.BytesIO(stored)) as held:
            if "numbers" not in held or int(held["version"]) != VERSION:
                return None
            strength, steep, middle = map(float, held["numbers"])
            regression = Regression.unpacked(held["weights"])
            return cls(regression, strength, (steep, middle))


class _Space:
    """The examples as numbers."""

    def __init__(self, taught: Taught) -> None:
        self.names = sorted({label for label in taught.labels if label is not None})
        if len(self.names) < 2:
            raise ValueError("two labels are needed")
        place = {name: index for index, name in enumerate(self.names)}
        labelled = np.array([label is not None for label in taught.labels])
        self.space = GramSpace([
            text for text, has in zip(taught.texts, labelled, strict=True) if has
        ])  # fmt: skip
        grams = self.space.rows(taught.texts)
        self.vectors, self.grams = taught.vectors[labelled], grams[labelled]
        self.strange, self.strange_grams = taught.vectors[~labelled], grams[~labelled]
        self.of = np.array([place[label] for label in taught.labels if label is not None])

    def sums(self, regression: Regression) -> Sums:
        return Sums.of(regression, self.vectors, self.grams, self.of, self.strange)


def _learn(space: _Space) -> _Learnt:
    targets = one_of(space.of, len(space.names))
    regression = Regression.fit(space.vectors, space.grams, targets, many=False).rounded()
    if len(space.names) < FEWEST_LABELS or len(space.of) < FEWEST_EXAMPLES:
        return _Learnt(regression, STRENGTHS[0], label_border.USUAL)
    tries = list(_tries(space))
    strength = _strength(tries)
    known: list[Matrix] = []
    strange: list[Matrix] = []
    for one in tries:
        known.append(one.aside.known(one.aside.best(strength)))
        strange.append(one.strange.known(one.strange.best(strength)))
    border = label_border.USUAL
    if tries:
        border = label_border.learn(
            np.concatenate(known), np.concatenate(strange), known_share=_known_share(space)
        )
    return _Learnt(regression, strength, border)


def _known_share(space: _Space) -> float:
    """How many requests have a label: halfway between the usual and the examples' own share."""
    if len(space.strange) < FEWEST_STRANGE:
        return MOSTLY_KNOWN
    return (MOSTLY_KNOWN + len(space.of) / (len(space.of) + len(space.strange))) / 2


@dataclass(frozen=True)
class _Try:
    """One turn with something held back: what was seen of requests with a label, and of strangers."""

    aside: Parts
    truth: Numbers
    strange: Parts


def _tries(space: _Space) -> Iterator[_Try]:
    """Turns of holding back; none where too little is left to learn from."""
    draw = np.random.default_rng(0)
    by_example = len(space.strange) >= FEWEST_STRANGE
    shuffled = draw.permutation(len(space.strange) if by_example else len(space.names))
    for turn in range(TURNS if len(space.of) < MANY_EXAMPLES else 2):
        held = shuffled[turn::TURNS]
        hidden = np.zeros(len(space.of), bool) if by_example else np.isin(space.of, held)
        aside = ~hidden & (draw.random(len(space.of)) < HELD_ASIDE)
        taught = ~hidden & ~aside
        left = np.unique(space.of[taught])
        aside &= np.isin(space.of, left)
        if len(left) < 2 or not aside.any():
            continue
        of = np.searchsorted(left, space.of[taught])
        vectors, grams = space.vectors[taught], space.grams[taught]
        fitted = Regression.fit(vectors, grams, one_of(of, len(left)), many=False)
        kept = np.delete(space.strange, held, axis=0) if by_example else space.strange
        sums = Sums.of(fitted, vectors, grams, of, kept)
        rows = draw.permutation(np.flatnonzero(aside))[:JUDGED]
        if by_example:
            strangers = space.strange[held], space.strange_grams[held]
        else:
            some = draw.permutation(np.flatnonzero(hidden))[:JUDGED]
            strangers = space.vectors[some], space.grams[some]
        yield _Try(
            sums.parts(space.vectors[rows], space.grams[rows]),
            np.searchsorted(left, space.of[rows]),
            sums.parts(*strangers),
        )


def _strength(tries: Sequence[_Try]) -> float:
    """What the regression counts for: the usual, unless another is surely better on examples aside."""
    right = {
        strength: np.concatenate([one.aside.best(strength) == one.truth for one in tries])
        for strength in STRENGTHS
        if tries
    }
    chosen = STRENGTHS[0]
    for strength, found in right.items():
        more = int(found.sum()) - int(right[chosen].sum())
        if more > np.sqrt((found != right[chosen]).sum()):
            chosen = strength
    return chosen

"""Which of a tenant's own intent labels a request has, and how sure it is that it has any.

Trained in seconds on the tenant's examples, in numpy alone: a multinomial logistic regression over
the embedding and the letters, the nearest example by either, the nearest middle of a label. Their
sum names the label; how much the regression counts in it is learnt on examples held aside. Another
sum, in which the middles count more, says whether there is a label at all; where it stops meaning
anything is learnt too: from the tenant's examples of what has no label where it gave enough of
them, else from labels held back in turn and asked for as if the tenant had not defined them.
Figures and what was tried: `python -m evals intents`, docs/evals.md.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphs import label_border
from graphs.label_grams import GramIndex, GramSpace, Matrix
from graphs.label_regression import Numbers, Regression, one_of

VERSION = 2  # of what is learnt: what another version has stored is learnt anew
LOGITS = 0.08  # what a logit counts beside a cosine
# Times that, for the label: the first, unless another is better on examples held aside.
STRENGTHS = (1.25, 0.85, 2.0, 3.0, 4.0)
LABEL_WEIGHTS = (1.0, 0.5, 0.3)  # nearest vector, middle of the vectors, nearest by letters
KNOWN_WEIGHTS = (1.0, 1.5, 0.3)
# An example of what has no label counts against one, the nearer it is beside the label's nearest.
UNLIKE = (3.0, 0.1)  # how much, from how far behind
TURNS = 4  # one label in so many is held back at a time, or one example of no label
MANY_EXAMPLES = 2_000  # from which on two turns are enough
HELD_ASIDE = 0.25  # of the examples with a label
JUDGED = 500  # requests of either kind a turn: enough for two numbers
MOSTLY_KNOWN = 0.8  # how many of a tenant's requests have one of its labels, if nobody says
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
        best, known = self._sums.judge(vectors, self._grams.rows(texts), self._learnt.strength)
        return [
            Labelled(self._names[index], float(chance))
            for index, chance in zip(
                best, label_border.chances(known, self._learnt.border), strict=True
            )
        ]


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
            weights=self.regression.weights.astype(np.float16),
            numbers=np.array([self.strength, *self.border]),
        )
        return out.getvalue()

    @classmethod
    def load(cls, stored: bytes) -> "_Learnt | None":
        with np.load(io.BytesIO(stored)) as held:
            if int(held["version"]) != VERSION:
                return None
            strength, steep, middle = map(float, held["numbers"])
            weights = held["weights"].astype(np.float32)
            return cls(Regression(weights), strength, (steep, middle))


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

    def sums(self, regression: Regression) -> "_Sums":
        return _Sums.of(regression, self.vectors, self.grams, self.of, self.strange)


@dataclass(frozen=True)
class _Sums:
    """Everything that is compared with a request."""

    regression: Regression
    examples: Matrix  # vectors, those of a label side by side
    starts: Numbers  # where each label's begin
    middles: Matrix
    grams: GramIndex  # letters, in the order of `examples`
    strange: Matrix  # vectors of what has no label

    @classmethod
    def of(
        cls, regression: Regression, vectors: Matrix, grams: Matrix, of: Numbers, strange: Matrix
    ) -> "_Sums":
        order = np.argsort(of, kind="stable")
        labels = regression.weights.shape[1]
        return cls(
            regression=regression,
            examples=vectors[order],
            starts=np.searchsorted(of[order], np.arange(labels)),
            middles=_middles(vectors, of, labels),
            grams=GramIndex(grams[order]),
            strange=strange,
        )

    def judge(self, vectors: Matrix, grams: Matrix, strength: float) -> "tuple[Numbers, Matrix]":
        """Each request's best label, and what speaks for its having one at all."""
        parts = self.parts(vectors, grams)
        best = parts.best(strength)
        return best, parts.known(best)

    def parts(self, vectors: Matrix, grams: Matrix) -> "_Parts":
        logits = self.regression.logits(vectors, grams)
        alike = self.grams.products(grams)
        likenesses = (
            np.maximum.reduceat(vectors @ self.examples.T, self.starts, axis=1),
            vectors @ self.middles.T,
            np.maximum.reduceat(alike, self.starts, axis=1),
        )
        none = np.zeros(len(vectors), np.float32) - 1
        if len(self.strange):
            none = (vectors @ self.strange.T).max(axis=1)
        centred = LOGITS * (logits - logits.mean(axis=1, keepdims=True))
        return _Parts(centred, likenesses, none)


@dataclass(frozen=True)
class _Parts:
    """What speaks for each label, (requests, labels), by what speaks."""

    logits: Matrix
    likenesses: tuple[Matrix, Matrix, Matrix]
    none: Matrix  # (requests,): likeness to what has no label

    def best(self, strength: float) -> Numbers:
        near = sum(w * part for w, part in zip(LABEL_WEIGHTS, self.likenesses, strict=True))
        return (strength * self.logits + near).argmax(axis=1)

    def known(self, best: Numbers) -> Matrix:
        row = np.arange(len(best))
        found = self.logits[row, best]
        for weight, part in zip(KNOWN_WEIGHTS, self.likenesses, strict=True):
            found = found + weight * part[row, best]
        much, behind = UNLIKE
        return found - much * np.maximum(self.none - self.likenesses[0][row, best] + behind, 0)


def _middles(rows: Matrix, of: Numbers, labels: int) -> Matrix:
    sums = np.zeros((labels, rows.shape[1]), np.float32)
    np.add.at(sums, of, rows)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)


def _learn(space: _Space) -> _Learnt:
    targets = one_of(space.of, len(space.names))
    regression = Regression.fit(space.vectors, space.grams, targets, many=False)
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

    aside: _Parts
    truth: Numbers
    strange: _Parts


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
        sums = _Sums.of(fitted, vectors, grams, of, kept)
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

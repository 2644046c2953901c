"""Fit `graphs/understanding/cut_weights.json`: `python -m evals.fit_split [--train FOLDER] [--data FOLDER]`.

A logistic regression over the product's own features. It is taught by joins that are made here of
single turns of the `*train*` files, with joining words and signs drawn by a fixed seed, by those
turns as they are, and by turns in which one thing was made a pair ("for me and my brother"). Some
later parts of joins say "it" of their thing ("and how do I return it?"); some joins are of bare things
("bikes? and trailers?"), and some turns only ask on ("how?", "with a basket?"). No turn that is a segment of a gold file is used. The file is written in
place, to be reviewed as a difference.
"""

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.__main__ import DATA
from evals.fit_confidence import fit
from evals.sets import gold_files
from graphs.understanding import cuts
from graphs.understanding.openings import opening
from graphs.understanding.pairs import PEOPLE
from graphs.understanding.requests import tongue

WEIGHTS = Path(cuts.__file__).with_name("cut_weights.json")
SEED = 5
MIN_CASES = 20  # a feature that is seen less often weighs nothing
SINGLE_WEIGHT = 2.0  # of a place in a real turn: most messages hold one request
JOINS_A_TURN = 1.1
PAIRED = 0.25  # of the turns, where they name something
POINTING = 0.25  # of the later parts of a join: "and how do I return it?"
FRAGMENTS = 0.04  # of the turns, once as two things and once as a turn that only asks on
SIGNS = {
    "question": 12,
    "more": 24,
    "and": 24,
    "next": 10,
    "stop": 20,
    "comma": 13,
    "gap": 5,
    "line": 4,
    "semi": 4,
}


# what stands between "my" or "in" and a little word is a thing or a name
_THING = re.compile(
    r"\b(my|our|the|a|an|for|with|in|from|to|by|at|of|on) ([^\W\d_]{2,})(?= (?:to|for|on|in|at|from|is|with|by|and|or|i|it)\b|[,.?!;]|$)",
    re.IGNORECASE,
)
_SOMEBODY = frozenset("me us him her them you".split())
_ASK_ON = "how|when|why|why not|really|right|is that ok|is it|for how long|how much".split("|")
_OTHERS = ("i", *(f"my {somebody}" for somebody in sorted(PEOPLE) if somebody.isascii()))


@dataclass(frozen=True)
class Case:
    """One place in a text, and whether two requests meet there."""

    values: dict[str, float]
    right: bool
    weight: float


def turns(train: Path, data: Path) -> dict[str, list[str]]:
    """The single turns of each training file."""
    taken = {
        _plain(s)
        for _, _, rows in gold_files(data, "segments")
        for r in rows
        for s in r["segments"]
    }
    found: dict[str, list[str]] = {}
    for name, _, rows in gold_files(train, "id", "text", "label"):
        if "train" not in name or isinstance(rows[0]["label"], int):
            continue
        texts = [r["text"] for r in rows if r["label"] != "OOS" and _plain(r["text"]) not in taken]
        found[name] = list(dict.fromkeys(text for text in texts if text.strip()))
    return {name: texts for name, texts in found.items() if len(texts) > 100}


def cases(texts: Sequence[str], draw: random.Random) -> Iterator[Case]:
    """The places of a file's turns, alone and joined by two and three."""
    whole = [text for text in texts if len(text.split()) >= 3]
    for _ in range(int(JOINS_A_TURN * len(texts))):
        text, starts = joined(draw.sample(whole, draw.choice((2, 2, 2, 3))), draw)
        yield from _places(text, starts, 1.0)
    things = [found for text in texts for found in _THING.finditer(text)]
    for text in texts:
        yield from _places(text, [], SINGLE_WEIGHT)
        if draw.random() < PAIRED:
            yield from _places(paired(text, things, draw), [], 1.0)
    for _ in range(int(FRAGMENTS * len(texts))):
        text, starts = things_asked(draw.choice(whole), things, draw)
        yield from _places(text, starts, 1.0)
        yield from _places(asked_on(draw.choice(whole), things, draw), [], 1.0)


def joined(parts: Sequence[str], draw: random.Random) -> tuple[str, list[int]]:
    """The turns as one message, and where each but the first begins."""
    text, starts = parts[0].strip(), list[int]()
    for part in parts[1:]:
        if draw.random() < POINTING:
            part = pointing(part, draw)
        [sign] = draw.choices(list(SIGNS), list(SIGNS.values()))
        if sign == "question" and not _asks(text):
            sign = "stop"
        if sign not in ("stop", "line", "question") and draw.random() < 0.75:
            text = text.rstrip(" .?!")
        if sign == "stop" and (text[-1] not in ".?!" or draw.random() < 0.25):
            text = text.rstrip(" .?!") + draw.choice("..?")
        if sign == "question":
            text = text.rstrip(" .?!") + "?"
        text += _between(sign, draw)
        starts.append(len(text))
        text += part[:1].lower() + part[1:] if draw.random() < 0.6 else part
    if draw.random() < 0.25:
        text = text.rstrip(" .?!")
    return text.lower() if draw.random() < 0.15 else text, starts


def things_asked(
    text: str, things: Sequence[re.Match[str]], draw: random.Random
) -> tuple[str, list[int]]:
    """Two or three things that only a question mark asks about, the first perhaps in a whole turn."""
    named = [draw.choice(things)[2] for _ in range(draw.choice((2, 2, 3)))]
    if draw.random() < 0.3:
        named[0] = text.strip().rstrip(" .?!")
    elif draw.random() < 0.5:
        named[0] = f"{draw.choice(things)[2]} {named[0]}"
    said, starts = f"{named[0]}?", list[int]()
    for name in named[1:]:
        said += draw.choice((" ", " and ", " and ", " also "))
        starts.append(len(said))
        said += f"{name}?"
    return said, starts


def asked_on(text: str, things: Sequence[re.Match[str]], draw: random.Random) -> str:
    """The turn with a little question behind it that is none without it."""
    thing = draw.choice(things)
    more = thing[0] if thing[1].lower() in ("for", "with", "in", "to", "from") else ""
    joint = draw.choice((" ", " ", " and ", ", "))
    return f"{text.strip().rstrip(' .?!')}?{joint}{more or draw.choice(_ASK_ON)}?"


def paired(text: str, things: Sequence[re.Match[str]], draw: random.Random) -> str:
    """The turn with a second thing or person beside one that it names, which leaves it one request."""
    named = list(_THING.finditer(text))
    if not named:
        return text
    one = draw.choice(named)
    before, word = one[1], one[2].lower()
    if word in _SOMEBODY or word in PEOPLE:
        other = draw.choice(_OTHERS)
    else:
        like = [t for t in things[: 50 * len(before)] if t[1].lower() == before.lower()] or [one]
        thing = draw.choice(like)
        other = f"{thing[1]} {thing[2]}" if draw.random() < 0.4 else thing[2]
    return f"{text[: one.end()]} and {other}{text[one.end() :]}"


def pointing(part: str, draw: random.Random) -> str:
    """A question that says "it" of the thing that it names; what is no question stays."""
    if not _asks(part):
        return part
    named = [m for m in _THING.finditer(part) if m[1].lower() in ("my", "our", "the", "a", "an")]
    if not named:
        return part
    one = draw.choice(named)
    return f"{part[: one.start()]}{'them' if one[2].endswith('s') else 'it'}{part[one.end() :]}"


def _asks(text: str) -> bool:
    return opening([w.lower() for w in text.split()], tongue("en")) in ("ask", "verb", "wish")


def _between(sign: str, draw: random.Random) -> str:
    english = tongue("en")
    assert english is not None
    said = {
        kind: [" ".join(words) for name, words in english.phrases if name == kind]
        for kind in ("more", "next")
    }
    match sign:
        case "more":
            return (
                draw.choice((", ", " ", ". ", " "))
                + draw.choice(said[sign])
                + draw.choice((" ", ", ", ": ", " "))
            )
        case "next":
            return draw.choice((", ", " ")) + draw.choice(said[sign]) + " "
        case "and":
            return draw.choice((" and ", " and ", ", and "))
        case "comma":
            return draw.choice((", ", " , "))
        case _:
            return {"stop": " ", "question": " ", "gap": " ", "line": "\n", "semi": "; "}[sign]


def _places(text: str, starts: Sequence[int], weight: float) -> Iterator[Case]:
    reading = cuts.read(text, "en")
    first = 0
    for number, place in enumerate(reading.places):
        left, right = reading.words[place.left].end, reading.words[place.right].start
        meets = any(left <= start <= right for start in starts)
        yield Case(cuts.features(reading, first, number), meets, weight)
        if meets:
            first = place.right


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def main() -> None:
    """Make the cases, fit, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_split", description=__doc__)
    parser.add_argument("--train", type=Path, default=DATA)
    parser.add_argument("--data", type=Path, default=DATA)
    asked = parser.parse_args()
    draw = random.Random(SEED)
    taught = [c for texts in turns(asked.train, asked.data).values() for c in cases(texts, draw)]
    seen = Counter(name for case in taught for name in case.values)
    names = sorted(name for name, count in seen.items() if count >= MIN_CASES)
    values = np.array([[case.values.get(name, 0.0) for name in names] for case in taught])
    right = np.array([float(case.right) for case in taught])
    bias, weights = fit(values, right, np.array([case.weight for case in taught]))
    found = {name: round(float(w), 3) for name, w in zip(names, weights, strict=True)}
    WEIGHTS.write_text(json.dumps({"bias": round(bias, 3)} | found, indent=1) + "\n", "utf8")
    print(f"{len(taught):,} places, {len(names)} features, written to {WEIGHTS}")


if __name__ == "__main__":
    main()

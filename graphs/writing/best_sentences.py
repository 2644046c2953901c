"""The sentences of the passages that answer a question best, and no others.

Sentences are weighed by the share of the question's idf mass that they hold and by how much the
search believes in their passage. Nothing is said at all when no passage speaks to the question;
lists stay whole, and what was said already is not said again.
"""

import re
from collections.abc import Mapping, Sequence

from graphs.words.records import are_compared, is_record, name_of
from graphs.words.sentences import leans_on_last
from graphs.words.terms import overlap, terms
from graphs.writing.citations import full_text
from graphs.writing.weighing import Unit, has_number, wants_number, weigh
from tenants.finding.languages import detect
from tenants.finding.search import Passage

MAX_SENTENCES = 3
MAX_ANSWER_CHARS = 600
# A further sentence is shown from this share of the best one's weight on: set by
# `python -m evals answers`, see docs/evals.md.
BESIDE_SAME = 0.45  # of the same passage
BESIDE_OTHER = 0.60  # of another one
REPEATS = 0.8  # share of a sentence's meaning words that are said already
SMALL_RECORD_CHARS = 120  # fields together; given whole
MAX_RECORD_CHARS = 360
MIN_SHARE = 0.15  # of the question's idf mass, below which only a near vector counts as support
MIN_COSINE = 0.30
OWN_LANGUAGE = 0.3  # of the idf mass, from which other languages are left out
MAX_ROWS = 5  # of a table, where none is named
ROW_ALIKE = 0.8  # a row's weight beside the best one's
_ITEM = re.compile(r"(?:[-*•–]|\(?\d{1,2}[.)])\s+\S")


def extract(
    question: str,
    passages: Sequence[Passage],
    *,
    stressed: str = "",
    most: int = MAX_SENTENCES,
) -> list[tuple[int, str]]:
    """(index of the passage, its sentence) in reading order; empty when nothing supports.

    `stressed` are the words of the question that are the contact's own in this turn. What a
    sentence leans on and the rest of its list come on top of `most`.
    """
    units = weigh(question, passages, stressed)
    if not units:
        return []
    units = _in_own_language(units, question, passages)
    best = max(units, key=lambda u: u.weight)
    if best.share < MIN_SHARE and passages[best.passage]["cosine"] < MIN_COSINE:
        return []
    own = sorted((u for u in units if u.passage == best.passage), key=lambda u: u.place)
    passage = passages[best.passage]
    if best.is_line:
        rows = _rows(question, best, units, passages)
        told = [
            (i, _record(question, [u for u in units if u.passage == i], passages[i], len(rows)))
            for i in rows
        ]
        return told if len(told) == 1 else [(i, f"- {text}") for i, text in told]
    if passage["kind"] == "qa":
        chosen = _whole_answer(own, best)
    else:
        chosen = _several(units, best, passages, most)
    return [(u.passage, u.text) for u in chosen]


def _in_own_language(units: list[Unit], question: str, passages: Sequence[Passage]) -> list[Unit]:
    """The units in the question's language where they speak to it, else all.

    A record says the same in every language.
    """
    language = detect(question)
    spoken = [detect(full_text(p), language) for p in passages]
    own = [u for u in units if u.is_line or spoken[u.passage] == language]
    return own if any(u.share >= OWN_LANGUAGE for u in own) else units


def _rows(
    question: str, best: Unit, units: Sequence[Unit], passages: Sequence[Passage]
) -> list[int]:
    """The best record; of a table the rows beside it that fit alike, where the question names none."""
    if too := _named_too(set(terms(question)), best, units, passages):
        return [best.passage, *too]
    beside = _beside(best.passage, passages)
    own = set.intersection(*(set(terms(name_of(passages[i]))) for i in beside))
    asked = set(terms(question))
    if (set(terms(name_of(passages[best.passage]))) - own).intersection(asked):
        return [best.passage]
    held = {i: asked.intersection(terms(passages[i]["text"])) for i in beside}
    fits = {i: held[best.passage] <= held[i] for i in beside}
    weights: dict[int, float] = {}
    for unit in units:
        if unit.passage in beside:
            same = _label(unit) == _label(best) and fits[unit.passage]
            weight = best.weight if same else unit.weight
            weights[unit.passage] = max(weight, weights.get(unit.passage, 0.0))
    alike = [i for i, weight in weights.items() if weight >= ROW_ALIKE * best.weight]
    return sorted(alike, key=lambda i: (i != best.passage, -weights[i]))[:MAX_ROWS]


def _named_too(
    asked: set[str], best: Unit, units: Sequence[Unit], passages: Sequence[Passage]
) -> list[int]:
    """Records of other things of the kind that the question names as well."""
    told: dict[str, int] = {}
    for unit in sorted(units, key=lambda u: -u.weight):
        if unit.is_line and are_compared(passages[best.passage], passages[unit.passage], asked):
            told.setdefault(name_of(passages[unit.passage]), unit.passage)
    return list(told.values())[: MAX_ROWS - 1]


def _beside(at: int, passages: Sequence[Passage]) -> list[int]:
    """The passages that tell of things beside the one that this tells of, with itself."""
    first = passages[at]
    place = first["title"].rpartition(" › ")[0]
    return [
        i
        for i, p in enumerate(passages)
        if i == at
        or (
            place
            and p["title"] != first["title"]
            and p["document_id"] == first["document_id"]
            and p["title"].rpartition(" › ")[0] == place
            and is_record(p)
        )
    ]


def _label(unit: Unit) -> str:
    return unit.text.partition(": ")[0]


def _whole_answer(own: list[Unit], best: Unit) -> list[Unit]:
    """A question's answer from its start; long ones only as far as they are asked for."""
    if len(own) <= MAX_SENTENCES and sum(len(u.text) for u in own) <= MAX_ANSWER_CHARS:
        return own
    rest = sorted(own[1:], key=lambda u: (-u.share, u.place))[: MAX_SENTENCES - 1]
    return sorted({own[0], best, *rest[: MAX_SENTENCES - 2]}, key=lambda u: u.place)


def _record(question: str, lines: list[Unit], passage: Passage, beside: int) -> str:
    """One readable sentence of a record: its name, then the fields that are asked for.

    A small record is given whole, and so is the start of one whose fields the question does not
    name: the field may go by another word. Of several `beside` each other
    each says which it is.
    """
    name = _name_of(lines[0].text, passage["title"])
    fields = lines[1:] if name and len(lines) > 1 else lines
    telling = [u for u in fields if has_number(u.text)] if wants_number(question) else fields
    best = max((u.own for u in telling), default=0.0)
    if sum(len(u.text) for u in fields) > SMALL_RECORD_CHARS and best > 0:
        fitting = sorted(fields, key=lambda u: (-u.own, u.place))[:MAX_SENTENCES]
        fields = [u for u in fields if u in fitting and u.own >= 0.6 * best]
    shown: list[str] = []
    for unit in fields:
        if not shown or sum(map(len, shown)) + len(unit.text) <= MAX_RECORD_CHARS:
            shown.append(unit.text.replace(" › ", ", ").rstrip("."))
    said = "; ".join(shown)
    name = name or (name_of(passage) if beside > 1 else "")
    return f"{name} – {said}." if name and name != said else f"{said[:1].upper()}{said[1:]}."


def _name_of(line: str, title: str) -> str:
    """The value of a record's first line where the title ends with it."""
    value = line.partition(": ")[2].strip()
    return value if value and title.endswith(value) else ""


def _several(units: list[Unit], best: Unit, passages: Sequence[Passage], most: int) -> list[Unit]:
    """The best sentence, others that fit nearly as well, and what each leans on, in reading order.

    A sentence of another passage must fit better than one of the same to be shown beside it;
    what says the same again is left out.
    """
    places = {(u.passage, u.place): u for u in units}
    fitting = [u for u in units if u is best or _fits_beside(u, best, passages)]
    chosen: list[Unit] = []
    for unit in sorted(fitting, key=lambda u: (u is not best, -u.weight)):
        if len(chosen) >= most:
            break
        together = _whole(unit, places)
        length = sum(len(u.text) for u in (*chosen, *together))
        if unit not in chosen and (not chosen or _adds(unit, chosen, length)):
            chosen.extend(u for u in together if u not in chosen)
    return sorted(chosen, key=lambda u: (u.passage != best.passage, u.passage, u.place))


def _fits_beside(unit: Unit, best: Unit, passages: Sequence[Passage]) -> bool:
    if unit.is_line:
        return False
    if unit.passage == best.passage:
        return unit.weight >= BESIDE_SAME * best.weight
    is_prose = passages[unit.passage]["kind"] != "qa"  # half an answer to another question
    return is_prose and unit.share > MIN_SHARE and unit.weight >= BESIDE_OTHER * best.weight


def _adds(unit: Unit, chosen: list[Unit], length: int) -> bool:
    own = set(terms(unit.text))
    said = set(terms(" ".join(u.text for u in chosen)))
    return length <= MAX_ANSWER_CHARS and overlap(own, said) < REPEATS


def _whole(unit: Unit, places: Mapping[tuple[int, int], Unit]) -> list[Unit]:
    """The sentence with the one it leans on, or with the list that it opens or stands in."""
    before = places.get((unit.passage, unit.place - 1))
    if before is not None and leans_on_last(unit.text):
        return [before, unit]
    opener = _opener(unit, places)
    if opener is None:
        return [unit]
    listed = [opener]
    length = len(opener.text)
    while (item := places.get((unit.passage, listed[-1].place + 1))) and is_item(item.text):
        length += len(item.text)
        if length > MAX_ANSWER_CHARS:
            return [unit]  # half a list is none
        listed.append(item)
    return listed


def _opener(unit: Unit, places: Mapping[tuple[int, int], Unit]) -> Unit | None:
    """The line that ends with a colon and opens the list in which the unit stands, if it does."""
    line: Unit | None = unit
    while line is not None and is_item(line.text):
        line = places.get((line.passage, line.place - 1))
    opens = line is not None and line.text.rstrip().endswith((":", "："))
    return line if opens else None


def is_item(text: str) -> bool:
    """Whether a line is an item of a list."""
    return _ITEM.match(text) is not None

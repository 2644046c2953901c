"""Which passages are records, `label: value` line by line, and no prose."""

import re
from collections.abc import Set as AbstractSet

from graphs.words.terms import terms
from tenants.finding.search import Passage

_FIELD = re.compile(r"[^:\n]{1,80}: *(\S.*)")


def is_record(passage: Passage) -> bool:
    """Whether a passage tells a thing's fields: of a JSON document, or a table's row."""
    return passage["kind"] == "json" or is_row(passage)


def is_row(passage: Passage) -> bool:
    """Whether a passage is the row of a table: `column: value` lines under the row's name."""
    lines = passage["text"].strip().splitlines()
    told = [_FIELD.match(line) for line in lines]
    return (
        passage["kind"] != "qa"
        and len(lines) > 1
        and all(told)
        and any(f and passage["title"].endswith(f[1].strip()) for f in told)
    )


def name_of(passage: Passage) -> str:
    """What a record's thing is called: the last part of its title."""
    return passage["title"].rpartition(" › ")[2]


def are_compared(first: Passage, other: Passage, asked: AbstractSet[str]) -> bool:
    """Whether a question, by its terms, names two things of a kind: "the Skagen or the Tern?" """
    one, two = set(terms(name_of(first))), set(terms(name_of(other)))
    alike = one & two
    return bool(alike and (one - alike) & asked and (two - alike) & asked)

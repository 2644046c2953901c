"""How an argument is said in a question, for assistants whose model chooses no tools by itself.

A field of a tool's arguments carries one of these in its annotation; the machine finds the words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tools.contract import Arguments

SpokenKind = Literal["reference", "thing", "rank"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """`reference`: a number or a code as on an order or an invoice, `of` which kind of record; it may
    have been shown a moment ago. `thing`: what is asked for. `rank`: by price, where the cheapest or the
    dearest is meant.
    """

    kind: SpokenKind
    of: str = ""


def spoken_arguments(arguments: type[Arguments]) -> Mapping[str, SpokenKind]:
    """The fields that can be found in a question, each with its kind."""
    return {name: note.kind for name, note in _spoken(arguments).items()}


def spoken_records(arguments: type[Arguments]) -> Mapping[str, str]:
    """The fields that name a record of the contact's, each with the kind of record."""
    return {name: note.of for name, note in _spoken(arguments).items() if note.of}


def _spoken(arguments: type[Arguments]) -> dict[str, Spoken]:
    return {
        name: note
        for name, field in arguments.model_fields.items()
        for note in field.metadata
        if isinstance(note, Spoken)
    }

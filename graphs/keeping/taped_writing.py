"""What a model wrote, piece by piece, as plain JSON on a tape."""

from collections.abc import Sequence
from typing import Any

from graphs.asking.model_asking import Began, Called, Failed, Used, Writing, Wrote


def packed(event: Writing) -> list[Any]:
    """An event as the tape keeps it."""
    match event:
        case Began(model):
            return ["began", model]
        case Wrote(text):
            return ["wrote", text]
        case Called(calls):
            return ["called", [dict(call) for call in calls]]
        case Used(entry):
            return ["used", entry]
        case Failed(model, kind):
            return ["failed", model, kind]


def unpacked(kept: Sequence[Any]) -> Writing:
    """The event that was kept."""
    kind, *given = kept
    made = {"began": Began, "wrote": Wrote, "called": Called, "used": Used, "failed": Failed}
    return made[kind](*given)

"""What ties the two sides of a place together: words that point back, and what both speak of."""

import math
from collections.abc import Mapping, Sequence

from graphs.understanding.requests import Tongue

_DETERMINERS = frozenset(
    """this that these those his her their its der die das diese dieser dieses dies ihr den
    el la los las esta este ese esa esos esas le les ce cette ces leur""".split()
)
_NO_THING = ("verbs_first", "subjects", "me", "bound", "ask", "leads", "back")
_EARLY = 6  # words in which a request that hangs on another one says so


def links(
    left: Sequence[str], right: Sequence[str], spoken: Tongue | None, sign: str
) -> dict[str, float]:
    """Words by which one side hangs on the other."""
    if spoken is None:
        return {}
    known = spoken.sets
    back = [at for at, word in enumerate(right) if word in known["back"]]
    alone = [at for at in back if not _names_its_thing(right, at, known)]
    marks = {
        "points back": any(at < _EARLY for at in alone),
        "points back late": any(at >= _EARLY for at in alone),
        "points to a thing": len(alone) < len(back),
        "right bound": right[0] in known["bound"],
        "left bound": left[0] in known["bound"],
        "left leads": left[-1] in known["leads"],
        "right ends leading": right[-1] in known["leads"],
    }
    found = {name: 1.0 for name, holds in marks.items() if holds}
    if "points back" in found:
        found[f"points back {sign}"] = 1.0
    return found


def held_in_common(before: set[str], after: set[str]) -> dict[str, float]:
    """How much both sides speak of the same."""
    found = {
        "right terms": math.log1p(len(after)),
        "left terms": math.log1p(len(before)),
        "new terms": math.log1p(len(after - before)),
    }
    if before & after:
        found["same terms"] = len(before & after) / min(len(before), len(after))
    for name, held in (("left", before), ("right", after)):
        if len(held) <= 1:
            found[f"{name} terms {len(held)}"] = 1.0
    return found


def _names_its_thing(words: Sequence[str], at: int, known: Mapping[str, frozenset[str]]) -> bool:
    """ "this book", "les frais": what is pointed to stands behind the word."""
    if words[at] not in _DETERMINERS or at + 1 >= len(words):
        return False
    following = words[at + 1]
    return not any(following in known[name] for name in _NO_THING)

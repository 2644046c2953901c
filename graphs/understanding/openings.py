"""How a clause begins: with a question word, a verb, a wish, an order, the contact, a thing."""

from collections.abc import Sequence

from graphs.understanding.requests import Tongue


def opening(words: Sequence[str], spoken: Tongue | None) -> str:
    """How a clause begins: ask, verb, wish, do, me, thing or other."""
    if spoken is None:
        return "other"
    known = spoken.sets
    start = 0
    while start < min(3, len(words) - 1) and words[start] in known["polite"]:
        start += 1
    rest = words[start:]
    if not rest:
        return "other"
    if any(tuple(rest[: len(wish)]) == wish for wish in spoken.wishes.get(rest[0], ())):
        return "wish"
    if rest[0] in known["ask"] or (
        len(rest) > 1 and rest[0] in known["leads"] and rest[1] in known["ask"]
    ):
        return "ask"
    for name, kind in (("verbs_first", "verb"), ("do", "do"), ("me", "me"), ("subjects", "thing")):
        if rest[0] in known[name]:
            return kind
    return "other"


def is_inverted(words: Sequence[str], kind: str, spoken: Tongue | None) -> bool:
    """Whether a clause that begins so has the order of words of a question."""
    if spoken is None or len(words) < 2:
        return False
    known = spoken.sets
    someone = known["subjects"] | known["me"]
    if kind == "ask":
        return words[1] in known["verbs_first"] or words[1] in someone
    return words[0] in known["verbs_first"] and words[1] in someone

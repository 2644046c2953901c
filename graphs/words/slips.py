"""Words with one wrong, missing, added or swapped letter, found by what both leave when one is cut."""

from collections.abc import Collection, Iterable

MIN_CHARS = 5
MAX_CHARS = 20


class Slips:
    """Finds which of a few words another one was meant to be."""

    def __init__(self, words: Iterable[str], ordinary: Collection[str]) -> None:
        """`ordinary` words are never taken for a slip."""
        self._ordinary = frozenset(ordinary)
        self._by_rest: dict[str, list[str]] = {}
        for word in words:
            if len(word) >= MIN_CHARS:
                for rest in _rests(word):
                    self._by_rest.setdefault(rest, []).append(word)

    def meant(self, word: str) -> str:
        """The word that this one is with a slip of one letter after its first, or ""."""
        if not MIN_CHARS - 1 <= len(word) <= MAX_CHARS or word in self._ordinary:
            return ""
        for rest in _rests(word):
            for known in self._by_rest.get(rest, ()):
                if known[0] == word[0] and _is_one_apart(known, word):
                    return known
        return ""


def _rests(word: str) -> list[str]:
    return [word, *(word[:i] + word[i + 1 :] for i in range(len(word)))]


def _is_one_apart(known: str, word: str) -> bool:
    if len(known) != len(word):
        longer, shorter = sorted((known, word), key=len, reverse=True)
        if len(longer) - len(shorter) > 1:
            return False
        return shorter in (longer[:i] + longer[i + 1 :] for i in range(len(longer)))
    wrong = [i for i, (a, b) in enumerate(zip(known, word, strict=True)) if a != b]
    if len(wrong) == 1:
        return True
    if len(wrong) != 2 or wrong[1] != wrong[0] + 1:
        return False
    i, j = wrong
    return known[i] == word[j] and known[j] == word[i]

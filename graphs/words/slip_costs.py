"""What it costs to take one word for a slip of another: the likelier the slip, the cheaper.

The classes of slips are those of a keyboard and of English spelling, written down, not learnt:
neighbouring keys, letters changed about, doubled or undoubled letters, vowels and sounds that are
confused, an ending that is left off.
"""

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouy")
_SOUNDS = ("ckqs", "sz", "fv", "gj", "mn", "dt", "bp", "wv", "xs", "iy", "uw", "lr")
FIRST_LETTER = 0.45
SWAPPED = 0.55
DOUBLED, LEFT_OUT_TWIN = 0.55, 0.5
LEFT_OUT, LEFT_OUT_VOWEL = 0.75, 0.7
PUT_IN, PUT_IN_VOWEL, PUT_IN_NEIGHBOUR = 1.05, 0.85, 0.8
NEIGHBOUR, VOWEL, SOUND, OTHER = 0.9, 0.8, 0.8, 1.1


def _neighbours() -> frozenset[tuple[str, str]]:
    place = {
        key: (row, at + row * 0.5) for row, keys in enumerate(_ROWS) for at, key in enumerate(keys)
    }
    return frozenset(
        (a, b)
        for a, (row_a, at_a) in place.items()
        for b, (row_b, at_b) in place.items()
        if a != b and abs(row_a - row_b) <= 1 and abs(at_a - at_b) <= 1
    )


_NEIGHBOURS = _neighbours()
_ALIKE = frozenset((a, b) for group in _SOUNDS for a in group for b in group if a != b)


def slip_cost(typed: str, meant: str) -> float:
    """About 0.5 for a likely slip of one letter, about 1 for any other, added up."""
    start, shorter = 0, min(len(typed), len(meant))
    while start < shorter and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < shorter - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    before = typed[start - 1] if start else ""
    cost = _aligned(typed[start : len(typed) - end], meant[start : len(meant) - end], before)
    return cost + (FIRST_LETTER if start == 0 and typed[:1] != meant[:1] else 0.0)


def _aligned(typed: str, meant: str, before: str) -> float:
    """The cheapest way from one to the other; `before` is the letter that both follow."""
    rows = [[0.0] * (len(meant) + 1) for _ in range(len(typed) + 1)]
    for j in range(1, len(meant) + 1):
        rows[0][j] = rows[0][j - 1] + _left_out(meant, j - 1, before)
    for i in range(1, len(typed) + 1):
        row, above = rows[i], rows[i - 1]
        row[0] = above[0] + _put_in(typed, i - 1, before)
        for j in range(1, len(meant) + 1):
            a, b = typed[i - 1], meant[j - 1]
            best = min(
                above[j - 1] + (0.0 if a == b else _changed(a, b)),
                above[j] + _put_in(typed, i - 1, before),
                row[j - 1] + _left_out(meant, j - 1, before),
            )
            if i > 1 and j > 1 and a == meant[j - 2] and typed[i - 2] == b and a != b:
                best = min(best, rows[i - 2][j - 2] + SWAPPED)
            row[j] = best
    return rows[-1][-1]


def _changed(typed: str, meant: str) -> float:
    if typed in _VOWELS and meant in _VOWELS:
        return VOWEL
    if (typed, meant) in _ALIKE:
        return SOUND
    return NEIGHBOUR if (typed, meant) in _NEIGHBOURS else OTHER


def _put_in(typed: str, at: int, before: str) -> float:
    letter, last = typed[at], typed[at - 1] if at else before
    if letter == last:
        return DOUBLED
    if letter in _VOWELS:
        return PUT_IN_VOWEL
    return PUT_IN_NEIGHBOUR if (letter, last) in _NEIGHBOURS else PUT_IN


def _left_out(meant: str, at: int, before: str) -> float:
    letter, last = meant[at], meant[at - 1] if at else before
    if letter == last:
        return LEFT_OUT_TWIN
    if letter == "'":
        return SWAPPED
    return LEFT_OUT_VOWEL if letter in _VOWELS or letter == "h" else LEFT_OUT

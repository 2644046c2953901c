"""What "and" joins that is one thing: people ("for me and my brother"), names, a number's half."""

from collections.abc import Mapping, Sequence

from graphs.understanding.requests import Tongue

_ME = frozenset(
    "me myself i us you him her them mich mir uns dich ihn ich mí yo nosotros moi nous lui elle toi".split()
)
_OWN = frozenset(
    """my our his her their your mein meine meinen meinem meiner unser unsere mi mis mon ma mes notre nos
    su sus son sa ses""".split()
)
_WITH = frozenset(
    """for with of between both from by to at für mit von zwischen bei para con entre de pour avec chez""".split()
)
PEOPLE = frozenset(
    """brother sister mother father mom mum mommy dad daddy wife husband partner son daughter child children
    kid kids friend friends family parents grandmother grandfather grandma grandpa aunt uncle cousin niece
    nieces nephew boyfriend girlfriend colleague team dog baby bruder schwester mutter vater frau mann partnerin
    sohn tochter kind kinder freund freundin familie eltern oma opa hermano hermana madre padre mujer marido
    hijo hija hijos amigo amiga familia frère soeur sœur mère père femme mari fils fille enfants ami amie
    famille""".split()
)
_PART = frozenset("half quarter third halb halbe viertel media medio demi demie quart".split())
_REST = frozenset(
    """other others nearby more so all etc similar such around andere anderen weitere mehr otros otras más
    autres plus environs""".split()
)
_ABOUT = 4  # words before "and" in which a person is named: "for my father in law and i"
_SHORT = 3


def pair_features(
    left: Sequence[str],
    right: Sequence[str],
    chunk: Sequence[str],
    spoken: Tongue | None,
    sign: str,
    *,
    is_asked: bool,
) -> Mapping[str, float]:
    """Marks of a pair; `chunk` is the right side up to the next place where it may end, `is_asked`
    whether a question mark ends it: "trailers?" asks, "I have an allergy." tells.
    """
    if spoken is None:
        return {}
    known = spoken.sets
    doing = known["ask"] | known["verbs_first"] | known["do"]
    silent = doing.isdisjoint(chunk[:1]) and doing.isdisjoint(chunk[1:])
    found: dict[str, float] = {}
    if silent:
        mark = "silent asked" if is_asked else "silent"
        found[f"{mark} {sign}"] = 1.0
        if len(chunk) <= _SHORT:
            found[f"{mark} short {sign}"] = 1.0
    if sign == "and":
        found |= _with_and(left, right, silent=silent)
    return found


def joins_people(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether the right side is but a person who comes along: "for me and my brother"."""
    if not right or not (left[-1] in _ME or _ends_with_person(left)):
        return False
    return (len(right) == 1 and right[0] in _ME) or (
        1 < len(right) <= _SHORT and right[0] in _OWN and right[-1] in PEOPLE
    )


def _with_and(left: Sequence[str], right: Sequence[str], *, silent: bool) -> dict[str, float]:
    marks = {
        "pair of people": silent and (right[0] in _ME or _ends_with_person(left)),
        "pair with half": right[0] in _PART or (len(right) > 1 and right[1] in _PART),
        "pair with rest": right[0] in _REST,
        "pair of the same": silent and _of_a_kind(left, right),
    }
    return {name: 1.0 for name, holds in marks.items() if holds}


def _ends_with_person(left: Sequence[str]) -> bool:
    """ "a table for me", "the trip with my father in law": somebody else may come along."""
    for at in range(max(0, len(left) - _ABOUT - 1), len(left) - 1):
        if left[at] in _WITH and left[at + 1] in _ME:
            return True
    return len(left) > 1 and left[-2] in _OWN and left[-1] in PEOPLE


def _of_a_kind(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether both sides begin their last thing alike: "my card and my key"."""
    return right[0] in left[-_ABOUT:] and right[0] in _OWN

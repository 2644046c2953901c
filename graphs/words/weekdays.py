"""Days of the week that a text speaks of without their names: "Monday to Friday" holds Wednesday."""

import re
from collections.abc import Mapping
from functools import lru_cache

from graphs.words.terms import terms

# Monday first; a day's other names behind a stroke
_WEEKS: Mapping[str, str] = {
    "en": "monday|mon tuesday|tue|tues wednesday|wed thursday|thu|thur|thurs friday|fri saturday|sat sunday|sun",
    "de": "montag|mo dienstag|di mittwoch|mi donnerstag|do freitag|fr samstag|sa|sonnabend sonntag|so",
    "es": "lunes|lun martes|mar miércoles|mié|miercoles jueves|jue viernes|vie sábado|sáb|sabado domingo|dom",
    "fr": "lundi|lun mardi|mar mercredi|mer jeudi|jeu vendredi|ven samedi|sam dimanche|dim",
    "it": "lunedì|lun martedì|mar mercoledì|mer giovedì|gio venerdì|ven sabato|sab domenica|dom",
    "pt": "segunda|seg terça|ter quarta|qua quinta|qui sexta|sex sábado|sáb domingo|dom",
}
_TO = r"(?:(?<=\b\w{3})\.)?(?:-feira)?\s*(?:-|–|—|to|through|thru|until|till|bis|al|a|au|à|até|e)\s*(?:the|le|la|el)?\s*"


def days_within(text: str, language: str = "en") -> set[str]:
    """The lexemes of the days between two that a text joins; empty where it joins none."""
    pattern, places, names = _week(language[:2])
    found: set[str] = set()
    for match in pattern.finditer(text.lower()):
        first, last = places[match[1]], places[match[2]]
        span = (last - first) % 7
        found.update(*(names[(first + step) % 7] for step in range(span + 1)))
    return found


@lru_cache(maxsize=8)
def _week(language: str) -> tuple[re.Pattern[str], Mapping[str, int], tuple[frozenset[str], ...]]:
    spoken = language if language in _WEEKS else "en"
    days = [names.split("|") for names in _WEEKS[spoken].split()]
    places = {name: place for place, names in enumerate(days) for name in names}
    told = "|".join(sorted(map(re.escape, places), key=len, reverse=True))
    pattern = re.compile(rf"\b({told}){_TO}({told})\b")
    return pattern, places, tuple(frozenset(terms(names[0], spoken)) for names in days)

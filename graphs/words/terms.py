"""The words of a text that carry meaning, for comparing texts: lexemes without the little words."""

import re
from collections.abc import Iterable
from functools import lru_cache

from tenants.finding.lexemes import lexemes
from tenants.keeping.kept_texts import forgettable

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LITTLE = {
    "en": """
        a an the and or but if so of to in on at by for from with as is are was were be been being am
        do does did doing done have has had having i you he she it we they me him her us them my your
        his its our their this that these those there here what which who whom whose when where why
        how can could will would shall should may might must not no nor than then too very just also
        any some about into over under again once only own same such up down out off please tell know
        like want need get got let im i'm i'd i've i'll it's what's that's there's don't doesn't can't
        hi hey hello ok okay yes yeah well um uh umm oh thanks thank
    """,
    "de": """
        der die das den dem des ein eine einen einem einer eines und oder aber wenn von zu im am an auf
        bei für mit als ist sind war waren sein haben hat habe hatte ich du er sie es wir ihr mich dich
        uns euch mein meine dein deine ihre unser was welche welcher welches wer wie wo wann warum kann
        können könnte muss soll sollte darf nicht kein keine auch nur noch schon bitte gibt man es
        hallo danke wäre würde mal
    """,
    "es": """
        el la los las un una unos unas y o pero si de del al en con por para como es son era ser está
        están hay he ha tengo tiene yo tú él ella nosotros ustedes me te se le lo su sus mi mis tu que
        qué cual cuál cuales cuáles quien quién cuando cuándo donde dónde porque cómo puedo puede no
        hola gracias favor quiero
    """,
    "fr": """
        la le les un une des du et ou mais dans sur avec pour par est sont était être ai as avons avez ont je
        tu il elle nous vous ils elles mon ma mes ton ta tes son sa ses notre votre leur que qui quoi
        quel quelle quels quelles où quand pourquoi comment peux peut puis pas ne ce cette ces y
        bonjour merci voudrais
    """,
}


def words(text: str) -> list[str]:
    """Every word as it is written, in lower case and in order."""
    return [w.lower() for w in _WORD.findall(text)]


def terms(text: str, language: str = "en") -> list[str]:
    """The text's lexemes in order, without its language's little words."""
    little = _little(language)
    return [lexeme for lexeme in lexemes(text, language) if lexeme not in little]


@forgettable
@lru_cache(maxsize=20_000)
def word_terms(word: str, language: str) -> frozenset[str]:
    """The lexemes of one word, none for a little one; a text that is cut again and again asks often."""
    return frozenset(terms(word, language))


def overlap(asked: Iterable[str], found: Iterable[str]) -> float:
    """The share of `asked` that is in `found`, 0 to 1."""
    wanted = set(asked)
    return len(wanted.intersection(found)) / len(wanted) if wanted else 0.0


@lru_cache(maxsize=32)
def _little(language: str) -> frozenset[str]:
    return frozenset(lexemes(_LITTLE.get(language[:2], _LITTLE["en"]), language))

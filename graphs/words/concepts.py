"""Words that ask for the same field of a record: who asks what it costs wants its price.

A short closed list of what businesses write down about what they offer, by language. It serves to
choose among the lines of passages already found; search and confidence do not use it.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from graphs.words.units import CURRENCIES, PREFIXES, leading_unit
from tenants.finding.lexemes import lexemes

# By the field's name; the languages' words for it stand under one name, so that a record in English is
# read by who asks in another language.
_SAME: Mapping[str, Mapping[str, str]] = {
    "en": {
        "price": "price cost costs fee charge charges much expensive cheap",
        "weight": "weight weigh weighs heavy",
        "size": "size big large dimensions measurements",
        "height": "height tall high",
        "width": "width wide",
        "length": "length long",
        "hours": "hours open opening close closed closes closing",
        "delivery": "delivery deliver delivered shipping ship shipped arrive arrival",
        "warranty": "warranty guarantee guaranteed",
        "return": "return returns refund exchange",
        "phone": "phone telephone",
        "email": "email e-mail mail",
        "address": "address located location",
        "material": "material made",
        "colour": "colour color colours colors",
        "duration": "duration last lasts takes",
        "doctor": "doctor physician dentist",
        "age": "age old older aged",
        "vaccination": "vaccination vaccinations vaccine jab shot",
        "range": "range far distance reach",
        "speed": "speed fast quick",
    },
    "de": {
        "price": "preis preise kostet kosten gebühr teuer viel",
        "weight": "gewicht wiegt schwer",
        "size": "größe groß maße",
        "hours": "öffnungszeiten geöffnet offen öffnet schließt zeiten",
        "delivery": "lieferung liefern versand lieferzeit",
        "warranty": "garantie gewährleistung",
        "return": "rückgabe zurückgeben umtausch umtauschen erstattung",
        "phone": "telefon anrufen",
        "colour": "farbe farben",
        "duration": "dauer dauert lang lange",
    },
    "es": {
        "price": "precio precios cuesta cuestan coste tarifa caro cuánto",
        "weight": "peso pesa pesado",
        "size": "tamaño grande medidas",
        "hours": "horario horarios abierto abren abre cierra",
        "delivery": "envío entrega enviar llega",
        "warranty": "garantía garantizado",
        "return": "devolución devolver reembolso cambio",
        "phone": "teléfono llamar",
        "colour": "color colores",
        "duration": "duración dura duran tiempo",
    },
    "fr": {
        "price": "prix coûte coûtent tarif frais cher combien",
        "weight": "poids pèse lourd",
        "size": "taille grand dimensions",
        "hours": "horaires ouvert ouverture ferme fermeture",
        "delivery": "livraison livrer expédition",
        "warranty": "garantie garanti",
        "return": "retour retourner remboursement échange",
        "phone": "téléphone appeler",
        "colour": "couleur couleurs",
        "duration": "durée dure temps longtemps",
    },
}

_NUMBER = re.compile(r"\d[\d.,' ]*")
_TIMES = frozenset({"second", "minute", "hour", "day", "night", "week", "month", "year"})


def concepts(terms: Iterable[str], language: str = "en") -> set[str]:
    """The terms, with one name for those that ask for the same field."""
    names = _names(language[:2])
    found = {names.get(term, term) for term in terms}
    if "duration" in found and "length" in names.values():
        found.discard("length")  # "how long does it last?" asks for no length
    return found


def fields_in_english(text: str, language: str) -> set[str]:
    """The names of fields that English words or amounts of a text tell, where another language is
    asked in.
    """
    if language[:2] == "en":
        return set()
    names = _names("en")
    told = {names[term] for term in lexemes(text, "en") if term in names}
    return told | told_by_amounts(text, language, times=True)


def told_by_amounts(text: str, language: str = "en", *, times: bool = False) -> set[str]:
    """The name of the price where an amount of money stands in the text, and with `times` that of the
    duration where a span of time does: such an amount tells it without the word.
    """
    known = set(_names(language[:2]).values())
    found: set[str] = set()
    for number in _NUMBER.finditer(text):
        unit, _ = leading_unit(text[number.end() :])
        if unit in CURRENCIES or PREFIXES.search(text[: number.start()]):
            found.add("price")
        elif times and unit in _TIMES:
            found.add("duration")
    return found & known


@lru_cache(maxsize=8)
def _names(language: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for field, line in _SAME.get(language, {}).items():
        for term in lexemes(line, language):
            named.setdefault(term, field)
    return named

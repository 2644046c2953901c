"""Words that ask for the same field of a record: who asks what it costs wants its price.

A short closed list of what businesses write down about what they offer, by language. It serves to
choose among the lines of passages already found; search and confidence do not use it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from graphs.words.units import CURRENCIES, PREFIXES, leading_unit
from tenants.finding.lexemes import lexemes

_SAME = {
    "en": (
        "price cost costs fee charge charges much expensive cheap",
        "weight weigh weighs heavy",
        "size big large dimensions measurements",
        "height tall high",
        "width wide",
        "length long",
        "hours open opening close closed closes closing",
        "delivery deliver delivered shipping ship shipped arrive arrival",
        "warranty guarantee guaranteed",
        "return returns refund exchange",
        "phone telephone",
        "email e-mail mail",
        "address located location",
        "material made",
        "colour color colours colors",
        "duration last lasts takes",
        "doctor physician dentist",
        "age old older aged",
        "vaccination vaccinations vaccine jab shot",
        "range far distance reach",
        "speed fast quick",
    ),
    "de": (
        "preis preise kostet kosten gebühr teuer viel",
        "gewicht wiegt schwer",
        "größe groß maße",
        "öffnungszeiten geöffnet offen öffnet schließt zeiten",
        "lieferung liefern versand lieferzeit",
        "garantie gewährleistung",
        "rückgabe zurückgeben umtausch umtauschen erstattung",
        "telefon anrufen",
        "farbe farben",
    ),
    "es": (
        "precio precios cuesta cuestan coste tarifa caro cuánto",
        "peso pesa pesado",
        "tamaño grande medidas",
        "horario horarios abierto abren abre cierra",
        "envío entrega enviar llega",
        "garantía garantizado",
        "devolución devolver reembolso cambio",
        "teléfono llamar",
    ),
    "fr": (
        "prix coûte coûtent tarif frais cher combien",
        "poids pèse lourd",
        "taille grand dimensions",
        "horaires ouvert ouverture ferme fermeture",
        "livraison livrer expédition",
        "garantie garanti",
        "retour retourner remboursement échange",
        "téléphone appeler",
    ),
}

_NUMBER = re.compile(r"\d[\d.,' ]*")
_TIMES = frozenset({"second", "minute", "hour", "day", "night", "week", "month", "year"})


def concepts(terms: Iterable[str], language: str = "en") -> set[str]:
    """The terms, with one name for those that ask for the same field."""
    names = _names(language[:2])
    found = {names.get(term, term) for term in terms}
    lasting, length = names.get("last"), names.get("long")
    if lasting in found and length is not None:
        found.discard(length)  # "how long does it last?" asks for no length
    return found


def told_by_amounts(text: str, language: str = "en", *, times: bool = False) -> set[str]:
    """The name of the price where an amount of money stands in the text, and with `times` that of the
    duration where a span of time does: such an amount tells it without the word.
    """
    names = _names(language[:2])
    price, lasting = next(iter(names.values()), ""), names.get("last", "")
    found: set[str] = set()
    for number in _NUMBER.finditer(text):
        unit, _ = leading_unit(text[number.end() :])
        if unit in CURRENCIES or PREFIXES.search(text[: number.start()]):
            found.add(price)
        elif times and unit in _TIMES:
            found.add(lasting)
    return found - {""}


@lru_cache(maxsize=8)
def _names(language: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for line in _SAME.get(language, ()):
        own = lexemes(line, language)
        for term in own:
            named.setdefault(term, own[0])
    return named

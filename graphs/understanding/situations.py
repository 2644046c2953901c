"""What only tells the situation belongs to the question behind it.

"I'd like to bring my bike in for a flat tyre, do I need an appointment?" asks one thing. A wish is a
request of its own as a rule; it is none where the question behind it asks for nothing but the
conditions of what is wished for, which cannot be answered without it.
"""

from collections.abc import Mapping, Sequence

from graphs.words.folding import Phrases, spans
from graphs.words.terms import terms

MAX_TELLING_WORDS = 30
_INTENTS: Mapping[str, str] = {
    "en": """i'd like to|i would like to|i'd love to|i wanna|i am going to|i'm going to|i plan to
        |i'm planning to|i am planning to|i need|i want|i have to|i hope to|i'm thinking of|i am thinking of
        |we'd like to|we would like to|we want to|we plan to|we're planning to|we are planning to|we need to
        |i'm coming|i am coming|we're coming|we are coming|i'm bringing|i am bringing""",
    "de": """ich möchte|ich würde gerne|ich würde gern|ich will|ich muss|ich habe vor|ich plane|wir möchten
        |wir würden gerne|wir wollen|wir müssen|wir planen""",
    "es": "quiero|quisiera|me gustaría|queremos|quisiéramos|nos gustaría|tengo que|pienso|voy a|vamos a",
    "fr": "je voudrais|je veux|j'aimerais|nous voudrions|nous aimerions|je dois|je compte|je vais|nous allons",
    "it": "vorrei|voglio|vorremmo|vogliamo|devo|mi piacerebbe|ho intenzione di",
    "pt": "gostaria de|quero|queria|queremos|gostaríamos de|preciso|pretendo|vou",
}  # fmt: skip
_CONDITIONS: Mapping[str, str] = {
    "en": """appointment appointments reservation booking book reserve pay paid deposit fee fees cost costs
        much long wait call ahead bring register sign allowed possible ok okay have need take discount
        ticket permission advance first before beforehand time free charge extra expensive come""",
    "de": """termin reservierung reservieren buchen anmelden anmeldung bezahlen zahlen anzahlung gebühr kosten
        kostet viel lange warten anrufen vorher mitbringen erlaubt möglich brauche muss kann geht dauert
        rabatt karte kostenlos extra teuer kommen""",
    "es": """cita reserva reservar pagar depósito tarifa cuesta cuánto tiempo esperar llamar traer inscribir
        permitido posible necesito antes gratis extra caro venir descuento""",
    "fr": """rendez-vous réservation réserver payer acompte frais coûte combien temps attendre appeler apporter
        inscrire permis possible besoin faut avant gratuit cher venir réduction""",
    "it": """appuntamento prenotazione prenotare pagare caparra costa quanto tempo aspettare chiamare portare
        iscrivere permesso possibile serve bisogno prima gratis caro venire sconto""",
    "pt": """marcação reserva reservar pagar sinal custa quanto tempo esperar ligar trazer inscrever permitido
        possível preciso antes grátis caro vir desconto""",
}  # fmt: skip
_INTENT = Phrases({"intends": _INTENTS})


def with_situations(parts: Sequence[str], text: str, language: str) -> list[str]:
    """The parts in order, each telling one together with the question that hangs on it."""
    found: list[str] = []
    at = 0
    start = 0
    for part in parts:
        place = text.find(part, at)
        if place < 0:
            return list(parts)
        if found and _tells(found[-1]) and _asks_for_conditions(part, language):
            found[-1] = text[start : place + len(part)]
        else:
            found.append(part)
            start = place
        at = place + len(part)
    return found


def _tells(part: str) -> bool:
    """Whether a part says what the contact has in mind, and asks nothing."""
    words = [word.plain for word in spans(part)]
    is_short = 0 < len(words) <= MAX_TELLING_WORDS
    return is_short and "?" not in part and bool(_INTENT.at(words, 0)[1])


def _asks_for_conditions(part: str, language: str) -> bool:
    asked = set(terms(part, language))
    return part.rstrip().endswith("?") and asked <= set(
        terms(_CONDITIONS.get(language[:2], ""), language)
    )

"""What we may honestly promise when nobody is there, in the contact's language.

A time is named only where the tenant's hours say it; nothing is promised through a channel that
we have no address for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graphs.context import TurnContext
from graphs.words.phrases import spoken
from tenants.desk.business_hours import opening_of

_WHEN: dict[str, dict[str, str]] = {
    "en": {"today": "today from {time}", "tomorrow": "tomorrow from {time}",
           "week": "on {day} from {time}", "date": "on {date} from {time}"},
    "de": {"today": "heute ab {time} Uhr", "tomorrow": "morgen ab {time} Uhr",
           "week": "am {day} ab {time} Uhr", "date": "am {date} ab {time} Uhr"},
    "es": {"today": "hoy a partir de las {time}", "tomorrow": "mañana a partir de las {time}",
           "week": "el {day} a partir de las {time}", "date": "el {date} a partir de las {time}"},
    "fr": {"today": "aujourd'hui à partir de {time}", "tomorrow": "demain à partir de {time}",
           "week": "{day} à partir de {time}", "date": "le {date} à partir de {time}"},
    "it": {"today": "oggi dalle {time}", "tomorrow": "domani dalle {time}",
           "week": "{day} dalle {time}", "date": "il {date} dalle {time}"},
    "pt": {"today": "hoje a partir das {time}", "tomorrow": "amanhã a partir das {time}",
           "week": "{day} a partir das {time}", "date": "em {date} a partir das {time}"},
}  # fmt: skip
_DAYS: dict[str, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    "pt": ("na segunda-feira", "na terça-feira", "na quarta-feira", "na quinta-feira",
           "na sexta-feira", "no sábado", "no domingo"),
}  # fmt: skip
_MONTHS: dict[str, str] = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
_DATE = {"de": "{n}. {month}", "es": "{n} de {month}", "pt": "{n} de {month}"}
_SAID: dict[str, dict[str, str]] = {
    "back": {
        "en": "Nobody is here right now; a colleague will answer {when}.",
        "de": "Gerade ist niemand da; ein Kollege antwortet {when}.",
        "es": "Ahora mismo no hay nadie; un compañero responderá {when}.",
        "fr": "Personne n'est là en ce moment ; un collègue répondra {when}.",
        "it": "Al momento non c'è nessuno; un collega risponderà {when}.",
        "pt": "Neste momento não há ninguém; um colega responderá {when}.",
    },
    "sometime": {
        "en": "Nobody is here right now. A colleague will answer, but I can't say when.",
        "de": "Gerade ist niemand da. Ein Kollege antwortet, wann, kann ich aber nicht sagen.",
        "es": "Ahora mismo no hay nadie. Un compañero responderá, pero no puedo decir cuándo.",
        "fr": "Personne n'est là en ce moment. Un collègue répondra, mais je ne peux pas dire quand.",
        "it": "Al momento non c'è nessuno. Un collega risponderà, ma non so dire quando.",
        "pt": "Neste momento não há ninguém. Um colega responderá, mas não posso dizer quando.",
    },
    "busy": {
        "en": "Nobody is free at the moment; a colleague will answer as soon as one is.",
        "de": "Im Moment ist niemand frei; ein Kollege antwortet, sobald jemand frei ist.",
        "es": "En este momento no hay nadie libre; un compañero responderá en cuanto lo haya.",
        "fr": "Personne n'est libre pour l'instant ; un collègue répondra dès que possible.",
        "it": "Al momento nessuno è libero; un collega risponderà appena possibile.",
        "pt": "Neste momento ninguém está livre; um colega responderá assim que possível.",
    },
    "details": {
        "en": "How can they reach you if you are not here then? An e-mail address or a telephone "
        "number is enough.",
        "de": "Wie sind Sie erreichbar, falls Sie dann nicht hier sind? Eine E-Mail-Adresse oder "
        "Telefonnummer genügt.",
        "es": "¿Cómo podemos localizarle si entonces no está aquí? Basta un correo electrónico o un "
        "teléfono.",
        "fr": "Comment vous joindre si vous n'êtes plus là ? Une adresse e-mail ou un numéro de "
        "téléphone suffit.",
        "it": "Come possiamo raggiungerla se allora non sarà qui? Basta un indirizzo e-mail o un "
        "numero di telefono.",
        "pt": "Como podemos contactá-lo se então não estiver aqui? Basta um e-mail ou um número de "
        "telefone.",
    },
    "noted": {
        "en": "Thank you, I have noted {details} for my colleague.",
        "de": "Danke, ich habe {details} für meinen Kollegen notiert.",
        "es": "Gracias, he anotado {details} para mi compañero.",
        "fr": "Merci, j'ai noté {details} pour mon collègue.",
        "it": "Grazie, ho annotato {details} per il mio collega.",
        "pt": "Obrigado, anotei {details} para o meu colega.",
    },
}


@dataclass(frozen=True, slots=True)
class Absence:
    """Nobody is there: what we say of it, and whether we ask how the contact can be reached."""

    promise: str
    opens_at: str  # ISO, local; "" where we cannot say
    asks_details: bool


def absence(context: TurnContext, language: str) -> Absence | None:
    """How to say that nobody is there; None where somebody is, or nothing is known about it."""
    found = opening_of(context.handoff, context.now, time_zone=context.time_zone)
    closed = found is not None and not found.is_open
    if not closed and context.operators_available is not False:
        return None
    asks = not context.contact.get("known", False)
    if found is None or found.is_open:
        return Absence(say("busy", language), "", asks)
    if found.opens_at is None:
        return Absence(say("sometime", language), "", asks)
    now = datetime.fromisoformat(context.now).astimezone(found.opens_at.tzinfo)
    when = in_words(found.opens_at, now, language)
    return Absence(say("back", language, when=when), found.opens_at.isoformat(), asks)


def say(key: str, language: str, *, when: str = "") -> str:
    """One of these sentences; `{details}` stays a place to fill."""
    return _SAID[key][spoken(language)].replace("{when}", when)


def in_words(moment: datetime, now: datetime, language: str) -> str:
    """A moment to come as a person says it, both times local: "on Monday from 9:00 (CET)"."""
    known = spoken(language)
    forms: Mapping[str, str] = _WHEN[known]
    days = (moment.date() - now.date()) // timedelta(days=1)
    key = {0: "today", 1: "tomorrow"}.get(days, "week" if days < 7 else "date")
    month = _MONTHS[known].split()[moment.month - 1]
    date = _DATE.get(known, "{n} {month}").format(n=moment.day, month=month)
    time = f"{moment.hour}:{moment.minute:02}"
    said = forms[key].format(day=_DAYS[known][moment.weekday()], date=date, time=time)
    return f"{said} ({moment.tzname()})"


def wanted_details(language: str) -> dict[str, Any]:
    """What the desk does once the contact says how to reach them: the words that confirm it."""
    return {"language": language, "confirmation": say("noted", language)}


def noted(details: Mapping[str, str], language: str) -> str:
    """The words that confirm details given in the message itself."""
    return say("noted", language).replace("{details}", ", ".join(details.values()))

"""What contacts are told about effects, in four languages: what is done, asked for, and impossible."""

from collections.abc import Mapping

from tools.words import language_of

_Forms = Mapping[str, str]


def _forms(en: str, de: str, es: str, fr: str) -> _Forms:
    return {"en": en, "de": de, "es": es, "fr": fr}


WHAT: Mapping[str, _Forms] = {
    "refund": _forms(
        "the refund of {money} for order {number}",
        "die Erstattung von {money} für die Bestellung {number}",
        "el reembolso de {money} del pedido {number}",
        "le remboursement de {money} pour la commande {number}",
    ),
    "cancel_order": _forms(
        "the cancellation of order {number}",
        "die Stornierung der Bestellung {number}",
        "la cancelación del pedido {number}",
        "l'annulation de la commande {number}",
    ),
    "move": _forms(
        "moving your appointment “{title}” to {moment}",
        "die Verlegung Ihres Termins „{title}“ auf den {moment}",
        "el cambio de su cita «{title}» al {moment}",
        "le report de votre rendez-vous « {title} » au {moment}",
    ),
    "cancel_appointment": _forms(
        "the cancellation of your appointment “{title}” on {moment}",
        "die Absage Ihres Termins „{title}“ am {moment}",
        "la anulación de su cita «{title}» del {moment}",
        "l'annulation de votre rendez-vous « {title} » du {moment}",
    ),
    "ticket": _forms(
        "a ticket about “{subject}”",
        "ein Ticket zu „{subject}“",
        "una incidencia sobre «{subject}»",
        "un ticket au sujet de « {subject} »",
    ),
}

SENTENCES: Mapping[str, _Forms] = {
    "refund_done": _forms(
        "{money} for order {number} have been refunded.",
        "{money} für die Bestellung {number} wurden erstattet.",
        "Se han reembolsado {money} del pedido {number}.",
        "{money} ont été remboursés pour la commande {number}.",
    ),
    "cancel_order_done": _forms(
        "Order {number} has been cancelled.",
        "Die Bestellung {number} wurde storniert.",
        "El pedido {number} se ha cancelado.",
        "La commande {number} a été annulée.",
    ),
    "move_done": _forms(
        "Your appointment has been moved.",
        "Ihr Termin wurde verlegt.",
        "Su cita se ha cambiado.",
        "Votre rendez-vous a été déplacé.",
    ),
    "cancel_appointment_done": _forms(
        "Your appointment has been cancelled.",
        "Ihr Termin wurde abgesagt.",
        "Su cita se ha anulado.",
        "Votre rendez-vous a été annulé.",
    ),
    "ticket_done": _forms(
        "Your ticket is open; its number is {reference}.",
        "Ihr Ticket ist eröffnet; es hat die Nummer {reference}.",
        "Su incidencia está abierta; su número es {reference}.",
        "Votre ticket est ouvert ; son numéro est {reference}.",
    ),
    "no_order": _forms(
        "I find no order {number} in your account.",
        "In Ihrem Konto finde ich keine Bestellung {number}.",
        "No encuentro ningún pedido {number} en su cuenta.",
        "Je ne trouve pas de commande {number} dans votre compte.",
    ),
    "no_orders": _forms(
        "I find no order in your account that this could be done for.",
        "In Ihrem Konto finde ich keine Bestellung, für die das möglich wäre.",
        "No encuentro en su cuenta ningún pedido para el que se pueda hacer.",
        "Je ne trouve dans votre compte aucune commande pour laquelle ce serait possible.",
    ),
    "which_order": _forms(
        "Which order is it about? Please tell me its number.",
        "Um welche Bestellung geht es? Bitte nennen Sie mir die Nummer.",
        "¿De qué pedido se trata? Dígame su número, por favor.",
        "De quelle commande s'agit-il ? Indiquez-moi son numéro, s'il vous plaît.",
    ),
    "which_appointment": _forms(
        "Which appointment is it about?",
        "Um welchen Termin geht es?",
        "¿De qué cita se trata?",
        "De quel rendez-vous s'agit-il ?",
    ),
    "which_slot": _forms(
        "Which of the free times suits you: {list}?",
        "Welche der freien Zeiten passt Ihnen: {list}?",
        "¿Cuál de los huecos libres le conviene: {list}?",
        "Lequel de ces créneaux libres vous convient : {list} ?",
    ),
    "no_appointment": _forms(
        "I find no such appointment of yours.",
        "Ich finde keinen solchen Termin von Ihnen.",
        "No encuentro ninguna cita suya así.",
        "Je ne trouve pas de tel rendez-vous à votre nom.",
    ),
    "no_slot": _forms(
        "That time is not free.",
        "Diese Zeit ist nicht frei.",
        "Esa hora no está libre.",
        "Cet horaire n'est pas libre.",
    ),
    "no_slots": _forms(
        "There is no free time at the moment.",
        "Im Moment ist keine Zeit frei.",
        "En este momento no hay huecos libres.",
        "Il n'y a pas de créneau libre pour le moment.",
    ),
    "cannot_cancel": _forms(
        "Order {number} has the status “{status}” and can no longer be cancelled.",
        "Die Bestellung {number} hat den Status „{status}“ und kann nicht mehr storniert werden.",
        "El pedido {number} tiene el estado «{status}» y ya no se puede cancelar.",
        "La commande {number} a le statut « {status} » et ne peut plus être annulée.",
    ),
    "cannot_refund": _forms(
        "Order {number} has the status “{status}”: there is nothing to refund.",
        "Die Bestellung {number} hat den Status „{status}“: da gibt es nichts zu erstatten.",
        "El pedido {number} tiene el estado «{status}»: no hay nada que reembolsar.",
        "La commande {number} a le statut « {status} » : il n'y a rien à rembourser.",
    ),
    "too_much": _forms(
        "At most {money} can be refunded for order {number}.",
        "Für die Bestellung {number} können höchstens {money} erstattet werden.",
        "Del pedido {number} se pueden reembolsar como máximo {money}.",
        "Pour la commande {number}, {money} au plus peuvent être remboursés.",
    ),
    "what_about": _forms(
        "What is it about? Please describe it in a sentence.",
        "Worum geht es? Bitte beschreiben Sie es in einem Satz.",
        "¿De qué se trata? Descríbalo en una frase, por favor.",
        "De quoi s'agit-il ? Décrivez-le en une phrase, s'il vous plaît.",
    ),
    "not_approved": _forms(
        "A colleague has to agree to this first.",
        "Dem muss zuerst ein Kollege zustimmen.",
        "Un compañero debe aprobarlo antes.",
        "Un collègue doit d'abord donner son accord.",
    ),
}


def what(key: str, language: str, **values: object) -> str:
    """What an effect is, as a part of a sentence."""
    return WHAT[key][language_of(language)].format(**values)


def told(key: str, language: str, **values: object) -> str:
    """One of these sentences with its values."""
    return SENTENCES[key][language_of(language)].format(**values)

"""The sentences of the tools in four languages, the months' names and the usual states of things."""

from collections.abc import Mapping

_Forms = Mapping[str, str]


def _forms(en: str, de: str, es: str, fr: str) -> _Forms:
    return {"en": en, "de": de, "es": es, "fr": fr}


MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August",
           "September", "October", "November", "December"),
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
           "September", "Oktober", "November", "Dezember"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
           "septiembre", "octubre", "noviembre", "diciembre"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
           "septembre", "octobre", "novembre", "décembre"),
}  # fmt: skip

STATES: Mapping[str, _Forms] = {
    "placed": _forms("placed", "eingegangen", "recibido", "reçue"),
    "paid": _forms("paid", "bezahlt", "pagado", "payée"),
    "open": _forms("open", "offen", "pendiente", "en attente"),
    "overdue": _forms("overdue", "überfällig", "vencida", "en retard"),
    "packed": _forms("packed", "verpackt", "preparado", "préparée"),
    "shipped": _forms("shipped", "versandt", "enviado", "expédiée"),
    "delivered": _forms("delivered", "zugestellt", "entregado", "livrée"),
    "cancelled": _forms("cancelled", "storniert", "cancelado", "annulée"),
    "returned": _forms("returned", "zurückgesandt", "devuelto", "retournée"),
    "refunded": _forms("refunded", "erstattet", "reembolsado", "remboursée"),
    "booked": _forms("booked", "gebucht", "reservada", "réservé"),
}

SENTENCES: Mapping[str, _Forms] = {
    "own_nothing": _forms(
        "{title}: I find nothing of the kind.",
        "{title}: Dazu finde ich nichts.",
        "{title}: no encuentro nada parecido.",
        "{title} : je ne trouve rien de tel.",
    ),
    "own_missing": _forms(
        "{title}: please tell me one thing more: {asked}?",
        "{title}: Bitte sagen Sie mir noch eines: {asked}?",
        "{title}: dígame una cosa más, por favor: ¿{asked}?",
        "{title} : dites-moi encore une chose, s'il vous plaît : {asked} ?",
    ),
    "own_done": _forms(
        "This has been done: {what}.",
        "Das ist erledigt: {what}.",
        "Esto ya está hecho: {what}.",
        "C'est fait : {what}.",
    ),
    "moment": _forms(
        "{day} at {time}", "{day} um {time} Uhr", "{day} a las {time}", "{day} à {time}"
    ),
    "order": _forms(
        "Your order {number} of {day} has the status: {status}.",
        "Ihre Bestellung {number} vom {day} hat den Status: {status}.",
        "Su pedido {number} del {day} tiene el estado: {status}.",
        "Votre commande {number} du {day} a le statut : {status}.",
    ),
    "order_expected": _forms(
        "It should arrive on {day}.",
        "Sie soll am {day} ankommen.",
        "Debería llegar el {day}.",
        "Elle devrait arriver le {day}.",
    ),
    "order_tracking": _forms(
        "It travels with {carrier}, tracking number {tracking}.",
        "Sie ist unterwegs mit {carrier}, Sendungsnummer {tracking}.",
        "Viaja con {carrier}, número de seguimiento {tracking}.",
        "Elle voyage avec {carrier}, numéro de suivi {tracking}.",
    ),
    "order_items": _forms(
        "It holds {items}.",
        "Sie enthält {items}.",
        "Contiene {items}.",
        "Elle contient {items}.",
    ),
    "order_total": _forms(
        "Its total is {money}.",
        "Die Summe beträgt {money}.",
        "El total es de {money}.",
        "Le total est de {money}.",
    ),
    "no_order": _forms(
        "I find no order {number} in your account.",
        "In Ihrem Konto finde ich keine Bestellung {number}.",
        "No encuentro ningún pedido {number} en su cuenta.",
        "Je ne trouve pas de commande {number} dans votre compte.",
    ),
    "no_orders": _forms(
        "I find no orders in your account.",
        "In Ihrem Konto finde ich keine Bestellungen.",
        "No encuentro pedidos en su cuenta.",
        "Je ne trouve aucune commande dans votre compte.",
    ),
    "orders": _forms(
        "Your last orders: {list}.",
        "Ihre letzten Bestellungen: {list}.",
        "Sus últimos pedidos: {list}.",
        "Vos dernières commandes : {list}.",
    ),
    "orders_one": _forms(
        "{number} of {day} ({status})",
        "{number} vom {day} ({status})",
        "{number} del {day} ({status})",
        "{number} du {day} ({status})",
    ),
    "invoice": _forms(
        "Your invoice {number} of {day} over {money} has the status: {status}.",
        "Ihre Rechnung {number} vom {day} über {money} hat den Status: {status}.",
        "Su factura {number} del {day} por {money} tiene el estado: {status}.",
        "Votre facture {number} du {day} de {money} a le statut : {status}.",
    ),
    "invoice_due": _forms(
        "It is due on {day}.",
        "Sie ist am {day} fällig.",
        "Vence el {day}.",
        "Elle est due le {day}.",
    ),
    "invoice_paid": _forms(
        "The payment was booked on {day}.",
        "Die Zahlung wurde am {day} verbucht.",
        "El pago se registró el {day}.",
        "Le paiement a été enregistré le {day}.",
    ),
    "no_invoice": _forms(
        "I find no invoice {number} in your account.",
        "In Ihrem Konto finde ich keine Rechnung {number}.",
        "No encuentro ninguna factura {number} en su cuenta.",
        "Je ne trouve pas de facture {number} dans votre compte.",
    ),
    "no_invoices": _forms(
        "I find no invoices in your account.",
        "In Ihrem Konto finde ich keine Rechnungen.",
        "No encuentro facturas en su cuenta.",
        "Je ne trouve aucune facture dans votre compte.",
    ),
    "in_stock": _forms(
        "{name}: {available} in stock.",
        "{name}: {available} auf Lager.",
        "{name}: {available} en existencias.",
        "{name} : {available} en stock.",
    ),
    "out_of_stock": _forms(
        "{name} is out of stock.",
        "{name} ist nicht auf Lager.",
        "{name} está agotado.",
        "{name} est en rupture de stock.",
    ),
    "restock": _forms(
        "More is expected on {day}.",
        "Nachschub wird am {day} erwartet.",
        "Se esperan más unidades el {day}.",
        "Un réapprovisionnement est prévu le {day}.",
    ),
    "no_stock": _forms(
        "I find no product called “{product}” in stock keeping.",
        "In der Lagerhaltung finde ich kein Produkt namens „{product}“.",
        "No encuentro en el almacén ningún producto llamado «{product}».",
        "Je ne trouve pas de produit appelé « {product} » dans les stocks.",
    ),
    "products": _forms(
        "This is what we have: {list}.",
        "Das haben wir: {list}.",
        "Esto es lo que tenemos: {list}.",
        "Voici ce que nous avons : {list}.",
    ),
    "products_up": _forms(
        "From the lowest price up: {list}.",
        "Nach Preis, das Günstigste zuerst: {list}.",
        "Por precio, lo más barato primero: {list}.",
        "Par prix croissant : {list}.",
    ),
    "products_down": _forms(
        "From the highest price down: {list}.",
        "Nach Preis, das Teuerste zuerst: {list}.",
        "Por precio, lo más caro primero: {list}.",
        "Par prix décroissant : {list}.",
    ),
    "did_you_mean": _forms(
        "I find nothing called “{query}”. Did you mean {names}?",
        "Ich finde nichts namens „{query}“. Meinen Sie {names}?",
        "No encuentro nada llamado «{query}». ¿Se refiere a {names}?",
        "Je ne trouve rien qui s'appelle « {query} ». Voulez-vous dire {names} ?",
    ),
    "appointments": _forms(
        "Your next appointments: {list}.",
        "Ihre nächsten Termine: {list}.",
        "Sus próximas citas: {list}.",
        "Vos prochains rendez-vous : {list}.",
    ),
    "appointment_one": _forms(
        "{title} on {moment}",
        "{title} am {moment}",
        "{title} el {moment}",
        "{title} le {moment}",
    ),
    "no_appointments": _forms(
        "You have no appointment with us.",
        "Sie haben keinen Termin bei uns.",
        "No tiene ninguna cita con nosotros.",
        "Vous n'avez pas de rendez-vous chez nous.",
    ),
    "slots": _forms(
        "The next free times: {list}.",
        "Die nächsten freien Zeiten: {list}.",
        "Los próximos huecos libres: {list}.",
        "Les prochains créneaux libres : {list}.",
    ),
    "no_slots": _forms(
        "There is no free time at the moment.",
        "Im Moment ist keine Zeit frei.",
        "En este momento no hay huecos libres.",
        "Il n'y a pas de créneau libre pour le moment.",
    ),
    "profile": _forms(
        "In your account we have: {list}.",
        "In Ihrem Konto steht: {list}.",
        "En su cuenta figura: {list}.",
        "Dans votre compte figure : {list}.",
    ),
    "no_profile": _forms(
        "I find no account of yours.",
        "Ich finde kein Konto von Ihnen.",
        "No encuentro ninguna cuenta suya.",
        "Je ne trouve aucun compte à votre nom.",
    ),
    "name": _forms("name", "Name", "nombre", "nom"),
    "email": _forms("e-mail", "E-Mail", "correo", "e-mail"),
    "phone": _forms("telephone", "Telefon", "teléfono", "téléphone"),
    "address": _forms("address", "Adresse", "dirección", "adresse"),
    "level": _forms("level", "Stufe", "nivel", "niveau"),
}

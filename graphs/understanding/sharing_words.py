"""What one asks to know of a thing or a place, and what follows from a matter, by language."""

from collections.abc import Mapping

PLACE, GOODS, ANY = "place", "goods", "any"  # what has such an attribute
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    PLACE: {
        "en": """opening hours|opening times|business hours|hours|address|location|phone number|telephone number
            |email address|check-in time|check-out time|menu|directions|parking""",
        "de": """öffnungszeiten|adresse|anschrift|standort|lage|telefonnummer|e-mail-adresse|anfahrt|parkplätze
            |speisekarte""",
        "es": """horario|horarios|horario de apertura|dirección|ubicación|número de teléfono|teléfono|correo
            |aparcamiento|menú""",
        "fr": """horaires|heures d'ouverture|horaires d'ouverture|adresse|emplacement|numéro de téléphone|téléphone
            |parking|menu""",
        "it": "orario|orari|orari di apertura|indirizzo|posizione|numero di telefono|telefono|parcheggio|menù",
        "pt": """horário|horários|horário de funcionamento|endereço|morada|localização|número de telefone|telefone
            |estacionamento|menu""",
    },
    GOODS: {
        "en": """size|sizes|weight|dimensions|colour|colours|color|colors|warranty|guarantee|delivery time
            |delivery times|shipping cost|shipping costs|availability|material|ingredients|battery life""",
        "de": """größe|größen|gewicht|maße|farbe|farben|garantie|lieferzeit|lieferzeiten|versandkosten
            |verfügbarkeit|material|zutaten|akkulaufzeit""",
        "es": """tamaño|talla|tallas|peso|medidas|color|colores|garantía|plazo de entrega|gastos de envío
            |disponibilidad|material|ingredientes""",
        "fr": """taille|tailles|poids|dimensions|couleur|couleurs|garantie|délai de livraison|frais de livraison
            |disponibilité|matière|ingrédients""",
        "it": """taglia|taglie|peso|dimensioni|colore|colori|garanzia|tempi di consegna|spese di spedizione
            |disponibilità|materiale|ingredienti""",
        "pt": """tamanho|tamanhos|peso|dimensões|cor|cores|garantia|prazo de entrega|custos de envio
            |disponibilidade|material|ingredientes""",
    },
    ANY: {
        "en": "price|prices|cost|costs|fee|fees|capacity|duration|name",
        "de": "preis|preise|kosten|gebühr|gebühren|dauer|name",
        "es": "precio|precios|coste|costo|costes|tarifa|tarifas|duración|nombre",
        "fr": "prix|coût|coûts|tarif|tarifs|frais|durée|nom",
        "it": "prezzo|prezzi|costo|costi|tariffa|durata|nome",
        "pt": "preço|preços|custo|custos|tarifa|duração|nome",
    },
}
BEFORE_THING: Mapping[str, str] = {
    "en": "of|for|at|in",
    "de": "von|vom|der|des|dem|für|in|im|am|bei|beim|zu|zum|zur",
    "es": "de|del|para|en",
    "fr": "de|du|des|d|pour|à|au|aux",
    "it": "di|del|della|dei|delle|dello|dell|per",
    "pt": "de|do|da|dos|das|para",
}
AND: Mapping[str, str] = {
    "en": "and|and also|as well as",
    "de": "und|und auch|sowie",
    "es": "y|e|y también",
    "fr": "et|et aussi|ainsi que",
    "it": "e|ed|e anche",
    "pt": "e|e também",
}
ARTICLES: Mapping[str, str] = {
    "en": "the|its|their",
    "de": "der|die|das|den|ihre|seine",
    "es": "el|la|los|las|su|sus",
    "fr": "le|la|les|l|son|sa|ses",
    "it": "il|lo|la|i|gli|le|l",
    "pt": "o|a|os|as",
}
OURS: Mapping[str, str] = {
    "en": "your|you",
    "de": "ihre|ihr|ihren|euer|eure|eurem|eurer|deine|ihr|sie",
    "es": "su|sus|vuestro|vuestra|vuestros|ustedes|tu|tus",
    "fr": "votre|vos|vous",
    "it": "vostro|vostra|vostri|vostre|vi",
    "pt": "seu|sua|seus|suas|vosso|vossa|vocês",
}
TELL: Mapping[str, str] = {
    "en": "send|give|share|know|find out|look up|exact|current|provide|interested|details|regarding|about|information",
    "de": "mir|uns|sagen|nennen|geben|schicken|senden|wissen|lauten|lautet|hoch|erfahren|genau|genaue|aktuelle|mitteilen|hätte|gern|gerne|interessieren|kennen",
    "es": "decir|decirme|dar|darme|enviar|enviarme|saber|conocer|dime|indicar|indicarme|necesito|exacto|actual|quisiera|gustaría",
    "fr": "dire|donner|envoyer|savoir|connaître|indiquer|besoin|exact|actuel|aimerais|souhaite|plaît",
    "it": "dire|dirmi|dare|darmi|inviare|inviarmi|sapere|conoscere|bisogno|vorrei|sono|qual|quali|può|puoi|mi|che|i|e|è",
    "pt": "dizer|dar|enviar|saber|conhecer|preciso|gostaria|queria|qual|quais|são|pode|me|é",
}
CONSEQUENCES: Mapping[str, str] = {  # with "the" or "my" before it: what the matter brings
    "en": "money|refund|money back|replacement|confirmation|receipt|return label|label|form|deposit|price|cost|fee|reward|result|results|deadline|processing time",
    "de": "geld|erstattung|rückerstattung|ersatz|bestätigung|quittung|etikett|rücksendeetikett|formular|kaution|gutschrift|ergebnis|frist|gebühr|bearbeitungszeit",
    "es": "dinero|reembolso|devolución del dinero|reemplazo|confirmación|recibo|etiqueta|formulario|depósito|resultado|plazo|tarifa",
    "fr": "argent|remboursement|remplacement|confirmation|reçu|étiquette|formulaire|caution|résultat|délai|frais",
    "it": "soldi|denaro|rimborso|sostituzione|conferma|ricevuta|etichetta|modulo|cauzione|risultato|termine",
    "pt": "dinheiro|reembolso|substituição|confirmação|recibo|etiqueta|formulário|caução|resultado|prazo",
}
DEFINITE: Mapping[str, str] = {
    "en": "the|my|its|that",
    "de": "der|die|das|den|dem|mein|meine|meinen",
    "es": "el|la|los|mi",
    "fr": "le|la|les|l|mon|ma",
    "it": "il|lo|la|i|l|mio|mia|miei",
    "pt": "o|a|os|meu|minha",
}
RECEIVE: Mapping[str, str] = {
    "en": "get|receive|expect|see|arrive|arrives|long|take|takes",
    "de": "bekomme|bekommen|erhalte|erhalten|kriege|kommt|dauert|lange",
    "es": "recibo|recibiré|recibir|reciba|llega|llegará|tarda|tiempo",
    "fr": "reçois|recevrai|recevoir|est-ce|arrive|faut|temps|serai",
    "it": "ricevo|riceverò|ricevere|arriva|arriverà|tempo|vuole",
    "pt": "recebo|receberei|receber|chega|demora|tempo",
}
SEVERAL: Mapping[str, str] = {
    "en": "are",
    "de": "sind|lauten",
    "es": "son",
    "fr": "sont",
    "it": "sono",
    "pt": "são",
}
WHETHER: Mapping[str, str] = {
    "en": "is|are|does|do|will|would|has|have",
    "de": "ist|sind|hat|haben|wird|werden",
    "es": "es|son|está|están|tiene|tienen",
    "fr": "est|sont|est-ce",
    "it": "è|sono|ha|hanno",
    "pt": "são|está|tem|têm",
}

"""What people tell of themselves that is worth keeping, by language.

A kind is one thing a person has one of (or few): "my order number is …". Sayings are divided by `|`. Over 300 lines because it is one list, read side by side in six languages.
"""

from collections.abc import Mapping

KINDS: Mapping[str, Mapping[str, str]] = {
    "name": {
        "en": "name|full name|first name|last name|surname",
        "de": "name|vorname|nachname",
        "es": "nombre|apellido|nombre completo",
        "fr": "nom|prénom|nom de famille",
        "it": "nome|cognome",
        "pt": "nome|apelido|sobrenome",
    },
    "order number": {
        "en": "order number|order no|order id|order code|order",
        "de": "bestellnummer|auftragsnummer|bestellung",
        "es": "número de pedido|pedido",
        "fr": "numéro de commande|commande",
        "it": "numero d'ordine|numero dell'ordine|ordine",
        "pt": "número do pedido|número da encomenda|pedido|encomenda",
    },
    "booking number": {
        "en": "booking number|booking reference|reservation number|confirmation number|booking code"
        "|reservation|booking",
        "de": "buchungsnummer|reservierungsnummer|buchungscode|buchung|reservierung",
        "es": "número de reserva|localizador|código de reserva|reserva",
        "fr": "numéro de réservation|référence de réservation|réservation",
        "it": "numero di prenotazione|codice di prenotazione|prenotazione",
        "pt": "número da reserva|código da reserva|reserva",
    },
    "customer number": {
        "en": "customer number|customer id|client number|account number|member number|membership number"
        "|account id",
        "de": "kundennummer|mitgliedsnummer|kontonummer",
        "es": "número de cliente|número de cuenta|número de socio",
        "fr": "numéro de client|numéro client|numéro de compte",
        "it": "numero cliente|codice cliente|numero di conto",
        "pt": "número de cliente|número da conta",
    },
    "invoice number": {
        "en": "invoice number|invoice no|invoice",
        "de": "rechnungsnummer|rechnung",
        "es": "número de factura|factura",
        "fr": "numéro de facture|facture",
        "it": "numero di fattura|numero della fattura|fattura",
        "pt": "número da fatura|fatura",
    },
    "ticket number": {
        "en": "ticket number|case number|ticket id|ticket|reference number",
        "de": "ticketnummer|vorgangsnummer|fallnummer|ticket",
        "es": "número de ticket|número de caso|ticket|número de referencia",
        "fr": "numéro de ticket|numéro de dossier|ticket",
        "it": "numero di ticket|numero della pratica|ticket",
        "pt": "número do ticket|número do processo|ticket",
    },
    "contract number": {
        "en": "contract number|policy number|contract|policy",
        "de": "vertragsnummer|versicherungsnummer|policennummer|vertrag",
        "es": "número de contrato|número de póliza|contrato",
        "fr": "numéro de contrat|numéro de police|contrat",
        "it": "numero di contratto|numero di polizza|contratto",
        "pt": "número do contrato|número da apólice|contrato",
    },
    "tracking number": {
        "en": "tracking number|parcel number|shipment number|tracking code",
        "de": "sendungsnummer|paketnummer|trackingnummer",
        "es": "número de seguimiento|número de envío",
        "fr": "numéro de suivi|numéro de colis",
        "it": "numero di tracciamento|codice di tracciamento|numero di spedizione",
        "pt": "número de rastreio|código de rastreio|código de rastreamento",
    },
    "serial number": {
        "en": "serial number|serial no|serial",
        "de": "seriennummer|gerätenummer",
        "es": "número de serie",
        "fr": "numéro de série",
        "it": "numero di serie",
        "pt": "número de série",
    },
    "size": {
        "en": "size|shoe size|clothing size|shirt size|trouser size|dress size|ring size|frame size",
        "de": "größe|schuhgröße|kleidergröße|konfektionsgröße|ringgröße|rahmengröße",
        "es": "talla|talla de zapato|número de zapato|tamaño",
        "fr": "taille|pointure",
        "it": "taglia|numero di scarpe|misura",
        "pt": "tamanho|número de sapato|número de calçado",
    },
    "height": {
        "en": "height", "de": "körpergröße", "es": "estatura|altura", "fr": "hauteur",
        "it": "altezza", "pt": "altura",
    },
    "weight": {
        "en": "weight|body weight", "de": "gewicht|körpergewicht", "es": "peso", "fr": "poids",
        "it": "peso", "pt": "peso",
    },
    "age": {"en": "age", "de": "alter", "es": "edad", "fr": "âge", "it": "età", "pt": "idade"},
    "birthday": {
        "en": "birthday|date of birth|birth date", "de": "geburtstag|geburtsdatum",
        "es": "cumpleaños|fecha de nacimiento", "fr": "anniversaire|date de naissance",
        "it": "compleanno|data di nascita", "pt": "aniversário|data de nascimento",
    },
    "budget": {
        "en": "budget|price limit", "de": "budget|preisrahmen", "es": "presupuesto",
        "fr": "budget", "it": "budget", "pt": "orçamento",
    },
    "colour": {
        "en": "colour|color|favourite colour|favorite color", "de": "farbe|lieblingsfarbe",
        "es": "color|color favorito", "fr": "couleur|couleur préférée",
        "it": "colore|colore preferito", "pt": "cor|cor favorita|cor preferida",
    },
    "address": {
        "en": "address|home address|delivery address|shipping address|billing address",
        "de": "adresse|anschrift|lieferadresse|rechnungsadresse",
        "es": "dirección|domicilio|dirección de envío", "fr": "adresse|adresse de livraison",
        "it": "indirizzo|indirizzo di consegna|indirizzo di spedizione",
        "pt": "endereço|morada|endereço de entrega",
    },
    "postcode": {
        "en": "postcode|postal code|zip|zip code", "de": "postleitzahl|plz",
        "es": "código postal", "fr": "code postal", "it": "codice postale|cap",
        "pt": "código postal|cep",
    },
    "place": {
        "en": "city|town|country|home town", "de": "stadt|wohnort|land", "es": "ciudad|país",
        "fr": "ville|pays", "it": "città|paese", "pt": "cidade|país",
    },
    "email": {
        "en": "email|e-mail|email address|e-mail address|mail address",
        "de": "e-mail|email|mail|e-mail-adresse|mailadresse", "es": "correo|correo electrónico|email",
        "fr": "e-mail|email|adresse e-mail|adresse mail|courriel", "it": "e-mail|email|indirizzo e-mail",
        "pt": "e-mail|email",
    },
    "phone number": {
        "en": "phone|phone number|telephone number|mobile number|cell number|mobile",
        "de": "telefonnummer|handynummer|mobilnummer|rufnummer", "es": "teléfono|número de teléfono|móvil",
        "fr": "téléphone|numéro de téléphone|numéro de portable", "it": "telefono|numero di telefono|cellulare",
        "pt": "telefone|número de telefone|telemóvel|celular",
    },
    "model": {
        "en": "model|model number|device|machine", "de": "modell|modellnummer|gerät",
        "es": "modelo|dispositivo|aparato", "fr": "modèle|appareil", "it": "modello|dispositivo",
        "pt": "modelo|aparelho|dispositivo",
    },
    "vehicle": {
        "en": "car|vehicle|bike|bicycle|van|motorbike", "de": "auto|fahrzeug|fahrrad|rad|wagen",
        "es": "coche|vehículo|bicicleta|bici|carro", "fr": "voiture|véhicule|vélo",
        "it": "auto|macchina|veicolo|bicicletta|bici", "pt": "carro|veículo|bicicleta",
    },
    "plan": {
        "en": "plan|tariff|subscription|package", "de": "tarif|abo|abonnement|paket",
        "es": "plan|tarifa|suscripción", "fr": "forfait|abonnement|formule",
        "it": "piano|tariffa|abbonamento", "pt": "plano|tarifa|assinatura|subscrição",
    },
    "room": {
        "en": "room|room number|apartment number", "de": "zimmer|zimmernummer", "es": "habitación",
        "fr": "chambre", "it": "camera|stanza", "pt": "quarto",
    },
    "flight": {
        "en": "flight|flight number|train", "de": "flug|flugnummer|zug", "es": "vuelo|número de vuelo|tren",
        "fr": "vol|numéro de vol|train", "it": "volo|numero del volo|treno", "pt": "voo|número do voo|comboio|trem",
    },
    "appointment": {
        "en": "appointment|arrival|arrival date|departure|check-in|wedding|event",
        "de": "termin|anreise|ankunft|abreise|hochzeit", "es": "cita|llegada|salida|boda",
        "fr": "rendez-vous|arrivée|départ|mariage", "it": "appuntamento|arrivo|partenza|matrimonio",
        "pt": "consulta|chegada|partida|casamento",
    },
    "company": {
        "en": "company|employer|business", "de": "firma|unternehmen|arbeitgeber", "es": "empresa|compañía",
        "fr": "entreprise|société", "it": "azienda|ditta|società", "pt": "empresa",
    },
    "allergy": {
        "en": "allergy|allergies", "de": "allergie|allergien", "es": "alergia|alergias",
        "fr": "allergie|allergies", "it": "allergia|allergie", "pt": "alergia|alergias",
    },
    "pet": {
        "en": "dog|cat|pet", "de": "hund|katze|haustier", "es": "perro|gato|mascota",
        "fr": "chien|chat", "it": "cane|gatto", "pt": "cão|cachorro|gato",
    },
    "product": {
        "en": "product", "de": "produkt|artikel", "es": "producto", "fr": "produit|article",
        "it": "prodotto|articolo", "pt": "produto|artigo",
    },
}  # fmt: skip
# A number may follow these at once: "order 4711", "Bestellnummer: 4711-B".
NUMBERED = frozenset(
    """order number|booking number|customer number|invoice number|ticket number|contract number
    |tracking number|serial number|flight|room""".replace("\n    ", "").split("|")
)
# What changes the answer to a question about "my …"; a number of ours or a name only blurs a search.
SEARCHED = frozenset(
    """size|height|weight|age|budget|colour|place|postcode|product|model|vehicle|plan|allergy|pet
    |company|appointment""".replace("\n    ", "").split("|")
)
THINGS = frozenset({"company", "product", "model", "vehicle", "plan", "name", "place", "pet"})
SEVERAL = frozenset({"product", "allergy", "pet"})  # a newer one does not replace an older one
MINE: Mapping[str, str] = {
    "en": "my|our",
    "de": "mein|meine|meinen|meinem|meiner|meines|unser|unsere|unserem|unserer",
    "es": "mi|mis|nuestro|nuestra",
    "fr": "mon|ma|mes|notre|nos",
    "it": "il mio|la mia|i miei|le mie|mio|mia|mie|miei|nostro|nostra",
    "pt": "o meu|a minha|os meus|as minhas|meu|minha|meus|minhas|nosso|nossa",
}
IS: Mapping[str, str] = {
    "en": "is|are|was|is now|is called",
    "de": "ist|sind|lautet|war|heißt|ist jetzt",
    "es": "es|son|era|se llama",
    "fr": "est|sont|c'est|était|s'appelle",
    "it": "è|sono|era|si chiama",
    "pt": "é|são|era|chama-se|se chama",
}
# (kind, what stands before the value), by language
TOLD: Mapping[str, Mapping[str, str]] = {
    "name": {
        "en": "i am called|i'm called|call me|this is|my name's",
        "de": "ich heiße|nennen sie mich|nenn mich",
        "es": "me llamo",
        "fr": "je m'appelle",
        "it": "mi chiamo",
        "pt": "me chamo|chamo-me",
    },
    "size": {
        "en": "i wear size|i wear a size|i wear a|i take size|i take a size|i need size|i am a size|i'm a size",
        "de": "ich trage größe|ich habe größe|ich brauche größe|ich habe schuhgröße|ich trage schuhgröße",
        "es": "uso la talla|llevo la talla|uso talla|uso una talla|calzo un|calzo el|calzo",
        "fr": "je fais du|je chausse du|je porte du|je fais une taille|je porte une taille",
        "it": "porto la taglia|porto il|ho la taglia|calzo il",
        "pt": "uso o tamanho|uso tamanho|visto o|calço o|calço",
    },
    "place": {
        "en": "i live in|we live in|i am based in|i'm based in|i am from|i'm from",
        "de": "ich wohne in|wir wohnen in|ich lebe in|ich komme aus",
        "es": "vivo en|vivimos en|soy de",
        "fr": "j'habite à|j'habite en|j'habite au|nous habitons à|je vis à|je vis en",
        "it": "abito a|vivo a|vivo in|abito in|abitiamo a",
        "pt": "moro em|vivo em|moro no|moro na|vivo no|vivo na",
    },
    "allergy": {
        "en": "i am allergic to|i'm allergic to|we are allergic to",
        "de": "ich bin allergisch gegen|ich bin allergisch auf",
        "es": "soy alérgico a|soy alérgica a|tengo alergia a",
        "fr": "je suis allergique à|je suis allergique aux|je suis allergique au",
        "it": "sono allergico a|sono allergica a|sono allergico al|sono allergico alle|sono allergica alle",
        "pt": "sou alérgico a|sou alérgica a|tenho alergia a",
    },
    "product": {
        "en": "i bought a|i bought an|i bought the|i bought your|i have bought a|i ordered a|i ordered the"
        "|i own a|i own the|i have the|i have your|i use the|i'm using the",
        "de": "ich habe den|ich habe die|ich habe das|ich besitze den|ich besitze die|ich besitze das"
        "|ich nutze den|ich nutze die|ich nutze das|ich habe einen|ich habe eine|ich habe ein",
        "es": "he comprado el|he comprado la|compré el|compré la|tengo el|tengo la|compré un|compré una",
        "fr": "j'ai acheté le|j'ai acheté la|j'ai acheté un|j'ai acheté une|j'ai le|j'ai la",
        "it": "ho comprato il|ho comprato la|ho comprato un|ho comprato una|ho il|ho la",
        "pt": "comprei o|comprei a|comprei um|comprei uma|tenho o|tenho a",
    },
    "budget": {
        "en": "i can spend|we can spend|i want to spend at most|i can spend up to",
        "de": "ich kann höchstens|ich möchte höchstens",
        "es": "puedo gastar|puedo gastar hasta",
        "fr": "je peux dépenser|je peux dépenser jusqu'à",
        "it": "posso spendere|posso spendere fino a",
        "pt": "posso gastar|posso gastar até",
    },
}
# What may stand in a question that asks for nothing but what was told.
ASKS_BACK: Mapping[str, str] = {
    "en": """what|which|where|who|is|was|are|were|s|again|please|did|do|does|i|you|we|tell|told|say|said|give|gave
        |remember|know|still|can|could|me|remind|of|the|a|have|has|got|written|write|wrote|mention|mentioned
        |earlier|before|down|just|live|called|call|for|us|note|noted|hi|hello|so|and|wear|take|to|that|it|am
        |allergic|bought|own|sorry|forgot|forgotten|ve""",
    "de": """wie|was|welche|welcher|welches|welchen|wo|wer|ist|war|sind|waren|lautet|lautete|noch|mal|nochmal|einmal
        |bitte|habe|hatte|hab|ich|sie|du|ihnen|dir|gesagt|genannt|gegeben|geschrieben|angegeben|wissen|weißt|kennen
        |erinnern|sich|an|mir|mich|sagen|können|kannst|die|der|das|den|gleich|eigentlich|denn|wohne|heiße|und|also
        |trage|es|vorhin|vorher|früher|uns|gegen|bin|allergisch|vergessen|gekauft|doch""",
    "es": """cuál|cual|qué|que|dónde|donde|quién|es|era|son|eran|otra|vez|por|favor|le|te|les|dije|di|dado|dicho|he
        |recuerda|recuerdas|sabe|sabes|puede|puedes|decirme|recordarme|me|mi|el|la|los|las|de|antes|vivo|llamo
        |cómo|como|y|yo|usted|aún|todavía|uso|a|soy|compré|alérgico|alérgica|olvidado|olvidé|lo""",
    "fr": """quel|quelle|quels|quelles|où|qui|que|est|était|sont|étaient|déjà|encore|s'il|s|il|vous|plaît|plait|ai
        |j'ai|j|je|dit|donné|indiqué|souvenez|rappelez|savez|pouvez|me|rappeler|dire|le|la|les|de|du|avant|habite
        |appelle|comment|et|tu|te|souviens|sais|peux|c'est|c|fais|m|à|suis|acheté|allergique|oublié|vous|l""",
    "it": """qual|quale|quali|dove|chi|che|è|era|sono|erano|di|nuovo|per|favore|ho|detto|dato|indicato|ricorda|ricordi
        |sa|sai|può|puoi|dirmi|ricordarmi|mi|il|la|lo|i|le|prima|abito|vivo|chiamo|come|e|le|ti|ancora|porto|a|avevo
        |allergico|allergica|comprato|dimenticato|quanto|cosa""",
    "pt": """qual|quais|onde|quem|que|é|era|são|eram|de|novo|por|favor|eu|disse|dei|indiquei|lembra|lembra-se|sabe
        |pode|dizer-me|me|dizer|lembrar|o|a|os|as|antes|moro|vivo|chamo|como|e|lhe|te|ainda|mesmo|uso|tinha|dito
        |sou|comprei|alérgico|alérgica|esqueci""",
}
COURTESIES = """good morning afternoon evening guten tag morgen abend buenos buenas días tardes noches
 buongiorno buonasera bom boa dia tarde noite bonsoir hi hello hey sorry thanks thank you please oh ok okay yes no by the way actually just fyi
 well called now hallo danke bitte entschuldigung übrigens ja nein hola gracias perdón sí bonjour merci
 pardon oui ciao grazie scusi olá obrigado obrigada desculpe sim last week yesterday today gekauft"""
WHERE = frozenset("where wo donde ou dove onde".split())
RECALLS = frozenset(  # "which order did I tell you", "do you remember my booking"
    """remember remind tell told say said mention mentioned give gave wrote noted again
    erinnern erinnerst gesagt genannt angegeben nochmal noch geschrieben
    recuerda recuerdas recordarme dije dicho di otra
    souvenez rappelez rappeler souviens dit donne deja
    ricorda ricordi ricordarmi detto dato nuovo
    lembra lembrar disse dei indiquei""".split()
)
NUMBER_WORDS = ("number", "nummer", "numero", "num", "code", "codigo", "codice", "id", "no",
                "reference", "referencia", "localizador")  # fmt: skip
THING_STOPS = frozenset(  # behind the name of a thing: when, where and what for it was got
    """last yesterday today recently from in on for online this with at two three ago via
    gestern heute letzte letzten vor von im am bei fur seit mit
    ayer hoy hace en para con desde este esta la semana
    hier aujourdhui il chez pour avec depuis dans
    ieri oggi fa da per con nel
    ontem hoje ha na no em com""".split()
)
STOPS: Mapping[str, str] = {
    "en": "and|but|because|so|or|which|that|when|if|please|can|could|do|is|since|now|actually|not|by|what|how",
    "de": "und|aber|weil|oder|dass|wenn|bitte|kann|können|könnte|ist|denn|also|nicht|wie|was|gekauft|bestellt",
    "es": "y|pero|porque|o|que|cuando|si|puede|pueden|es|entonces|no|qué|cómo",
    "fr": "et|mais|parce|ou|que|quand|si|pouvez|peut|est|donc|pas|quel|comment|merci",
    "it": "e|ma|perché|o|che|quando|se|può|potete|è|quindi|non|quanto|come",
    "pt": "e|mas|porque|ou|que|quando|se|pode|podem|é|então|não|qual|como",
}

"""What makes a request urgent and what makes it depend on another, by language.

Sayings are divided by `|`. A loss is urgent only where a thing that is `lost` stands near, and "right now"
only where a need does: "what is open right now?" can wait.
"""

from collections.abc import Mapping

URGENT: Mapping[str, str] = {
    "en": """urgent|urgently|emergency|an emergency|asap|as soon as possible|fraud
        |fraudulent|scam|scammed|phishing|hacked|someone used my|somebody used my|stolen
        |was robbed|been robbed|allergy|allergies|allergic|anaphylaxis|ambulance|bleeding|injured
        |injury|unconscious|overdose|poisoned|poisoning|chest pain|gas leak|smell gas|on fire
        |locked out|deadline today|deadline is today|due today|expires today|ends today|by tonight
        |before midnight|until midnight|by the end of today|life threatening|did not recognise
        |did not recognize|didn't recognise|didn't recognize|don't recognise|don't recognize""",
    "de": """dringend|dringende|dringender|eilig|eilt|notfall|ein notfall
        |so schnell wie möglich|schnellstmöglich|betrug|betrügerisch|betrogen|phishing|gehackt
        |gestohlen|geklaut|ausgeraubt|allergie|allergien|allergisch|allergiker|krankenwagen|blutet
        |verletzt|verletzung|bewusstlos|vergiftet|vergiftung|überdosis|gasgeruch|brennt
        |ausgesperrt|frist heute|heute fällig|läuft heute ab|endet heute|bis heute abend
        |bis mitternacht|vor mitternacht|lebensgefahr|frist endet heute""",
    "es": """urgente|urgentemente|urgencia|una urgencia|emergencia|una emergencia
        |cuanto antes|lo antes posible|fraude|fraudulento|estafa|estafado|phishing|hackeado
        |hackeada|robado|robada|robaron|alergia|alergias|alérgico|alérgica|ambulancia|sangrando
        |herido|herida|inconsciente|intoxicado|intoxicación|sobredosis|fuga de gas|incendio
        |vence hoy|caduca hoy|termina hoy|plazo hoy|antes de medianoche|hasta medianoche
        |antes de esta noche""",
    "fr": """urgent|urgente|urgence|une urgence|au plus vite|dès que possible|fraude
        |frauduleux|frauduleuse|arnaque|arnaqué|hameçonnage|piraté|piratée|volé|volée|allergie
        |allergies|allergique|ambulance|saigne|blessé|blessée|blessure|inconscient|intoxiqué
        |intoxication|empoisonné|overdose|fuite de gaz|incendie|expire aujourd'hui|dernier délai
        |finit aujourd'hui|avant minuit|avant ce soir|jusqu'à minuit""",
    "it": """urgente|urgentemente|urgenza|un'urgenza|emergenza|un'emergenza
        |il prima possibile|al più presto|frode|fraudolento|truffa|truffato|truffata|phishing
        |hackerato|rubato|rubata|derubato|allergia|allergie|allergico|allergica|ambulanza|sanguina
        |ferito|ferita|svenuto|intossicato|intossicazione|avvelenato|overdose|fuga di gas|incendio
        |scade oggi|finisce oggi|entro oggi|entro stasera|entro mezzanotte|prima di mezzanotte""",
    "pt": """urgente|urgentemente|urgência|uma urgência|emergência|uma emergência
        |o quanto antes|o mais rápido possível|fraude|fraudulento|golpe|burla|phishing|hackeado
        |hackeada|roubado|roubada|roubaram|furtado|furtada|alergia|alergias|alérgico|alérgica
        |ambulância|sangrando|ferido|ferida|inconsciente|intoxicado|intoxicação|overdose
        |vazamento de gás|fuga de gás|incêndio|vence hoje|termina hoje|expira hoje|até hoje
        |antes da meia-noite|até à meia-noite""",
}
NOW: Mapping[str, str] = {
    "en": "right now|right away|immediately|this instant",
    "de": "sofort|unverzüglich|jetzt gleich",
    "es": "ahora mismo|de inmediato|inmediatamente",
    "fr": "tout de suite|immédiatement|sur-le-champ",
    "it": "subito|immediatamente|adesso stesso",
    "pt": "agora mesmo|de imediato|imediatamente",
}
NEEDS: Mapping[str, str] = {
    "en": "need|must|have to|has to|please|help|cancel|stop|want",
    "de": "brauche|brauchen|muss|müssen|bitte|hilfe|helfen|stornieren|will",
    "es": "necesito|necesitamos|debo|tengo que|por favor|ayuda|cancelar|quiero",
    "fr": "besoin|dois|faut|s'il vous plaît|aide|aidez|annuler|veux",
    "it": "bisogno|devo|per favore|aiuto|annullare|voglio|serve",
    "pt": "preciso|precisamos|tenho que|por favor|ajuda|cancelar|quero",
}
LOST: Mapping[str, str] = {
    "en": "lost|missing|misplaced|left behind|can't find|cannot find|swallowed|block|freeze",
    "de": "verloren|verlor|verlegt|weg|abhandengekommen|finde nicht|eingezogen|sperren|sperre",
    "es": "perdido|perdí|perdida|extraviado|extravié|extraviada|no encuentro|bloquear|bloqueo",
    "fr": "perdu|perdue|égaré|égarée|ne trouve plus|ne trouve pas|avalé|bloquer|opposition",
    "it": "perso|persa|smarrito|smarrita|non trovo|bloccare|blocco",
    "pt": "perdi|perdido|perdida|extraviei|extraviado|não encontro|bloquear|bloqueio",
}
THINGS: Mapping[str, str] = {
    "en": "card|cards|debit card|credit card|bank card|passport|wallet|purse|phone|keys|key|medication|luggage|child",
    "de": "karte|karten|kreditkarte|bankkarte|ec-karte|girocard|pass|reisepass|geldbörse|geldbeutel|portemonnaie|handy|schlüssel|medikament|gepäck|kind",
    "es": "tarjeta|tarjetas|pasaporte|cartera|billetera|móvil|celular|teléfono|llaves|llave|medicación|equipaje|hijo",
    "fr": "carte|cartes|passeport|portefeuille|portable|téléphone|clés|clé|médicaments|bagages|enfant",
    "it": "carta|carte|bancomat|passaporto|portafoglio|telefono|cellulare|chiavi|chiave|farmaci|bagaglio|bambino",
    "pt": "cartão|cartões|passaporte|carteira|celular|telemóvel|telefone|chaves|chave|medicação|bagagem|filho",
}
DEPENDS: Mapping[str, str] = {
    "en": "if so|if yes|if not|if no|if i can|if it is|if it does|if that works|if that is possible|in that case|and if so|and if yes|and if not|otherwise",
    "de": "wenn ja|falls ja|wenn nein|falls nein|falls nicht|wenn nicht|und wenn ja|und falls ja|in dem fall|in diesem fall|ansonsten",
    "es": "si es así|si sí|si no|en caso afirmativo|en ese caso|y si es así|y si no|de lo contrario",
    "fr": "si oui|si non|sinon|dans ce cas|et si oui|et si non|le cas échéant",
    "it": "se sì|se no|in tal caso|in quel caso|in caso affermativo|e se sì|e se no|altrimenti",
    "pt": "se sim|se não|nesse caso|em caso afirmativo|e se sim|e se não|caso contrário",
}
AT_ALL: Mapping[str, str] = {
    "en": "at all|even possible|even allowed|in the first place",
    "de": "überhaupt|grundsätzlich",
    "es": "siquiera|en absoluto|realmente posible",
    "fr": "seulement possible|vraiment possible|tout court",
    "it": "affatto|davvero possibile|proprio possibile",
    "pt": "sequer|mesmo possível|de todo",
}

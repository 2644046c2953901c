"""The sayings with which people steer a conversation, by language; divided by `|`."""

from collections.abc import Mapping

REMINDERS: Mapping[str, str] = {
    "en": "did you forget|have you forgotten|have you forgot|you forgot|you have forgotten|you didnt answer|you did not answer|you havent answered|you have not answered|you never answered|you ignored|you skipped|you missed|youre ignoring|my other question|my first question|my second question|my last question|my previous question|my earlier question|my other request|what about my question|still waiting for an answer|still waiting for my answer|you still owe me|i also asked|i asked two things|i asked you something|answer my other question|and my question",
    "de": "haben sie vergessen|hast du vergessen|habt ihr vergessen|frage vergessen|frage nicht vergessen|fragen vergessen|etwas vergessen|haben sie meine|hast du meine andere|nicht beantwortet|noch nicht beantwortet|meine andere frage|meine erste frage|meine zweite frage|meine letzte frage|meine vorige frage|was ist mit meiner frage|was ist mit meiner anderen frage|ich warte noch auf|frage ignoriert|ich hatte noch gefragt|ich hatte auch gefragt|antworte auf meine frage|meine frage beantworten",
    "es": "se te olvidó|se le olvidó|has olvidado|ha olvidado|te olvidaste|se olvidó de|no has respondido|no ha respondido|no me has respondido|no me ha respondido|no respondiste|no me respondiste|no me contestaste|no me has contestado|no me ha contestado|no contestó|no contestaste|mi otra pregunta|mi primera pregunta|mi segunda pregunta|mi pregunta anterior|mi última pregunta|y mi pregunta|qué pasa con mi pregunta|sigo esperando una respuesta|ignoraste mi pregunta|también pregunté|responde mi pregunta|olvidaste mi",
    "fr": "avez vous oublié|as tu oublié|vous avez oublié|tu as oublié|vous n'avez pas répondu|tu n'as pas répondu|pas répondu|toujours pas répondu|mon autre question|ma première question|ma deuxième question|ma question précédente|ma dernière question|et ma question|qu'en est-il de ma question|j'attends toujours une réponse|j'attends encore une réponse|ignoré ma question|j'avais aussi demandé|répondez à ma question|réponds à ma question",
    "it": "hai dimenticato|ha dimenticato|avete dimenticato|ti sei dimenticato|si è dimenticato|si è dimenticata|non hai risposto|non ha risposto|non avete risposto|non mi hai risposto|non mi ha risposto|l'altra mia domanda|la mia altra domanda|altra domanda che ho fatto|la mia prima domanda|la mia seconda domanda|la mia domanda precedente|e la mia domanda|aspetto ancora una risposta|ignorato la mia domanda|avevo anche chiesto|rispondi alla mia domanda|risponda alla mia domanda",
    "pt": "você esqueceu|esqueceu-se|esqueceu da minha|esqueceu a minha|esqueceste|te esqueceste|não respondeu|não respondeste|não me respondeu|ainda não respondeu|minha outra pergunta|a minha outra pergunta|minha primeira pergunta|minha segunda pergunta|minha pergunta anterior|minha última pergunta|e a minha pergunta|e minha pergunta|ainda espero uma resposta|estou esperando uma resposta|ignorou a minha pergunta|ignorou minha pergunta|também perguntei|responda a minha pergunta|responda minha pergunta|esqueceu algo|esqueceu alguma coisa",
}
LEADS: Mapping[str, Mapping[str, str]] = {
    "corrects": {
        "en": "i meant|i actually meant|i really meant|what i meant was|what i meant is|i mean|i was asking about|i was asking for|i wanted to say|i meant to say|i meant to write|i intended|correction|make that|make it|rather|i asked about|i said|typo",
        "de": "ich meinte|ich meine|ich habe gemeint|gemeint war|gemeint ist|ich wollte sagen|ich wollte schreiben|korrektur|sondern|ich meinte eigentlich|ich hatte gemeint|vielmehr|ich habe gefragt nach|ich sagte|tippfehler",
        "es": "me refería a|me refiero a|me refería al|me refiero al|quería decir|quise decir|quiero decir|corrección|sino|mejor dicho|digo|dije|me equivoqué",
        "fr": "je voulais dire|je veux dire|je parlais de|je parlais du|je pensais à|je pensais au|correction|plutôt|je demandais|j'ai dit|c'était|enfin plutôt",
        "it": "intendevo|volevo dire|intendo|voglio dire|mi riferivo a|mi riferivo al|mi riferivo alla|mi riferisco a|correzione|piuttosto|anzi|parlavo di|parlavo del|ho detto",
        "pt": "eu quis dizer|quis dizer|queria dizer|quero dizer|eu queria dizer|me referia a|me referia ao|referia-me a|referia-me ao|estava falando de|estava falando do|correção|melhor dizendo|ou melhor|aliás|eu disse|digo",
    },
    "comes_back": {
        "en": "back to|going back to|coming back to|to come back to|to get back to|getting back to|returning to|to return to|let's get back to|lets get back to|let's go back to|lets go back to|can we go back to|can we get back to|anyway back to|now back to|as for",
        "de": "zurück zu|zurück zum|zurück zur|nochmal zu|nochmal zum|nochmal zur|noch mal zu|noch mal zum|noch mal zur|noch einmal zu|noch einmal zum|noch einmal zur|um auf|wieder zu|wieder zum|wieder zur|kommen wir zurück zu|kommen wir zurück zum|kommen wir zurück zur|lassen sie uns zurück zu",
        "es": "volviendo a|volviendo al|volvamos a|volvamos al|vuelvo a|vuelvo al|regresando a|regresando al|regresemos a|retomando|de vuelta a|de vuelta al|volver a lo de|volviendo a lo de",
        "fr": "revenons à|revenons au|revenons aux|pour revenir à|pour revenir au|pour en revenir à|pour en revenir au|revenir à|revenir au|retour à|retour au|retour aux|je reviens à|je reviens au|on revient à|on revient au",
        "it": "tornando a|tornando al|tornando alla|tornando ai|tornando alle|torniamo a|torniamo al|torniamo alla|torniamo ai|torniamo alle|ritornando a|ritornando al|ritornando alla|torno a|torno al|torno alla|per tornare a|per tornare al|per tornare alla",
        "pt": "voltando a|voltando ao|voltando à|voltando aos|voltando às|vamos voltar a|vamos voltar ao|voltemos a|voltemos ao|voltemos à|de volta a|de volta ao|de volta à|retomando|regressando a|regressando ao",
    },
}
# What stands behind what was meant: "no, sunday I meant".
TRAILS: Mapping[str, str] = {
    "en": "i meant|i mean|i meant to say|i meant to write|i wanted to say",
    "de": "meinte ich|meine ich|wollte ich sagen|wollte ich schreiben|war gemeint|hab ich gemeint|habe ich gemeint",
    "es": "quería decir|quise decir|quiero decir",
    "fr": "je voulais dire|je veux dire",
    "it": "intendevo|volevo dire|intendo|voglio dire",
    "pt": "eu quis dizer|quis dizer|eu queria dizer|queria dizer|quero dizer",
}
# Behind these it is not meant instead of anything: "you know what I mean".
BEFORE_NO_TRAIL = frozenset(
    "what how that if was wie dass que qué cómo ce comment cosa che come o como".split()
)
# Words before a correction or a return that carry nothing.
OPENINGS: Mapping[str, str] = {
    "en": "no|nope|sorry|oh|ok|okay|wait|oops|ah|actually|hmm|well|so|anyway|now|but|and|my bad|my mistake|excuse me|apologies|thanks|thank you|great|alright|not that one|not that|no no",
    "de": "nein|nee|entschuldigung|sorry|ach|oh|moment|ups|ah|eigentlich|also|gut|so|und|aber|verzeihung|danke|okay|ok|nicht das|mein fehler|jetzt|nun|tut mir leid",
    "es": "no|perdón|perdona|disculpe|disculpa|ay|oh|espera|espere|bueno|pues|pero|y|gracias|vale|en realidad|lo siento|ahora|eso no",
    "fr": "non|pardon|désolé|désolée|oh|oups|attendez|attends|ah|en fait|bon|mais|et|merci|ok|excusez-moi|excuse-moi|alors|maintenant|pas ça",
    "it": "no|scusa|scusi|scusate|oh|ops|aspetta|aspetti|ah|in realtà|allora|ma|e|grazie|ok|mi dispiace|adesso|ora|bene|non quello",
    "pt": "não|desculpe|desculpa|perdão|oh|ops|espera|espere|ah|na verdade|bem|mas|e|obrigado|obrigada|ok|agora|então|não esse|foi mal",
}
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "yes": {
        "en": "yes|yeah|yep|yup|sure|ok|okay|please do|go ahead|do it|do that|that would be great|that would be nice|of course|absolutely|definitely|why not|yes please",
        "de": "ja|ja bitte|gern|gerne|ja gern|ja gerne|klar|natürlich|jawohl|sicher|mach das|machen sie das|auf jeden fall|unbedingt",
        "es": "sí|si|sí por favor|claro|claro que sí|por supuesto|dale|hágalo|adelante|desde luego",
        "fr": "oui|ouais|oui s'il vous plaît|volontiers|bien sûr|avec plaisir|allez-y|vas-y|d'accord|évidemment",
        "it": "sì|si|sì grazie|certo|certamente|volentieri|va bene|d'accordo|faccia pure|fai pure|ovviamente",
        "pt": "sim|sim por favor|claro|com certeza|pode ser|pode|por favor faça|isso|vá em frente",
        "zh": "是|好|好的",
    },
    "no": {
        "en": "no|nope|no thanks|no thank you|not really",
        "de": "nein|nee|nein danke|lieber nicht",
        "es": "no|no gracias",
        "fr": "non|non merci|pas vraiment",
        "it": "no|no grazie",
        "pt": "não|não obrigado|não obrigada",
    },
    "go_on": {
        "en": "go on|let's go on|lets go on|continue|let's continue|lets continue|carry on|keep going|resume|go on with it|continue please|continue with it|continue with that|pick up where we left off|same topic",
        "de": "weiter|weitermachen|fortfahren|fortsetzen|machen wir weiter|weiter bitte|damit weiter|dort weiter|weiter damit|da weitermachen",
        "es": "continuar|seguir|sigamos|continuemos|seguimos|continúa|continúe|sigue|siga|seguir con eso|continuar con eso|seguir con ello",
        "fr": "continuer|continuons|on continue|poursuivre|poursuivons|reprendre|reprenons|continuez|continue",
        "it": "continuare|continuiamo|continua|continui|andiamo avanti|proseguire|proseguiamo|riprendere|riprendiamo|avanti",
        "pt": "continuar|continuemos|vamos continuar|continua|continue|seguir|prosseguir|retomar|seguimos",
    },
    "afresh": {
        "en": "start afresh|start over|start again|start new|new|something new|a new question|new question|new topic|something else|fresh|from scratch|afresh|a fresh start",
        "de": "neu anfangen|neu beginnen|von vorne|von vorn|neu|etwas neues|was neues|neue frage|eine neue frage|etwas anderes|was anderes|neustart|neues thema",
        "es": "empezar de nuevo|comenzar de nuevo|empezar de cero|de nuevo|nuevo|algo nuevo|nueva pregunta|una nueva pregunta|otra cosa|otro tema|tema nuevo",
        "fr": "recommencer|repartir de zéro|nouveau|du nouveau|quelque chose de nouveau|nouvelle question|une nouvelle question|autre chose|autre sujet|recommençons|de zéro",
        "it": "ricominciare|ricominciamo|da capo|nuovo|qualcosa di nuovo|nuova domanda|una nuova domanda|altro|un'altra cosa|altra cosa|da zero",
        "pt": "recomeçar|começar de novo|começar do zero|novo|algo novo|nova pergunta|uma nova pergunta|outra coisa|outro assunto|do zero|assunto novo",
    },
    "polite": {
        "en": "please|thanks|thank you|let's|with that|i want to|i'd like to|with it|that|we can",
        "de": "bitte|danke|lass uns|ich möchte|damit",
        "es": "por favor|gracias|quiero|con eso|mejor",
        "fr": "s'il vous plaît|svp|merci|je veux|je voudrais|avec ça|on peut",
        "it": "per favore|grazie|vorrei|voglio|con questo|prego",
        "pt": "por favor|obrigado|obrigada|quero|com isso|vamos",
    },
}

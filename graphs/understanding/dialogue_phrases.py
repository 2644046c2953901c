"""Our sentences for what people say besides their questions, in six languages.

`{asked}` is a request in the contact's words, `{said}` what an operator answered.
"""

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "how_are_you": {
        "en": "I'm doing well, thank you! How can I help you?",
        "de": "Mir geht es gut, danke! Wie kann ich Ihnen helfen?",
        "es": "¡Muy bien, gracias! ¿En qué puedo ayudarle?",
        "fr": "Très bien, merci ! Comment puis-je vous aider ?",
        "it": "Tutto bene, grazie! Come posso aiutarla?",
        "pt": "Tudo bem, obrigado! Em que posso ajudar?",
    },
    "compliment": {
        "en": "Thank you, that's kind! Is there anything else I can help with?",
        "de": "Danke, das freut mich! Kann ich sonst noch etwas für Sie tun?",
        "es": "¡Gracias, muy amable! ¿Puedo ayudarle en algo más?",
        "fr": "Merci, c'est gentil ! Puis-je faire autre chose pour vous ?",
        "it": "Grazie, molto gentile! Posso aiutarla in altro?",
        "pt": "Obrigado, é muita gentileza! Posso ajudar em mais alguma coisa?",
    },
    "insult": {
        "en": "I'm sorry that this is not going well. Shall I pass it to a colleague?",
        "de": "Es tut mir leid, dass es nicht gut läuft. Soll ich es an einen Kollegen weitergeben?",
        "es": "Siento que esto no vaya bien. ¿Quiere que se lo pase a un compañero?",
        "fr": "Je suis désolé que cela se passe mal. Voulez-vous que je transmette à un collègue ?",
        "it": "Mi dispiace che non stia andando bene. Vuole che passi la richiesta a un collega?",
        "pt": "Lamento que não esteja a correr bem. Quer que eu passe a um colega?",
    },
    "sorry": {
        "en": "I'm sorry about that.",
        "de": "Das tut mir leid.",
        "es": "Lo siento mucho.",
        "fr": "J'en suis désolé.",
        "it": "Mi dispiace molto.",
        "pt": "Lamento muito.",
    },
    "upset": {
        "en": "I'm sorry that this is not going well. Tell me in other words what you need, and I'll try again.",
        "de": "Es tut mir leid, dass es nicht gut läuft. Sagen Sie mir in anderen Worten, was Sie brauchen, und ich versuche es noch einmal.",
        "es": "Siento que esto no vaya bien. Dígame con otras palabras qué necesita y lo intento de nuevo.",
        "fr": "Je suis désolé que cela se passe mal. Dites-moi autrement ce qu'il vous faut et je réessaie.",
        "it": "Mi dispiace che non stia andando bene. Mi dica con altre parole che cosa le serve e ci riprovo.",
        "pt": "Lamento que não esteja a correr bem. Diga-me por outras palavras o que precisa e tento de novo.",
    },
    "joke": {
        "en": "What did the parcel say to the postman? “You carry me away!” Now, how can I help you?",
        "de": "Was sagt das Paket zum Boten? „Du bist einfach hinreißend, nur bitte nicht aufreißend!“ Wie kann ich Ihnen helfen?",
        "es": "¿Qué le dice el paquete al cartero? «¡Contigo voy a todas partes!» ¿En qué puedo ayudarle?",
        "fr": "Que dit le colis au facteur ? « Avec vous, je suis transporté ! » Comment puis-je vous aider ?",
        "it": "Cosa dice il pacco al postino? «Con lei mi sento trasportato!» Come posso aiutarla?",
        "pt": "O que diz a encomenda ao carteiro? «Consigo vou a todo o lado!» Em que posso ajudar?",
    },
    "laughter": {
        "en": "Glad to make you smile! How can I help you?",
        "de": "Schön, dass Sie lachen! Wie kann ich Ihnen helfen?",
        "es": "¡Me alegra hacerle sonreír! ¿En qué puedo ayudarle?",
        "fr": "Ravi de vous faire sourire ! Comment puis-je vous aider ?",
        "it": "Mi fa piacere strapparle un sorriso! Come posso aiutarla?",
        "pt": "Que bom fazê-lo sorrir! Em que posso ajudar?",
    },
    "are_you_there": {
        "en": "Yes, I'm here. How can I help you?",
        "de": "Ja, ich bin da. Wie kann ich Ihnen helfen?",
        "es": "Sí, aquí estoy. ¿En qué puedo ayudarle?",
        "fr": "Oui, je suis là. Comment puis-je vous aider ?",
        "it": "Sì, sono qui. Come posso aiutarla?",
        "pt": "Sim, estou aqui. Em que posso ajudar?",
    },
    "cancelled": {
        "en": "All right, I'll leave it at that. Just write if you need anything else.",
        "de": "In Ordnung, ich lasse es dabei. Schreiben Sie einfach, wenn Sie noch etwas brauchen.",
        "es": "De acuerdo, lo dejo así. Escríbame si necesita algo más.",
        "fr": "D'accord, j'en reste là. Écrivez-moi si vous avez besoin d'autre chose.",
        "it": "Va bene, lascio stare. Mi scriva se le serve altro.",
        "pt": "Está bem, deixo assim. Escreva se precisar de mais alguma coisa.",
    },
    "did_you_mean": {
        "en": "Did you mean “{asked}”?",
        "de": "Meinten Sie „{asked}“?",
        "es": "¿Quiso decir «{asked}»?",
        "fr": "Vouliez-vous dire « {asked} » ?",
        "it": "Intendeva «{asked}»?",
        "pt": "Quis dizer «{asked}»?",
    },
    "meant": {"en": "Yes", "de": "Ja", "es": "Sí", "fr": "Oui", "it": "Sì", "pt": "Sim"},
    "not_meant": {"en": "No", "de": "Nein", "es": "No", "fr": "Non", "it": "No", "pt": "Não"},
    "noted": {
        "en": "Thank you, I have noted “{said}”. What can I do for you?",
        "de": "Danke, ich habe mir „{said}“ notiert. Was kann ich für Sie tun?",
        "es": "Gracias, he anotado «{said}». ¿En qué puedo ayudarle?",
        "fr": "Merci, j'ai noté « {said} ». Que puis-je faire pour vous ?",
        "it": "Grazie, ho annotato «{said}». Come posso aiutarla?",
        "pt": "Obrigado, anotei «{said}». Em que posso ajudar?",
    },
    "you_told": {
        "en": "You told me: “{said}”",
        "de": "Sie haben mir geschrieben: „{said}“",
        "es": "Me dijo: «{said}»",
        "fr": "Vous m'avez écrit : « {said} »",
        "it": "Mi ha scritto: «{said}»",
        "pt": "Disse-me: «{said}»",
    },
    "say_again": {
        "en": "I see. Could you put your question in other words?",
        "de": "Verstehe. Können Sie Ihre Frage mit anderen Worten stellen?",
        "es": "Entiendo. ¿Podría formular su pregunta con otras palabras?",
        "fr": "Je comprends. Pourriez-vous poser votre question autrement ?",
        "it": "Capisco. Può porre la domanda con altre parole?",
        "pt": "Compreendo. Pode fazer a pergunta por outras palavras?",
    },
    "asked_earlier": {
        "en": "You asked earlier: “{asked}”.",
        "de": "Sie hatten gefragt: „{asked}“.",
        "es": "Antes preguntó: «{asked}».",
        "fr": "Vous aviez demandé : « {asked} ».",
        "it": "Prima aveva chiesto: «{asked}».",
        "pt": "Antes perguntou: «{asked}».",
    },
    "answered_meanwhile": {
        "en": "You asked earlier: “{asked}”. A colleague has answered that meanwhile: “{said}”",
        "de": "Sie hatten gefragt: „{asked}“. Ein Kollege hat das inzwischen beantwortet: „{said}“",
        "es": "Antes preguntó: «{asked}». Un compañero ya lo ha respondido: «{said}»",
        "fr": "Vous aviez demandé : « {asked} ». Un collègue y a répondu entre-temps : « {said} »",
        "it": "Prima aveva chiesto: «{asked}». Un collega ha già risposto: «{said}»",
        "pt": "Antes perguntou: «{asked}». Um colega já respondeu: «{said}»",
    },
    "nothing_open": {
        "en": "I see no question of yours that is still open. Could you write it once more?",
        "de": "Ich sehe keine offene Frage von Ihnen. Können Sie sie noch einmal schreiben?",
        "es": "No veo ninguna pregunta suya pendiente. ¿Podría escribirla otra vez?",
        "fr": "Je ne vois aucune question de votre part en attente. Pourriez-vous la réécrire ?",
        "it": "Non vedo nessuna sua domanda in sospeso. Potrebbe riscriverla?",
        "pt": "Não vejo nenhuma pergunta sua em aberto. Pode escrevê-la de novo?",
    },
    "welcome_back": {
        "en": "Welcome back! We spoke about “{asked}”. Shall we go on with it or start afresh?",
        "de": "Willkommen zurück! Wir sprachen über „{asked}“. Machen wir damit weiter oder fangen wir neu an?",
        "es": "¡Hola de nuevo! Hablamos de «{asked}». ¿Seguimos con eso o empezamos de nuevo?",
        "fr": "Bon retour ! Nous parlions de « {asked} ». On continue ou on recommence ?",
        "it": "Bentornato! Parlavamo di «{asked}». Continuiamo o ricominciamo da capo?",
        "pt": "Olá de novo! Falámos sobre «{asked}». Continuamos ou começamos de novo?",
    },
    "go_on": {
        "en": "Go on",
        "de": "Weiter",
        "es": "Continuar",
        "fr": "Continuer",
        "it": "Continuare",
        "pt": "Continuar",
    },
    "start_afresh": {
        "en": "Start afresh",
        "de": "Neu anfangen",
        "es": "Empezar de nuevo",
        "fr": "Recommencer",
        "it": "Ricominciare",
        "pt": "Começar de novo",
    },
    "afresh": {
        "en": "All right, let's start afresh. What can I do for you?",
        "de": "Gut, fangen wir neu an. Was kann ich für Sie tun?",
        "es": "De acuerdo, empecemos de nuevo. ¿En qué puedo ayudarle?",
        "fr": "D'accord, recommençons. Que puis-je faire pour vous ?",
        "it": "Va bene, ricominciamo. Che cosa posso fare per lei?",
        "pt": "Está bem, começamos de novo. Em que posso ajudar?",
    },
}
# What `phrases` holds in four languages, in the other two.
MORE: Mapping[str, Mapping[str, str]] = {
    "greeting": {
        "it": "Buongiorno! Sono {name}. Come posso aiutarla?",
        "pt": "Olá! Sou {name}. Em que posso ajudar?",
    },
    "thanks": {
        "it": "Prego! Posso aiutarla in altro?",
        "pt": "De nada! Posso ajudar em mais alguma coisa?",
    },
    "goodbye": {
        "it": "Arrivederci e buona giornata!",
        "pt": "Até logo e tenha um bom dia!",
    },
    "fine": {
        "it": "Va bene. Mi scriva se le serve altro.",
        "pt": "Está bem. Escreva se precisar de mais alguma coisa.",
    },
    "who_are_you": {
        "it": "Sono {name}, l'assistente virtuale di {brand}. Quando vuole può subentrare un collega.",
        "pt": "Sou {name}, o assistente virtual de {brand}. Um colega pode atender quando quiser.",
    },
    "contact_asked": {
        "it": "Certamente. Passo la richiesta a un collega, che le risponderà qui.",
        "pt": "Claro. Vou passar a um colega, que lhe responderá aqui.",
    },
    "hand_off": {
        "it": "Non ho una risposta affidabile. Passo la domanda a un collega, che le risponderà qui.",
        "pt": "Não tenho uma resposta segura para isso. Passo a um colega, que lhe responderá aqui.",
    },
    "hand_off_part": {
        "it": "Per «{asked}» chiedo a un collega, che le risponderà qui.",
        "pt": "Sobre «{asked}» pergunto a um colega, que lhe responderá aqui.",
    },
    "offer": {
        "it": "Non ho una risposta affidabile. Vuole che la passi a un collega?",
        "pt": "Não tenho uma resposta segura para isso. Quer que eu passe a um colega?",
    },
    "offer_part": {
        "it": "Non ho una risposta affidabile a «{asked}». Vuole che la passi a un collega?",
        "pt": "Não tenho uma resposta segura sobre «{asked}». Quer que eu passe a um colega?",
    },
    "offer_more": {
        "it": "Se questo non risponde alla sua domanda, posso passarla a un collega.",
        "pt": "Se isto não responder à sua pergunta, posso passá-la a um colega.",
    },
    "not_known": {
        "it": "Mi dispiace, non ho informazioni a riguardo.",
        "pt": "Lamento, não tenho informações sobre isso.",
    },
    "not_known_part": {
        "it": "Mi dispiace, non ho informazioni su «{asked}».",
        "pt": "Lamento, não tenho informações sobre «{asked}».",
    },
    "no_people": {
        "it": "Mi dispiace, qui nessuno può subentrare. La aiuto volentieri per quanto posso.",
        "pt": "Lamento, aqui ninguém pode atender. Ajudo com gosto no que puder.",
    },
    "clarify": {
        "it": "Può dirmi qualcosa in più, così trovo la risposta giusta?",
        "pt": "Pode dizer-me um pouco mais, para que eu encontre a resposta certa?",
    },
    "unsafe": {
        "it": "Questo non posso farlo. Rispondo volentieri a domande su {brand}.",
        "pt": "Isso não posso fazer. Respondo com gosto a perguntas sobre {brand}.",
    },
    "back": {
        "it": "Grazie della pazienza. Sono di nuovo qui se le serve altro.",
        "pt": "Obrigado pela paciência. Estou de novo aqui se precisar de algo.",
    },
}
NO_NAME = {"it": "l'assistente virtuale", "pt": "o assistente virtual"}
NO_BRAND = {"it": "la nostra azienda", "pt": "a nossa empresa"}

"""Our sentences for decisions: asking back, rules, offers, drafts for operators; in six languages."""

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "choose": {
        "en": "Which of these do you mean: {asked}?",
        "de": "Was davon meinen Sie: {asked}?",
        "es": "¿A cuál de estos se refiere: {asked}?",
        "fr": "Lequel de ces sujets voulez-vous dire : {asked} ?",
        "it": "Quale di questi intende: {asked}?",
        "pt": "A qual destes se refere: {asked}?",
    },
    "or": {"en": "or", "de": "oder", "es": "o", "fr": "ou", "it": "o", "pt": "ou"},
    "policy": {
        "en": "A colleague should look at this in person. I'm passing it on; they will reply to you here.",
        "de": "Das sollte sich ein Kollege persönlich ansehen. Ich gebe es weiter; er antwortet Ihnen hier.",
        "es": "Esto debe verlo un compañero en persona. Se lo paso y le responderá aquí.",
        "fr": "Un collègue doit s'en occuper personnellement. Je lui transmets ; il vous répondra ici.",
        "it": "Di questo deve occuparsi un collega di persona. Glielo passo; le risponderà qui.",
        "pt": "Isto deve ser visto por um colega em pessoa. Vou passar; ele responde-lhe aqui.",
    },
    "hand_off_more": {
        "en": "To be sure, I'm also asking a colleague, who will reply to you here.",
        "de": "Zur Sicherheit frage ich auch einen Kollegen, der Ihnen hier antwortet.",
        "es": "Para estar seguros, consulto también a un compañero, que le responderá aquí.",
        "fr": "Pour être sûr, je demande aussi à un collègue, qui vous répondra ici.",
        "it": "Per sicurezza chiedo anche a un collega, che le risponderà qui.",
        "pt": "Para ter a certeza, pergunto também a um colega, que lhe responderá aqui.",
    },
    "still_not_known": {
        "en": "I still have no reliable answer to that. If a colleague should take it up, just say so.",
        "de": "Darauf habe ich noch immer keine verlässliche Antwort. Wenn ein Kollege es übernehmen soll, sagen Sie es einfach.",
        "es": "Sigo sin tener una respuesta segura a eso. Si quiere que lo atienda un compañero, dígamelo.",
        "fr": "Je n'ai toujours pas de réponse fiable à cela. Si un collègue doit s'en charger, dites-le-moi.",
        "it": "Non ho ancora una risposta sicura. Se deve occuparsene un collega, me lo dica.",
        "pt": "Continuo sem uma resposta segura para isso. Se um colega deve tratar do assunto, é só dizer.",
    },
    "draft_checking": {
        "en": "Thank you for your patience. You asked: “{asked}”. I'm checking this and will come back to you.",
        "de": "Danke für Ihre Geduld. Sie fragten: „{asked}“. Ich kläre das und melde mich bei Ihnen.",
        "es": "Gracias por su paciencia. Ha preguntado: «{asked}». Lo compruebo y le respondo.",
        "fr": "Merci de votre patience. Vous avez demandé : « {asked} ». Je vérifie et je reviens vers vous.",
        "it": "Grazie per la pazienza. Ha chiesto: «{asked}». Verifico e le rispondo.",
        "pt": "Obrigado pela paciência. Perguntou: «{asked}». Vou verificar e já lhe respondo.",
    },
    "draft_asking": {
        "en": "About “{asked}”: could you tell me a little more, so that I can help you properly?",
        "de": "Zu „{asked}“: Können Sie mir etwas mehr dazu sagen, damit ich Ihnen richtig helfen kann?",
        "es": "Sobre «{asked}»: ¿podría contarme un poco más para que pueda ayudarle bien?",
        "fr": "Au sujet de « {asked} » : pourriez-vous m'en dire un peu plus pour que je vous aide au mieux ?",
        "it": "Riguardo a «{asked}»: può dirmi qualcosa di più, così che possa aiutarla bene?",
        "pt": "Sobre «{asked}»: pode contar-me um pouco mais para que eu possa ajudar bem?",
    },
    "colleague_said": {
        "en": "My colleague told you: ",
        "de": "Mein Kollege hat Ihnen dazu geschrieben: ",
        "es": "Mi compañero le dijo: ",
        "fr": "Mon collègue vous a dit : ",
        "it": "Il mio collega le ha detto: ",
        "pt": "O meu colega disse-lhe: ",
    },
    "said_by_colleague": {
        "en": "Said by a colleague in this conversation",
        "de": "Von einem Kollegen in diesem Gespräch gesagt",
        "es": "Dicho por un compañero en esta conversación",
        "fr": "Dit par un collègue dans cette conversation",
        "it": "Detto da un collega in questa conversazione",
        "pt": "Dito por um colega nesta conversa",
    },
}

"""Our sentences for actions: proposed, asked about, and what they came to; in four languages."""

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "action_asked": {
        "en": "I have asked a colleague to approve {asked}. I'll tell you here as soon as they have decided.",
        "de": "Ich habe einen Kollegen gebeten, {asked} zu genehmigen. Ich sage Ihnen hier Bescheid, sobald entschieden ist.",
        "es": "He pedido a un compañero que apruebe {asked}. Le avisaré aquí en cuanto lo decida.",
        "fr": "J'ai demandé à un collègue d'approuver {asked}. Je vous préviens ici dès qu'il a décidé.",
    },
    "action_begun": {
        "en": "I'm arranging {asked} now and will tell you here as soon as it is done.",
        "de": "Ich veranlasse jetzt {asked} und sage Ihnen hier Bescheid, sobald es erledigt ist.",
        "es": "Estoy tramitando {asked} y le avisaré aquí en cuanto esté hecho.",
        "fr": "Je m'occupe maintenant de ceci : {asked}. Je vous préviens ici dès que c'est fait.",
    },
    "action_confirm": {
        "en": "Shall I go ahead with {asked}?",
        "de": "Soll ich {asked} veranlassen?",
        "es": "¿Quiere que siga adelante con {asked}?",
        "fr": "Dois-je procéder ainsi : {asked} ?",
    },
    "action_left": {
        "en": "All right, I leave everything as it is.",
        "de": "Gut, ich lasse alles, wie es ist.",
        "es": "De acuerdo, lo dejo todo como está.",
        "fr": "Très bien, je laisse tout en l'état.",
    },
    "action_denied": {
        "en": "A colleague has looked at {asked} and has not agreed to it. Nothing was changed.",
        "de": "Ein Kollege hat sich das angesehen ({asked}) und nicht zugestimmt. Es wurde nichts geändert.",
        "es": "Un compañero ha revisado {asked} y no lo ha aprobado. No se ha cambiado nada.",
        "fr": "Un collègue a examiné {asked} et n'a pas donné son accord. Rien n'a été modifié.",
    },
    "action_expired": {
        "en": "Nobody could agree to {asked} in time, so nothing was changed. Please write again if you still want it.",
        "de": "Niemand konnte rechtzeitig zustimmen ({asked}), daher wurde nichts geändert. Schreiben Sie bitte noch einmal, wenn Sie es weiterhin wünschen.",
        "es": "Nadie pudo aprobar a tiempo {asked}, así que no se ha cambiado nada. Escríbanos de nuevo si aún lo desea.",
        "fr": "Personne n'a pu approuver à temps {asked} ; rien n'a été modifié. Écrivez-nous à nouveau si vous le souhaitez toujours.",
    },
    "action_failed": {
        "en": "I could not carry out {asked}, and nothing was changed. I'm passing it to a colleague, who will reply to you here.",
        "de": "Das war nicht möglich ({asked}), und es wurde nichts geändert. Ich gebe es an einen Kollegen weiter, der Ihnen hier antwortet.",
        "es": "No he podido llevar a cabo {asked} y no se ha cambiado nada. Se lo paso a un compañero, que le responderá aquí.",
        "fr": "Cela n'a pas pu être fait ({asked}) et rien n'a été modifié. Je transmets à un collègue, qui vous répondra ici.",
    },
    "action_failed_alone": {
        "en": "I could not carry out {asked}, and nothing was changed. Please try again later.",
        "de": "Das war nicht möglich ({asked}), und es wurde nichts geändert. Bitte versuchen Sie es später noch einmal.",
        "es": "No he podido llevar a cabo {asked} y no se ha cambiado nada. Inténtelo de nuevo más tarde.",
        "fr": "Cela n'a pas pu être fait ({asked}) et rien n'a été modifié. Réessayez plus tard, s'il vous plaît.",
    },
    "action_unknown": {
        "en": "I can't say yet whether {asked} went through: the system broke off. A colleague is looking at it.",
        "de": "Ich kann noch nicht sagen, ob es geklappt hat ({asked}): das System hat abgebrochen. Ein Kollege sieht nach.",
        "es": "Aún no puedo decir si se ha realizado {asked}: el sistema se interrumpió. Un compañero lo está comprobando.",
        "fr": "Je ne peux pas encore dire si cela a abouti ({asked}) : le système s'est interrompu. Un collègue vérifie.",
    },
    "action_done": {
        "en": "It is done: {asked}.",
        "de": "Es ist erledigt: {asked}.",
        "es": "Está hecho: {asked}.",
        "fr": "C'est fait : {asked}.",
    },
    "action_note": {
        "en": "My colleague writes: “{asked}”",
        "de": "Mein Kollege schreibt: „{asked}“",
        "es": "Mi compañero escribe: «{asked}»",
        "fr": "Mon collègue écrit : « {asked} »",
    },
}

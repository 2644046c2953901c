"""The sentences that are ours, in the contact's language and the brand's name."""

from collections.abc import Mapping

from graphs.acting import action_phrases, tool_phrases
from graphs.deciding import decision_phrases
from graphs.understanding import dialogue_phrases
from graphs.writing import answer_phrases

LANGUAGES = ("en", "de", "es", "fr", "it", "pt")
DEFAULT = "en"

_PHRASES: Mapping[str, Mapping[str, str]] = {
    "greeting": {
        "en": "Hello! I'm {name}. How can I help you?",
        "de": "Hallo! Ich bin {name}. Wie kann ich Ihnen helfen?",
        "es": "¡Hola! Soy {name}. ¿En qué puedo ayudarle?",
        "fr": "Bonjour ! Je suis {name}. Comment puis-je vous aider ?",
    },
    "thanks": {
        "en": "You're welcome! Is there anything else I can help with?",
        "de": "Gern geschehen! Kann ich sonst noch etwas für Sie tun?",
        "es": "¡De nada! ¿Puedo ayudarle en algo más?",
        "fr": "Avec plaisir ! Puis-je faire autre chose pour vous ?",
    },
    "goodbye": {
        "en": "Goodbye, and have a nice day!",
        "de": "Auf Wiedersehen und einen schönen Tag!",
        "es": "¡Hasta luego y que tenga un buen día!",
        "fr": "Au revoir et bonne journée !",
    },
    "fine": {
        "en": "All right. Just write if you need anything else.",
        "de": "Alles klar. Schreiben Sie einfach, wenn Sie noch etwas brauchen.",
        "es": "De acuerdo. Escríbame si necesita algo más.",
        "fr": "D'accord. Écrivez-moi si vous avez besoin d'autre chose.",
    },
    "who_are_you": {
        "en": "I'm {name}, the virtual assistant of {brand}. A colleague can take over whenever you like.",
        "de": "Ich bin {name}, der virtuelle Assistent von {brand}. Auf Wunsch übernimmt jederzeit ein Kollege.",
        "es": "Soy {name}, el asistente virtual de {brand}. Un compañero puede atenderle cuando quiera.",
        "fr": "Je suis {name}, l'assistant virtuel de {brand}. Un collègue peut prendre le relais à tout moment.",
    },
    "contact_asked": {
        "en": "Of course. I'm passing this to a colleague, who will reply to you here.",
        "de": "Natürlich. Ich gebe das an einen Kollegen weiter, der Ihnen hier antwortet.",
        "es": "Por supuesto. Le paso con un compañero, que le responderá aquí.",
        "fr": "Bien sûr. Je transmets à un collègue, qui vous répondra ici.",
    },
    "hand_off": {
        "en": "I don't have a reliable answer to that. I'm passing it to a colleague, who will reply to you here.",
        "de": "Darauf habe ich keine verlässliche Antwort. Ich gebe es an einen Kollegen weiter, der Ihnen hier antwortet.",
        "es": "No tengo una respuesta segura a eso. Se lo paso a un compañero, que le responderá aquí.",
        "fr": "Je n'ai pas de réponse fiable à cela. Je transmets à un collègue, qui vous répondra ici.",
    },
    "hand_off_part": {
        "en": "For “{asked}” I'm asking a colleague, who will reply to you here.",
        "de": "Zu „{asked}“ frage ich einen Kollegen, der Ihnen hier antwortet.",
        "es": "Sobre «{asked}» consulto a un compañero, que le responderá aquí.",
        "fr": "Pour « {asked} », je demande à un collègue, qui vous répondra ici.",
    },
    "offer": {
        "en": "I don't have a reliable answer to that. Shall I pass it to a colleague?",
        "de": "Darauf habe ich keine verlässliche Antwort. Soll ich es an einen Kollegen weitergeben?",
        "es": "No tengo una respuesta segura a eso. ¿Quiere que se lo pase a un compañero?",
        "fr": "Je n'ai pas de réponse fiable à cela. Voulez-vous que je transmette à un collègue ?",
    },
    "offer_part": {
        "en": "I don't have a reliable answer to “{asked}”. Shall I pass it to a colleague?",
        "de": "Zu „{asked}“ habe ich keine verlässliche Antwort. Soll ich es an einen Kollegen weitergeben?",
        "es": "No tengo una respuesta segura sobre «{asked}». ¿Quiere que se lo pase a un compañero?",
        "fr": "Je n'ai pas de réponse fiable à « {asked} ». Voulez-vous que je transmette à un collègue ?",
    },
    "offer_more": {
        "en": "If that does not answer your question, I can pass it to a colleague.",
        "de": "Falls das Ihre Frage nicht beantwortet, kann ich sie an einen Kollegen weitergeben.",
        "es": "Si esto no responde a su pregunta, puedo pasársela a un compañero.",
        "fr": "Si cela ne répond pas à votre question, je peux la transmettre à un collègue.",
    },
    "not_known": {
        "en": "I'm sorry, I don't have information about that.",
        "de": "Dazu habe ich leider keine Informationen.",
        "es": "Lo siento, no tengo información sobre eso.",
        "fr": "Désolé, je n'ai pas d'information à ce sujet.",
    },
    "not_known_part": {
        "en": "I'm sorry, I don't have information about “{asked}”.",
        "de": "Zu „{asked}“ habe ich leider keine Informationen.",
        "es": "Lo siento, no tengo información sobre «{asked}».",
        "fr": "Désolé, je n'ai pas d'information sur « {asked} ».",
    },
    "no_people": {
        "en": "I'm sorry, nobody can take over here. I'm glad to help as far as I can.",
        "de": "Leider kann hier niemand übernehmen. Ich helfe gern, so weit ich kann.",
        "es": "Lo siento, aquí no hay nadie que pueda atenderle. Le ayudo en lo que pueda.",
        "fr": "Désolé, personne ne peut prendre le relais ici. Je vous aide autant que possible.",
    },
    "clarify": {
        "en": "Could you tell me a little more, so that I find the right answer?",
        "de": "Können Sie mir etwas mehr dazu sagen, damit ich die richtige Antwort finde?",
        "es": "¿Podría contarme un poco más para que encuentre la respuesta correcta?",
        "fr": "Pourriez-vous m'en dire un peu plus pour que je trouve la bonne réponse ?",
    },
    "unsafe": {
        "en": "I can't do that. I'm glad to help with questions about {brand}.",
        "de": "Das kann ich nicht tun. Bei Fragen zu {brand} helfe ich gern.",
        "es": "No puedo hacer eso. Con gusto le ayudo con preguntas sobre {brand}.",
        "fr": "Je ne peux pas faire cela. Je réponds volontiers aux questions sur {brand}.",
    },
    "back": {
        "en": "Thank you for your patience. I'm here again if you need anything else.",
        "de": "Danke für Ihre Geduld. Ich bin wieder für Sie da.",
        "es": "Gracias por su paciencia. Vuelvo a estar a su disposición.",
        "fr": "Merci de votre patience. Je suis de nouveau à votre disposition.",
    },
}
_NO_NAME: Mapping[str, str] = {
    "en": "the virtual assistant",
    "de": "der virtuelle Assistent",
    "es": "el asistente virtual",
    "fr": "l'assistant virtuel",
} | dialogue_phrases.NO_NAME
_NO_BRAND: Mapping[str, str] = {
    "en": "our company",
    "de": "unserem Unternehmen",
    "es": "nuestra empresa",
    "fr": "notre entreprise",
} | dialogue_phrases.NO_BRAND


def phrase(
    key: str, language: str, *, name: str = "", brand: str = "", asked: str = "", said: str = ""
) -> str:
    """One of our sentences; English where the language, or this sentence in it, is none of ours."""
    known, text = _text(key, spoken(language))
    # replaced one by one: a contact's braces must not be read as places of ours
    text = text.replace("{name}", name or _NO_NAME[known])
    text = text.replace("{brand}", brand or _NO_BRAND[known])
    if "{said}" in text:
        before, after = text.split("{said}")
        return before.replace("{asked}", asked) + said + after
    return text.replace("{asked}", asked)


def _text(key: str, language: str) -> tuple[str, str]:
    sources: tuple[Mapping[str, Mapping[str, str]], ...] = (
        _PHRASES, dialogue_phrases.PHRASES, dialogue_phrases.MORE, decision_phrases.PHRASES,
        action_phrases.PHRASES, answer_phrases.PHRASES, tool_phrases.PHRASES,
    )  # fmt: skip
    known = [source[key] for source in sources if key in source]
    own = next((texts[language] for texts in known if language in texts), None)
    return (DEFAULT, known[0][DEFAULT]) if own is None else (language, own)


def spoken(code: str) -> str:
    """The language of ours in which somebody is spoken to; English where theirs is none of ours."""
    return next((known for known in LANGUAGES if code[:2].lower() == known), DEFAULT)

"""What we say about an answer itself: where it breaks off, and what we do not speak about."""

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "broken_off": {
        "en": "I can't confirm the rest of this.",
        "de": "Den Rest kann ich nicht bestätigen.",
        "es": "No puedo confirmar el resto.",
        "fr": "Je ne peux pas confirmer la suite.",
        "it": "Non posso confermare il resto.",
        "pt": "Não posso confirmar o resto.",
    },
    "forbidden": {
        "en": "I'm sorry, I don't give information about that here.",
        "de": "Dazu gebe ich hier leider keine Auskunft.",
        "es": "Lo siento, aquí no doy información sobre eso.",
        "fr": "Désolé, je ne donne pas d'information à ce sujet ici.",
        "it": "Mi dispiace, qui non do informazioni su questo.",
        "pt": "Lamento, aqui não dou informações sobre isso.",
    },
}

"""What a message says besides its questions: greetings, thanks, a wish for a person, an attack."""

import re

_PERSON = r"(?:human|person|people|operator|agent|representative|someone|somebody|colleague|employee|staff|manager|supervisor|advisor|adviser)"
_WANTS_PERSON = re.compile(
    rf"""
      \b(?:talk|speak|chat|connect|transfer|get|put|pass|hand)\b[^.?!]{{0,25}}\b(?:to|with|through\ to|me|over)\b[^.?!]{{0,20}}
        \b(?:real|live|actual)?\ ?{_PERSON}\b
    | \b(?:want|need|prefer|give\ me|get\ me|is\ there|can\ i\ have)\b[^.?!]{{0,12}}\b(?:a|an|some|any|your|the)?\ ?(?:real|live|actual)\ {_PERSON}\b
    | \b(?:i\ want|i\ need|give\ me|get\ me)\b\ (?:an?|the|your)\ (?:human|operator|agent|representative|supervisor|manager)\b
    | ^\W*(?:an?\ )?(?:(?:real|live)\ )?(?:human|operator|agent|representative|real\ person)(?:\ please)?\W*$
    | \bhuman\b[^.?!]{{0,10}}\bplease\b | \bcustomer\ service\ (?:agent|rep)\b
    | \bmit\ (?:einem|einer|jemandem|dem)\b[^.?!]{{0,25}}\b(?:menschen|mitarbeiter(?:in)?|person|kolleg(?:en|in)|berater(?:in)?)?\b[^.?!]{{0,15}}\b(?:sprechen|reden|verbinden|schreiben)
    | \b(?:echten?|richtigen?)\ (?:menschen|person|mitarbeiter)\b | ^\W*mensch(?:\ bitte)?\W*$
    | \b(?:hablar|chatear|comunicar\w*|contactar|pas\w+)\b[^.?!]{{0,20}}\bcon\b[^.?!]{{0,20}}\b(?:persona|humano|agente|operador\w*|alguien|representante|asesor\w*)\b
    | \b(?:persona|humano|agente)\ (?:real|de\ verdad)\b | ^\W*(?:una?\ )?(?:agente|humano|persona)(?:\ por\ favor)?\W*$
    | \b(?:parler|discuter|échanger|contacter|joindre)\b[^.?!]{{0,20}}\b(?:à|avec)?\b[^.?!]{{0,15}}\b(?:humain|conseill\w+|quelqu['’]un|agent|opérat\w+|vraie\ personne|une\ personne)\b
    | \b(?:vraie\ personne|vrai\ humain)\b | ^\W*(?:un\ )?(?:humain|conseiller)(?:\ s['’]il\ vous\ pla[iî]t)?\W*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REMINDS = re.compile(
    r"\b(?:did|have) you (?:forget|forgotten)\b|\byou (?:forgot|didn['’]?t answer|did not answer|never answered|ignored)\b"
    r"|\bmy (?:other|first|second|last) question\b|\bwhat about my (?:other |first |second )?question\b"
    r"|\b(?:haben sie|hast du) .{0,30}vergessen\b|\bnicht beantwortet\b|\b(?:se )?(?:ha|has) olvidado\b|\bse (?:te|le) olvidó\b"
    r"|\bno (?:me )?(?:ha|has) respondido\b|\b(?:avez[- ]vous|as[- ]tu) oublié\b|\bpas répondu\b",
    re.IGNORECASE,
)
_UNSAFE = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:previous|prior|above|earlier|all|your|any)\b.{0,25}\b(?:instruction|prompt|rule|guideline|direction|training)s?\b"
    r"|\b(?:reveal|show|print|repeat|output|tell me|display)\b.{0,30}\b(?:system|hidden|initial|secret|developer) (?:prompt|message|instruction)s?\b"
    r"|\byou are (?:now|no longer)\b.{0,30}\b(?:DAN|jailbroken|unrestricted|an? (?:evil|unfiltered|assistant without))\b"
    r"|\b(?:developer|god|jailbreak|DAN) mode\b|\bdo anything now\b"
    r"|\bignoriere\b.{0,30}\b(?:anweisungen|regeln)\b|\bignora\b.{0,30}\b(?:instrucciones|reglas)\b|\bignore[sz]?\b.{0,30}\b(?:instructions|consignes) (?:précédentes|ci-dessus)",
    re.IGNORECASE | re.DOTALL,
)
_SMALL_TALK = {
    "greeting": r"hi+|hello+|hey+|hiya|good (?:morning|afternoon|evening|day)|greetings|hallo|hi zusammen|guten (?:tag|morgen|abend)|moin|servus|grüß gott|hola|buen[oa]s(?: (?:días|tardes|noches))?|bonjour|bonsoir|salut|coucou|你好|您好",
    "thanks": r"(?:ok(?:ay)?,? )?(?:many )?(?:thanks?|thank you|thx|cheers)(?: (?:a lot|so much|very much|you|again|for (?:your|the) (?:help|answer|time)))?|that(?:['’]s| is) (?:all|great|perfect|helpful)|(?:vielen |herzlichen )?dank(?:e)?(?: (?:schön|sehr|dir|ihnen))?|(?:muchas |mil )?gracias|merci(?: (?:beaucoup|bien))?|谢谢",
    "goodbye": r"(?:good ?)?bye(?: bye)?|see you(?: later)?|have a (?:nice|good|great) (?:day|one|evening|weekend)|tschüss|tschüß|auf wiedersehen|ciao|schönen tag(?: noch)?|adiós|adios|hasta (?:luego|pronto)|au revoir|à bientôt|bonne journée|再见",
    "fine": r"ok(?:ay)?|k|alright|all right|great|perfect|cool|nice|got it|i see|understood|fine|sure|no(?:pe)?|no,? thanks?(?: you)?|nothing(?: else)?|alles klar|gut|nein(?:,? danke)?|verstanden|vale|de acuerdo|perfecto|entendido|no,? gracias|d['’]accord|parfait|non(?:,? merci)?|compris",
    "who_are_you": r"(?:who|what) are you|are you (?:a |an )?(?:bot|robot|human|real(?: person)?|machine|computer|ai)|am i (?:talking|speaking|chatting) (?:to|with) (?:a |an )?(?:bot|robot|human|real person|machine|person)|wer (?:bist du|sind sie)|(?:bist du|sind sie) ein (?:bot|roboter|mensch)|quién eres|eres un (?:bot|robot|humano)|qui (?:es-tu|êtes-vous)|(?:es-tu|êtes-vous) un (?:bot|robot|humain)",
}
_FILLER = r"(?:there|everyone|team|again|dear|all|you|please|so|and|well|oh|then|und|y|et|zusammen)"
_TALK = {
    kind: re.compile(rf"^\W*(?:{pattern})(?:\W+{_FILLER})*\W*$", re.IGNORECASE)
    for kind, pattern in _SMALL_TALK.items()
}
_AGREES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|sure|ok(?:ay)?|please(?: do)?|yes,? please|go ahead|do (?:it|that)|that would be (?:great|nice)|ja|ja,? (?:bitte|gern(?:e)?)|gern(?:e)?|bitte|sí|si|sí,? por favor|claro|por favor|oui|oui,? (?:s['’]il vous pla[iî]t|volontiers)|volontiers|是|好)(?:\W+(?:please|thanks?|bitte|danke|gracias|merci))*\W*$",
    re.IGNORECASE,
)


def wants_person(text: str) -> bool:
    """Whether the text asks for a person to take over."""
    return _WANTS_PERSON.search(text) is not None


def reminds(text: str) -> bool:
    """Whether the text says that something was left unanswered."""
    return _REMINDS.search(text) is not None


def is_unsafe(text: str) -> bool:
    """Whether the text tries to give the machine new rules, by plain patterns."""
    return _UNSAFE.search(text) is not None


def small_talk(text: str) -> str:
    """The kind of small talk that the whole text is, or ""."""
    if len(text) > 120:
        return ""
    return next((kind for kind, pattern in _TALK.items() if pattern.match(text)), "")


def agrees(text: str) -> bool:
    """Whether the whole text is a yes."""
    return _AGREES.match(text) is not None

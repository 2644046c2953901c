"""The words that give personal data away: what follows them is somebody's own.

Every pattern names the part to take out `what`. English, German, Spanish and French; closed lists,
so what is said otherwise is not found. A company's own address, number or hours stay: a cue says
whose it is (`my`, `your`, `I live`).
"""

import re

_OWN = r"(?:my|our|your|his|her|their|mein\w*|dein\w*|ihr\w*|unser\w*|mi|mis|tu|su|mon|ma|votre|notre|vos)"
_IS = r"(?:\s+(?:is|are|was|ist|lautet|war|es|est|no\.?|nummer|number|n[°º])|\s*[:#=])"
_CODE = r"(?P<what>(?=[\w/-]*\d)[A-Z0-9][\w/-]{3,30})"
_NAME = r"(?P<what>[^\W\d_][\w'’-]+(?:\s+[A-ZÀ-ÞŽŠČ][\w'’-]+){0,3})"
_CAPITAL_NAME = r"(?P<what>[A-ZÀ-ÞŽŠČ][\w'’-]+(?:\s+[A-ZÀ-ÞŽŠČ][\w'’-]+){0,3})"
_TO_CLAUSE_END = (
    r"(?P<what>[^.!?;\n]{0,60}?\d[^.!?;\n]{0,60}?)(?=\s+(?:and|und|y|et|so|but)\s|[.!?;\n]|$)"
)

# A greeting at the start of an answer: "Hi Ada," and "Sehr geehrte Frau Marlow," say nothing else.
GREETING = re.compile(
    r"\s*(?:(?i:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten tag|liebe[rs]?|"
    r"sehr geehrte[rs]?|hola|estimad[oa]|buenos días|bonjour|ch[eè]re?))\s+"
    r"(?:(?i:mr|mrs|ms|miss|dr|herr|frau|señora?|monsieur|madame)\.?\s+)?"
    r"(?!(?i:there|all|everyone|team|zusammen|again|customer|sir|madam)\b)"
    r"[A-ZÀ-ÞŽŠČ][\w'’-]+(?:\s+[A-ZÀ-ÞŽŠČ][\w'’-]+){0,2}\s*[,!:–-]\s*"
)

CUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "name",
        re.compile(
            r"\b(?i:my (?:full |first |last )?name is|my name's|i am called|name's|ich heiße|"
            r"mein name ist|me llamo|mi nombre es|je m['’]appelle|mon nom est)\s+" + _NAME
        ),
    ),
    (
        "name",
        re.compile(
            r"\b(?i:this is|i am|i'm|hier ist|ich bin|soy|je suis)\s+" + _CAPITAL_NAME
            + r"(?=\s+(?i:speaking|here|calling|writing|from|am apparat)\b)"
        ),
    ),
    (
        "name",
        re.compile(
            r"\b(?i:mr|mrs|ms|miss|dr|herrn?|frau|señora?|monsieur|madame|mme)\.?\s+" + _CAPITAL_NAME
        ),
    ),
    (
        "address",
        re.compile(
            rf"\b(?i:{_OWN}\s+(?:new\s+|old\s+|home\s+|delivery\s+|shipping\s+|billing\s+)*"
            rf"(?:address|adresse|anschrift|dirección|direccion|domicilio){_IS})\s*" + _TO_CLAUSE_END
        ),
    ),
    (
        "address",
        re.compile(r"\b(?i:i live (?:at|in|on)|ich wohne (?:in|an|am)|vivo en|j['’]habite)\s+"
                   + _TO_CLAUSE_END),
    ),
    (
        "date of birth",
        re.compile(
            r"\b(?i:(?:i was |was )?born (?:on|in)|date of birth(?: is|:)?|dob(?: is|:)?|birthday is|"
            r"geboren am|geburtsdatum(?: ist|:)?|fecha de nacimiento(?: es|:)?|née? le)\s*"
            r"(?P<what>\w{0,9}\.?\s?\d[\w ./,-]{3,20}\d)"
        ),
    ),
    (
        "secret",
        re.compile(
            r"\b(?i:(?:password|passcode|passwort|kennwort|contraseña|mot de passe|pin(?: code)?|"
            rf"tan|cvc|cvv|security code){_IS})\s*(?P<what>[^\s,;]{{3,64}}[^\s,;.!?])"
        ),
    ),
    (
        "account",
        re.compile(
            r"\b(?i:(?:social security|ssn|passport|tax|id(?:entity)? card|ausweis|steuer|dni|nif)"
            rf"\s*(?:number|no\.?|nummer|id|-id)?{_IS}?)\s*" + _CODE
        ),
    ),
    (
        "number",
        re.compile(
            rf"\b(?i:{_OWN}\s+(?:\w+\s+)?(?:order|booking|reservation|invoice|ticket|customer|"
            r"account|contract|policy|tracking|membership|member|bestell\w*|bestellung|auftrag\w*|"
            r"buchung\w*|rechnung\w*|kunden\w*|konto\w*|vertrag\w*|pedido|reserva|factura|cuenta|"
            rf"commande|réservation|facture|compte)(?:\s*(?:number|no\.?|nummer|id|code|#|n[°º]))?"
            rf"(?:{_IS})?)\s*#?" + _CODE
        ),
    ),
)  # fmt: skip

# First names that are ordinary words: they are a name only beside the rest of it.
COMMON_WORDS = frozenset(
    "will may mark grace hope joy rose bill rob pat art sue dawn june april august summer faith "
    "frank jack max ray drew chase grant chip penny iris lily ivy jade ruby amber sandy rich page "
    "miles skip wade dean lance violet olive ginger basil reed cliff glen heath brook dale forest "
    "stone the and for not you with from your operator support admin king young long white black "
    "brown green day good best love price cash order card shop store baker cook".split()
)

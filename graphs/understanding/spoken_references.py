"""Numbers and codes of orders and invoices as contacts write them, and things that they ask for."""

import re
from itertools import islice

MAX_LOOKED_AT = 50  # numbers of one text
AROUND_CHARS = 100  # of a number, in which stands what it numbers or counts
STAND_IN = "1042"  # for every number, where texts are compared in their meaning
_CODE = re.compile(
    r"(?<![\w.,@/-])#?(?P<code>[A-Za-z]{1,8}[-_/]?\d[\w-]{2,30}|\d{2,}(?:-\d{2,})+|\d{3,20})(?![\w@]|[.,]\d)"
)
# what a bare number counts, when such a word follows it
_COUNTED = re.compile(
    r"\s*(?:€|\$|£|%|°|(?:eur|euros?|usd|dollars?|chf|gbp|pounds?|kr|percent|prozent|watts?|wh|km|kilometers?"
    r"|kilometres?|kilometer|kms?|cm|mm|m|meters?|metres?|kg|g|grams?|lbs?|days?|tagen?|d[ií]as?|jours?|hours?"
    r"|stunden?|horas?|heures?|minutes?|minuten|minutos|weeks?|wochen?|semanas?|semaines?|months?|monaten?"
    r"|meses|mois|years?|jahren?|años|ans|pieces?|stück|people|times|mal|fois|lux|nm)\b)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:order|orders|invoice|parcel|package|shipment|tracking|number|no|nr|bestellung|auftrag|rechnung|paket"
    r"|bestellnummer|rechnungsnummer|auftragsnummer|nummer|pedido|factura|número|commande|facture|numéro|colis)"
    r"[\s.:#]*(?:(?:number|no|nr|id|nummer|número|numéro|n)[\s.:#°º]*)?(?:is|ist|es|est)?[\s:#]*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_OLD_YEAR = re.compile(
    r"1\d{3}"
)  # a number of four digits is one where such a word stands before it
_WHEN = re.compile(
    r"\b(?:in|since|until|before|after|around|year|im|jahre?|seit|bis|vor|nach|um|en|desde|hasta|año|depuis|l'an|année)"
    r"\s+$",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:my|mine|i|i'm|i've|me|we|our|mein\w*|ich|mir|mich|unser\w*|wir|mi|mis|mío|mía|yo|me|tengo|nuestr\w+"
    r"|he|mon|ma|mes|je|j'ai|moi|notre|nos|ai-je)\b",
    re.IGNORECASE,
)
# "how do I …", "can I …": asked of a way of doing something, whoever asks it
_MANNER = re.compile(
    r"^\W*(?:and |but |hi |hello |please )*(?:how (?:do|can|should|would|to)\b|can i\b|may i\b|could i\b|am i allowed"
    r"|what if\b|what happens\b|do i (?:need|have to)\b|is it possible\b|wie (?:kann|bekomme|mache|ändere|storniere)"
    r"|kann ich\b|darf ich\b|muss ich\b|was passiert\b|cómo\b|puedo\b|se puede\b|debo\b|comment\b|puis-je\b"
    r"|peut-on\b|dois-je\b|est-ce que je (?:peux|dois))",
    re.IGNORECASE,
)
# asked of one attribute of a thing, and not which things there are
_ATTRIBUTE = re.compile(
    r"^\W*(?:and |but |hi |hello |please )*(?:how (?:much|long|heavy|big|large|tall|fast|far|old|wide|many|often)\b"
    r"|(?:what|which) (?:is|are|colou?rs?|sizes?|weight|price|does)\b|what's\b|is\b|are\b|does\b|why\b|when\b|who\b"
    r"|was (?:kostet|kosten|ist|wiegt)\b|wie (?:viel|lange|schwer|gro(?:ß|ss)|hoch|weit|oft|teuer)\b|ist\b|warum\b|wann\b"
    r"|cuánt\w+\b|qué (?:talla|color|precio|es)\b|es\b|por qué\b|cuándo\b|combien\b|quell?e? (?:est|taille|couleur|prix)\b"
    r"|est-ce\b|pourquoi\b|quand\b)",
    re.IGNORECASE,
)
# "my lock is stuck": tells of a thing that somebody has, and seeks none
_OWN_THING = re.compile(
    r"^\W*(?:and |but |so |hi |hello |sorry |help |hallo |hola |bonjour )*(?:my|our|mein\w*|unser\w*|mis?|nuestr\w+"
    r"|mon|ma|mes|notre|nos)\b",
    re.IGNORECASE,
)
# "which bike is best for hills?": asks for a judgement, which no list of things is
_JUDGED = re.compile(
    r"\b(?:best|better|ideal|suitable|(?:good|right|suited|made) for|beste\w*|besser\w*|geeignet\w*|ideale\w*|mejor(?:es)?"
    r"|adecuad[oa]s?|ideales|meilleure?s?|mieux|adaptée?s?|idéale?s?|convient|conviennent)\b",
    re.IGNORECASE,
)
_CHEAPEST = re.compile(
    r"\b(?:cheapest|least expensive|lowest[- ]priced?|most affordable|günstigste\w*|billigste\w*|preiswerteste\w*"
    r"|(?:el|la|los|las)? ?m[áa]s (?:barat|econ[óo]mic)\w+|(?:le|la|les) moins ch(?:er|ère)s?)\b",
    re.IGNORECASE,
)
_DEAREST = re.compile(
    r"\b(?:most expensive|dearest|priciest|highest[- ]priced?|teuerste\w*|(?:el|la|los|las)? ?m[áa]s car[oa]s?"
    r"|(?:le|la|les) plus ch(?:er|ère)s?)\b",
    re.IGNORECASE,
)
_ASKED_WORDS = frozenset(
    """
    a an and any are available at back be been can do does for from get got has have how i if in is it its many
    much my now of on or right soon still stock stocked the there this to today tomorrow we what when where which
    will was with you your please hello hi again left currently yet sell offer show me looking want buy kinds types
    kind type article find what's where's which's that's it's i'm i'd i've we're wait no not oh ok okay so then but actually
    sorry instead rather hmm um one ones tell give need like would could just only really then me us about
    they them these those take recommend suggest recommended
    kein nein doch eigentlich warte moment also mir uns bitte no espera entonces mejor non attends alors plutôt
    zeigen suche verkaufen welche welches welcher davon empfehlen nehme kaufen möchte muestre busco quiero venden
    cuál cuáles recomienda recomiendan recomiendas ellos ellas lequel laquelle lesquels lesquelles recommandez conseillez
    montrez cherche vendez voudrais ist sind auf lager der die das den dem ein eine
    einen haben hat habt sie es gibt noch wieder wann verfügbar vorrätig lieferbar wie viele viel im am und oder
    von ihr euch hay existencias de la el los las un una está están disponible disponibles cuándo tienen en stock
    cuántos cuántas le les du des est sont il elle y a t combien quand disponible disponibles encore avez vous
    """.split()
)


def references(text: str) -> list[str]:
    """Numbers and codes that name an order or an invoice, in their order, each once.

    Of a text with many the first fifty are looked at. A bare number counts where such a word or a # stands before it, or it has four digits and is no
    year, no amount and no measure.
    """
    found: list[str] = []
    for match in islice(_CODE.finditer(text), MAX_LOOKED_AT):
        code = match["code"]
        if not any(c.isalpha() for c in code) and not _is_named(text, match, code):
            continue
        if code not in found:
            found.append(code)
    return found


def _is_named(text: str, match: re.Match[str], code: str) -> bool:
    before = text[max(match.start() - AROUND_CHARS, 0) : match.start()]
    after = text[match.end() : match.end() + AROUND_CHARS]
    if match[0].startswith("#") or _NAMED.search(before):
        return True
    if _YEAR.fullmatch(code) or (_OLD_YEAR.fullmatch(code) and _WHEN.search(before)):
        return False
    return len(code) >= 4 and not _COUNTED.match(after)


def speaks_of_self(text: str) -> bool:
    """Whether somebody asks about something of their own, and not how a thing is done."""
    return bool(_OWN.search(text)) and not asks_manner(text)


def asks_manner(text: str) -> bool:
    """Whether it is asked how, or whether, something may be done."""
    return bool(_MANNER.match(text))


def tells_of_own(text: str) -> bool:
    """Whether it begins with a thing of the contact's own, to which something happened."""
    return bool(_OWN_THING.match(text))


def asks_attribute(text: str) -> bool:
    """Whether it is asked what one thing is like, and not which things there are."""
    return bool(_ATTRIBUTE.match(text))


def asks_judgement(text: str) -> bool:
    """Whether it is asked what is best for something, and not which things there are."""
    return bool(_JUDGED.search(text))


def rank_of(text: str) -> str:
    """`price_up` where the cheapest is asked for, `price_down` for the dearest; "" for neither.

    Of both, the one named last: a follow-up is asked behind what it follows.
    """
    cheapest = max((m.start() for m in _CHEAPEST.finditer(text)), default=-1)
    dearest = max((m.start() for m in _DEAREST.finditer(text)), default=-1)
    if cheapest == dearest:
        return ""
    return "price_up" if cheapest > dearest else "price_down"


def thing_of(text: str) -> str:
    """What a question is about, without the words that ask; "" where nothing is left."""
    words = re.findall(r"[\w'’-]+", _DEAREST.sub(" ", _CHEAPEST.sub(" ", text)))
    return " ".join(w for w in words if w.lower().replace("’", "'") not in _ASKED_WORDS)[:120]

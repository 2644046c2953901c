"""Products and services as a knowledge base holds them: records with names, codes, prices, related things."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tenants.finding.lexemes import name_grams
from tools.knowledge import FoundText

_NAMES = (
    "name",
    "title",
    "product",
    "product name",
    "service",
    "nombre",
    "nom",
    "nome",
    "bezeichnung",
)
_CODES = re.compile(
    r"(?:^|› )(?:sku|code|article(?: number)?|item(?: number)?|ean|gtin|isbn|artikelnummer|ref)$"
)
_PRICE = re.compile(r"(?:^|› )(?:price|preis|precio|prix)(?P<more>.*)$")
_STOCK = re.compile(r"(?:^|› )(?:stock|in stock|available|availability|bestand|lagerbestand)$")
_IMAGE = re.compile(r"(?:^|› )(?:image|image url|picture|photo|bild)$")
_RELATED = re.compile(r"(?:^|› )(?:related|related items|accessories|similar|zubehör|goes with)$")
_LINK = re.compile(r"https://[^\s\"'<>]{1,1900}")
_AMOUNT = re.compile(r"(?P<before>[^\d]{0,8}?)\s*(?P<amount>\d[\d .,']*)(?P<after>[^\d]{0,8})")
_CENTS = re.compile(r"[.,](\d{1,2})$")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SERVICES = ("service",)
# headings that say nothing of what stands under them
_GENERAL = frozenset(
    "product products model models item items article articles range version versions catalogue catalog"
    " produkt produkte modell modelle artikel sortiment katalog producto productos modelo modelos artículos"
    " catálogo produit produits modèle modèles gamme prodotto prodotti modello modelli produto produtos".split()
)
# what follows says what a thing is for, or comes with
_ASIDE = re.compile(
    r"\s*[(,;:–].*$|\s(?:with|for|of|from|mit|für|von|aus|de|del|para|con|pour|avec|di|per|com)\s.*$",
    re.IGNORECASE | re.DOTALL,
)
_HEAD_FIRST = frozenset(("es", "fr", "it", "pt"))  # "bicicleta eléctrica", "vélo électrique"
ALIKE = 0.7  # of a word's letter trigrams
SHORT = 2
MAX_ATTRIBUTES = 12
MAX_CHARS = 160


@dataclass(frozen=True, slots=True)
class Product:
    """One thing of a catalogue, as far as its records were found."""

    name: str
    document_id: str
    kind: str = ""  # what it stands under: "locks", "models"
    range: str = ""  # the title of the document that names it
    label: str = ""  # by which its record names it: "name", "service"
    code: str = ""
    price: str = ""
    stock: str = ""
    image_url: str = ""
    related: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


def products_in(found: Sequence[FoundText]) -> list[Product]:
    """The things that records name, in the order in which they were found."""
    gathered: dict[tuple[str, str], tuple[FoundText, dict[str, str]]] = {}
    for one in found:
        name = _name(one)
        if name:
            _, fields = gathered.setdefault((one["document_id"], name), (one, {}))
            fields.update({k: v for k, v in one["fields"].items() if k not in fields})
    return [_product(name, one, fields) for (_, name), (one, fields) in gathered.items()]


def likeness(asked: str, product: Product) -> float:
    """How sure a product is meant, 0 to 1: its code, or the letters of its name that the words share."""
    plain = asked.strip().casefold()
    if product.code and product.code.casefold() in plain:
        return 1.0
    wanted, held = set(name_grams(asked)), set(name_grams(product.name))
    if not wanted or not held:
        return 0.0
    shared = len(wanted & held)
    return round(0.7 * shared / len(wanted) + 0.3 * shared / len(held), 4)


def is_kind_of(asked: str, product: Product) -> bool:
    """Whether the words say what a thing is: by what it stands under, or else by the title over it."""
    if not product.label:  # a part of a record: its warranty, its frame
        return False
    return _says(asked, product.kind if _tells(product.kind) else product.range)


def is_of_another_kind(asked: str, product: Product, language: str) -> bool:
    """Whether the words only say what a thing is for: the "electric bike service" is no bike.

    Something must say what it is instead: what it stands under, or the label of its name.
    """
    told = [product.label] if product.label in _SERVICES else []
    told += [product.kind] if _tells(product.kind) else []
    if not told or any(_says(asked, one) for one in told):
        return False
    words = [word for word in _WORD.findall(_ASIDE.sub("", product.name)) if word.isalpha()]
    if not words:
        return False
    heads = words[-1:] + (words[:1] if language[:2] in _HEAD_FIRST else [])
    return not any(_shares(asked, head) for head in heads)


def _tells(kind: str) -> bool:
    """Whether a heading says what stands under it."""
    return bool(kind) and not set(kind.casefold().split()) <= _GENERAL


def _says(asked: str, kind: str) -> bool:
    """Whether every word that is asked for stands in a kind's name."""
    wanted = [word for word in _WORD.findall(asked) if len(word) > SHORT]
    return bool(wanted) and all(_shares(word, kind) for word in wanted)


def _shares(asked: str, text: str) -> bool:
    """Whether a word of one text is, but for its ending or a slip, a word of the other."""
    held = [set(name_grams(word)) for word in _WORD.findall(text)]
    wanted = [set(name_grams(word)) for word in _WORD.findall(asked)]
    return any(
        one and other and len(one & other) >= ALIKE * min(len(one), len(other))
        for one in wanted
        for other in held
    )


def price_of(product: Product) -> tuple[Decimal, str] | None:
    """The price as a number, and its currency as it is written; None where it is no plain number."""
    found = _AMOUNT.fullmatch(product.price.strip())
    if found is None:
        return None
    digits = re.sub(r"[ ']", "", found["amount"])
    cents = _CENTS.search(digits)
    whole = re.sub(r"[.,]", "", digits[: cents.start()] if cents else digits)
    number = f"{whole}.{cents[1]}" if cents else whole
    return Decimal(number), (found["before"] + found["after"]).strip().upper()


def _name(one: FoundText) -> str:
    """What the record is called; "" for a record without a thing of its own."""
    label = _label(one["fields"])
    if label:
        return one["fields"][label][:MAX_CHARS]
    parts = [part.strip() for part in one["title"].split("›")]
    return parts[-1][:MAX_CHARS] if one["fields"] and len(parts) > 1 else ""


def _label(fields: Mapping[str, str]) -> str:
    """By which field a record is named, "" for none; a list of one thing has its own name before it."""
    plain = next((label for label in _NAMES if label in fields), "")
    ends = (label for label in fields if label.rpartition("› ")[2] in _NAMES)
    return plain or next(ends, "")


def _product(name: str, one: FoundText, fields: Mapping[str, str]) -> Product:
    parts = [part.strip() for part in one["title"].split("›")]
    place = parts.index(name) if name in parts[1:] else len(parts)
    image = _LINK.search(_value(fields, _IMAGE))
    told = {
        label: value[:MAX_CHARS]
        for label, value in fields.items()
        if label not in _NAMES and not _IMAGE.search(label)
    }
    return Product(
        name=name,
        document_id=one["document_id"],
        kind=parts[place - 1] if 1 < place <= len(parts) else "",
        range=parts[0][:MAX_CHARS],
        label=_label(one["fields"]).rpartition("› ")[2],
        code=_value(fields, _CODES),
        price=_priced(fields),
        stock=_value(fields, _STOCK),
        image_url=image.group() if image else "",
        related=tuple(r.strip() for r in _value(fields, _RELATED).split(",") if r.strip())[:8],
        attributes=dict(list(told.items())[:MAX_ATTRIBUTES]),
    )


def _value(fields: Mapping[str, str], label: re.Pattern[str]) -> str:
    return next((value for known, value in fields.items() if label.search(known)), "")


def _priced(fields: Mapping[str, str]) -> str:
    """The price with its currency, as far as the record says it."""
    amount = currency = ""
    for label, value in fields.items():
        found = _PRICE.search(label)
        if found is None or not any(c.isdigit() for c in value):
            if found is not None and "currency" in found["more"]:
                currency = currency or value
            continue
        if not amount:
            amount = value
            tail = found["more"].split()
            if tail and len(tail[-1]) == 3 and tail[-1].isalpha():
                currency = tail[-1].upper()
    if not amount:
        return ""
    named = any(not c.isdigit() and c not in ".,' " for c in amount)
    return amount if named or not currency else f"{amount} {currency.upper()}"

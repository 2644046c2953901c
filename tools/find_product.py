"""Products and services of the knowledge: found by fuzzy names and codes, shown as cards."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from tools.contract import Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.knowledge import FoundText
from tools.product_records import (
    Product,
    is_kind_of,
    is_of_another_kind,
    likeness,
    price_of,
    products_in,
)
from tools.spoken import Spoken
from tools.words import say

SEARCHED = 20
SEARCHED_TO_RANK = 50  # as many as a search may give
BEYOND = 10  # of them, the last: where none names another thing that is meant, all were found
MEANT = 0.45  # likeness from which a product is one that was asked for
NEARLY = 0.25  # and from which it may have been meant
OF_KIND = 0.5  # likeness of what is asked for by its kind alone
MAX_SHOWN = 4


class FindArguments(Arguments):
    """What is looked for, and how many of it."""

    query: Annotated[str, Spoken("thing")] = Field(
        min_length=2, max_length=120, description="A name, a kind of thing or a code."
    )
    limit: int = Field(default=MAX_SHOWN, ge=1, le=MAX_SHOWN)
    rank: Annotated[Literal["price_up", "price_down"] | None, Spoken("rank")] = Field(
        default=None, description="By price: the lowest first, or the highest."
    )


_Rated = tuple[float, Product]


async def find_product(context: ToolContext, arguments: FindArguments) -> ToolResult:
    """The products that are called so, the likest first; those that may be meant where there are none.

    By price where that is asked, if every product that may be meant was found and has one.
    """
    most = SEARCHED_TO_RANK if arguments.rank else SEARCHED
    texts = await context.knowledge.search(arguments.query, limit=most)
    found = products_in(texts)
    rated = sorted(((_sure(arguments.query, p), p) for p in found), key=lambda r: -r[0])
    meant = _of_the_kind(
        arguments.query, [one for one in rated if one[0] >= MEANT], context.language
    )
    all_found = len(texts) < most or not _new_in_the_last(texts, arguments.query)
    ranked = _ranked(meant, arguments.rank) if all_found else []
    meant = (ranked or meant)[: arguments.limit]
    language = context.language
    if not meant:
        near = [p.name for sure, p in rated if sure >= NEARLY][:2]
        if not near:
            return ToolResult({"products": []}, "", is_found=False)
        said = say("did_you_mean", language, query=arguments.query, names=" / ".join(near))
        value = {"products": [], "did_you_mean": near}
        return ToolResult(value, said, ToolCitation(find_product_tool.title, said), is_found=False)
    shown = [_shown(sure, p) for sure, p in meant]
    how = {"price_up": "products_up", "price_down": "products_down"}[arguments.rank or "price_up"]
    said = how if ranked else "products"
    text = say(said, language, list="; ".join(_line(p) for _, p in meant))
    return ToolResult(
        {"products": shown},
        text,
        ToolCitation(find_product_tool.title, text),
        blocks=[_card(p) for _, p in meant],
    )


def _new_in_the_last(texts: Sequence[FoundText], query: str) -> bool:
    """Whether the last texts name things that are meant and that the others do not name."""
    earlier = {(one.document_id, one.name) for one in products_in(texts[:-BEYOND])}
    return any(
        _sure(query, one) >= MEANT and (one.document_id, one.name) not in earlier
        for one in products_in(texts[-BEYOND:])
    )


def _sure(query: str, product: Product) -> float:
    """How sure a product is meant, by what it is called, or by what it is."""
    called = likeness(query, product)
    return max(called, OF_KIND) if is_kind_of(query, product) else called


def _of_the_kind(query: str, meant: Sequence[_Rated], language: str) -> list[_Rated]:
    """Those that are what is asked for; all of them where none is."""
    kept = [one for one in meant if not is_of_another_kind(query, one[1], language)]
    return kept or list(meant)


def _ranked(meant: Sequence[_Rated], rank: str | None) -> list[_Rated]:
    """The products by their price; none where one has no price, or they are in several currencies."""
    priced = [(price_of(p), sure, p) for sure, p in meant]
    known = [(price, sure, p) for price, sure, p in priced if price is not None]
    if rank is None or len(known) < len(priced) or len({price[1] for price, _, _ in known}) > 1:
        return []
    ordered = sorted(known, key=lambda one: one[0][0], reverse=rank == "price_down")
    return [(sure, p) for _, sure, p in ordered]


def _line(product: Product) -> str:
    return f"{product.name}, {product.price}" if product.price else product.name


def _shown(sure: float, product: Product) -> dict[str, Any]:
    told = {
        "name": product.name,
        "kind": product.kind,
        "code": product.code,
        "price": product.price,
        "stock": product.stock,
        "image_url": product.image_url,
        "related": list(product.related),
        "attributes": dict(product.attributes),
        "confidence": sure,
    }
    return {key: value for key, value in told.items() if value not in ("", [], {})}


def _card(product: Product) -> dict[str, Any]:
    subtitle = " · ".join(filter(None, (product.price, product.code, product.stock)))
    card: dict[str, Any] = {"type": "card", "text": _line(product), "title": product.name}
    if subtitle:
        card["subtitle"] = subtitle
    if product.image_url:
        card["image_url"] = product.image_url
    return card


find_product_tool = Tool(
    name="find_product",
    title="Catalogue",
    description=(
        "Finds products and services in the company's catalogue by name, kind or code, misspelt "
        "ones too, with price, attributes and related things."
    ),
    arguments=FindArguments,
    call=find_product,
    identity="anonymous",
    examples={
        "en": (
            "Show me your city bikes",
            "Which helmets do you have?",
            "I am looking for a chain lock",
            "What kinds of trailers do you sell?",
            "Which lights do you offer?",
            "Do you sell helmets?",
            "Which bikes do you sell?",
            "What is your cheapest bike?",
            "Which is the most expensive helmet you have?",
            "Show me article HC-1001",
        ),
        "de": (
            "Zeigen Sie mir Ihre Stadträder",
            "Welche Helme haben Sie?",
            "Verkaufen Sie Helme?",
            "Ich suche ein Kettenschloss",
            "Was ist Ihr günstigster Helm?",
        ),
        "es": (
            "Muéstreme sus bicicletas",
            "¿Qué cascos tienen?",
            "Busco un candado",
            "¿Cuál es su casco más barato?",
        ),
        "fr": (
            "Montrez-moi vos vélos",
            "Quels casques avez-vous ?",
            "Je cherche un antivol",
            "Quel est votre casque le moins cher ?",
        ),
    },
    unlike={
        "en": (
            "How much is the city bike?",
            "How long is the warranty on the city bike?",
            "Which payment methods do you have?",
            "What opening hours do you have?",
            "Can I return a helmet?",
            "Which helmet size do I need?",
            "Do you repair bikes?",
            "Do you have a discount for students?",
            "Which frame size do I need?",
            "How heavy is the lock?",
            "I am looking for my order",
        ),
        "de": (
            "Was kostet das Stadtrad?",
            "Welche Zahlungsarten haben Sie?",
            "Welche Öffnungszeiten haben Sie?",
            "Welche Größe brauche ich?",
        ),
        "es": ("¿Cuánto cuesta la bicicleta?", "¿Qué horario tienen?", "¿Qué talla necesito?"),
        "fr": (
            "Combien coûte le vélo ?",
            "Quels sont vos horaires ?",
            "Quelle taille me faut-il ?",
        ),
    },
)

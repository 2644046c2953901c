"""Products and services of the knowledge: found by fuzzy names and codes, shown as cards."""

from typing import Annotated, Any

from pydantic import Field

from tools.contract import Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.product_records import Product, likeness, products_in
from tools.spoken import Spoken
from tools.words import say

SEARCHED = 20
MEANT = 0.45  # likeness from which a product is one that was asked for
NEARLY = 0.25  # and from which it may have been meant
MAX_SHOWN = 4


class FindArguments(Arguments):
    """What is looked for, and how many of it."""

    query: Annotated[str, Spoken("thing")] = Field(
        min_length=2, max_length=120, description="A name, a kind of thing or a code."
    )
    limit: int = Field(default=MAX_SHOWN, ge=1, le=MAX_SHOWN)


async def find_product(context: ToolContext, arguments: FindArguments) -> ToolResult:
    """The products that are called so, the likest first; those that may be meant where there are none."""
    found = products_in(await context.knowledge.search(arguments.query, limit=SEARCHED))
    rated = sorted(((likeness(arguments.query, p), p) for p in found), key=lambda r: -r[0])
    meant = [(sure, p) for sure, p in rated if sure >= MEANT][: arguments.limit]
    language = context.language
    if not meant:
        near = [p.name for sure, p in rated if sure >= NEARLY][:2]
        if not near:
            return ToolResult({"products": []}, "", is_found=False)
        said = say("did_you_mean", language, query=arguments.query, names=" / ".join(near))
        value = {"products": [], "did_you_mean": near}
        return ToolResult(value, said, ToolCitation(find_product_tool.title, said), is_found=False)
    shown = [_shown(sure, p) for sure, p in meant]
    text = say("products", language, list="; ".join(_line(p) for _, p in meant))
    return ToolResult(
        {"products": shown},
        text,
        ToolCitation(find_product_tool.title, text),
        blocks=[_card(p) for _, p in meant],
    )


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
            "Show me article HC-1001",
        ),
        "de": (
            "Zeigen Sie mir Ihre Stadträder",
            "Welche Helme haben Sie?",
            "Verkaufen Sie Helme?",
            "Ich suche ein Kettenschloss",
        ),
        "es": ("Muéstreme sus bicicletas", "¿Qué cascos tienen?", "Busco un candado"),
        "fr": ("Montrez-moi vos vélos", "Quels casques avez-vous ?", "Je cherche un antivol"),
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

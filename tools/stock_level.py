"""Whether a product is in stock."""

from typing import Annotated

from pydantic import Field

from tools.contract import Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.shop_records import StockLevel
from tools.spoken import Spoken
from tools.words import day, joined, say

MAX_TOLD = 4


class StockArguments(Arguments):
    """Which product."""

    product: Annotated[str, Spoken("thing")] = Field(
        min_length=1, max_length=120, description="The product's name or code."
    )


async def stock_level(context: ToolContext, arguments: StockArguments) -> ToolResult:
    """How much there is of the products that are called so. Raises: ToolUnavailable."""
    found = (await context.shop.stock.stock(arguments.product, limit=MAX_TOLD))[:MAX_TOLD]
    title, language = stock_level_tool.title, context.language
    if not found:
        text = say("no_stock", language, product=arguments.product)
        return ToolResult({"products": []}, text, ToolCitation(title, text), is_found=False)
    text = joined([_told(one, language) for one in found])
    shown = [one.model_dump(mode="json", exclude_none=True) for one in found]
    return ToolResult({"products": shown}, text, ToolCitation(title, text))


def _told(one: StockLevel, language: str) -> str:
    if one.available:
        return say("in_stock", language, name=one.name, available=one.available)
    more = say("restock", language, day=day(one.restock_on, language)) if one.restock_on else ""
    return joined([say("out_of_stock", language, name=one.name), more])


stock_level_tool = Tool(
    name="stock_level",
    title="Stock",
    description="Says how many pieces of a product are in stock, and when more come.",
    arguments=StockArguments,
    call=stock_level,
    identity="anonymous",
    port="stock",
    cache_seconds=60,
    examples={
        "en": (
            "Is the city bike in stock?",
            "Do you have the helmet in stock?",
            "How many chain locks are in stock?",
            "Is the trailer available right now?",
            "When will the city bike be back in stock?",
        ),
        "de": (
            "Ist das Stadtrad auf Lager?",
            "Haben Sie den Helm vorrätig?",
            "Wann ist das Stadtrad wieder lieferbar?",
        ),
        "es": ("¿Hay existencias de la bicicleta?", "¿Está disponible el casco?"),
        "fr": ("Le vélo est-il en stock ?", "Le casque est-il disponible ?"),
    },
    unlike={
        "en": (
            "How much is the city bike?",
            "What colours does the helmet come in?",
            "How long is the warranty on the bike?",
            "Which sizes are there?",
            "Do you sell helmets?",
            "Are you available on Sunday?",
            "What does it weigh?",
            "How long does delivery take?",
        ),
        "de": ("Was kostet das Stadtrad?", "Welche Größen gibt es?", "Verkaufen Sie Helme?"),
        "es": ("¿Cuánto cuesta la bicicleta?", "¿Qué tallas hay?"),
        "fr": ("Combien coûte le vélo ?", "Quelles tailles y a-t-il ?"),
    },
)

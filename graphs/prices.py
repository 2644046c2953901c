"""What a model's tokens cost, by a dated table in dollars per million tokens."""

from dataclasses import dataclass
from decimal import Decimal

PRICE_VERSION = "2025-09-29"


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million: fresh input, input from the provider's cache, output."""

    fresh: Decimal
    cached: Decimal
    output: Decimal


def _price(fresh: str, cached: str, output: str) -> Price:
    return Price(Decimal(fresh), Decimal(cached), Decimal(output))


# Source: the providers' public price pages at PRICE_VERSION; a model that is not here costs 0.
PRICES = {
    "deepseek:deepseek-chat": _price("0.28", "0.028", "0.42"),
    "deepseek:deepseek-reasoner": _price("0.28", "0.028", "0.42"),
    "openai:gpt-4o-mini": _price("0.15", "0.075", "0.60"),
    "openai:gpt-4.1-mini": _price("0.40", "0.10", "1.60"),
}


def cost_microusd(model: str, input_tokens: int, output_tokens: int, cached_tokens: int) -> int:
    """The cost of a call in millionths of a dollar."""
    price = PRICES.get(model)
    if price is None:
        return 0
    cached = min(cached_tokens, input_tokens)
    cost = price.fresh * (input_tokens - cached) + price.cached * cached
    return round(cost + price.output * output_tokens)

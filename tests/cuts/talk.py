"""What is talked about through the line: a few questions, and a model that takes its time."""

from typing import Any

from tests.openai_loopback import Reply

SHOP: dict[str, Any] = {
    "company": "Northwind Lamps",
    "products": [
        {"name": "Aurora desk lamp", "price": "49.90 EUR", "warranty": "3 years", "colour": "brass"}
    ],
}
QUESTIONS = (
    "What is the warranty of the Aurora desk lamp?",
    "What does the Aurora desk lamp cost, and what is its colour?",
    "Which colour has the Aurora desk lamp?",
)
_SENTENCES = (
    "The warranty of the Aurora desk lamp is 3 years. [1] ",
    "Its price is 49.90 EUR. [1] ",
    "Its colour is brass. [1]",
)
REPLY = Reply(
    [word + " " for sentence in _SENTENCES for word in sentence.split()], gap_seconds=0.004
)

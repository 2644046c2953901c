"""A knowledge base for benchmarks: 1,000 different passages and the questions they answer."""

import random
from collections.abc import Iterator

SEED = 7
_THINGS = (
    "kettle tent rucksack lantern stove bottle jacket boots compass hammock saddle helmet "
    "paddle canoe tripod camera speaker charger blanket thermos ladder drill sander mower"
).split()
_TOPICS = {
    "warranty": "The {name} has a warranty of {a} months; repairs take {b} days on average.",
    "weight": "The {name} weighs {a} hundred grams and carries up to {b} kilograms.",
    "cleaning": "Wash the {name} by hand at {a} degrees and let it dry for {b} hours.",
    "delivery": "The {name} leaves our stock within {a} days and arrives {b} days later.",
    "spare parts": "Spare parts for the {name} cost from {a} euros and are kept for {b} years.",
}
_MORE = (
    "It is made in small series and every piece is checked by hand before it is packed.",
    "Ask in the shop if you would like to see it before you decide.",
    "The manual that comes with it shows each step in pictures.",
    "Customers who use it every day tell us that it lasts for many seasons.",
    "We keep the list of changes on the product's own page.",
)


def passages(count: int = 1_000) -> Iterator[tuple[str, str]]:
    """(question, passage of about 60 words), each about a thing of its own."""
    draw = random.Random(SEED)
    topics = list(_TOPICS.items())
    for index in range(count):
        topic, sentence = topics[index % len(topics)]
        name = f"{draw.choice(_THINGS).capitalize()} {draw.choice('ABCDEFGH')}{100 + index}"
        facts = sentence.format(name=name, a=draw.randint(2, 60), b=draw.randint(2, 40))
        more = " ".join(draw.sample(_MORE, 3))
        yield f"What about the {topic} of the {name}?", f"{name}: {topic}. {facts} {more}"

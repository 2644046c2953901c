"""A text answers no question about a thing that it does not speak of."""

import pytest

from graphs.deciding.confidence import OFFER, confidence
from graphs.deciding.other_things import weighed_features
from graphs.ports import Passage
from tenants.ids import new_id
from tests.fakes import passage
from tests.graphs.deciding.test_other_things import NearWords, knowledge

__all__ = ["knowledge"]

WARRANTY = passage(
    "We repair faults of material and workmanship free of charge. Tyres and chains are not covered.",
    title="Warranty",
    cosine=0.4,
    lexical=0.5,
)
WORKSHOP = passage(
    "Our workshop repairs bicycles of every make. Ring us before you bring an electric bike.",
    title="Workshop",
    cosine=0.5,
    lexical=0.5,
)
ROOMS = passage(
    "All rooms have a lift nearby and are very quiet. A cot for babies is free.",
    title="Rooms",
    cosine=0.5,
    lexical=0.4,
)


async def _strange(knowledge: NearWords, query: str, text: Passage, said: str = "") -> float:
    """How surely the text speaks of another thing; where surely, no answer is given."""
    features = await weighed_features(knowledge, new_id(), (), query, [text], said=said or query)
    assert features.other_thing < 1 or confidence(features) < OFFER
    return features.other_thing


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Do you repair skateboards?", WARRANTY),
        ("Do you repair electric scooters?", WORKSHOP),
        ("Can I hire a lawnmower?", WARRANTY),
        ("What does a tattoo cost?", WARRANTY),
    ],
)
async def test_a_thing_that_no_text_speaks_of_is_not_answered(
    knowledge: NearWords, query: str, text: Passage
) -> None:
    assert await _strange(knowledge, query, text) > 0.9


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Do you repair bikes?", WORKSHOP),
        ("Do you repair the chain of a skateboard?", WARRANTY),  # the chain is spoken of
        ("Is there an elevator?", ROOMS),
        ("Do you have a quiet atmosphere?", ROOMS),  # what is wished of it is
        ("Can I bring my toddler?", ROOMS),
        ("Do you repair bicyles?", WORKSHOP),  # a slip of the pen
        ("How loud is it beside the skateboards?", ROOMS),  # nothing is asked of the company
    ],
)
async def test_other_words_for_a_thing_and_other_questions_are_answered(
    knowledge: NearWords, query: str, text: Passage
) -> None:
    assert await _strange(knowledge, query, text) < 0.1


async def test_an_amount_is_that_of_the_thing_asked_of_before(knowledge: NearWords) -> None:
    ride = passage(
        "A test ride costs 10 euros; bring an identity card.",
        title="Test rides",
        cosine=0.5,
        lexical=0.3,
    )
    cost = "what does it cost?"
    laptop = f"Can you fix the laptop of my daughter {cost}"
    assert await _strange(knowledge, laptop, ride, said=cost) > 0.9
    bike = f"May I try a bike for a test ride {cost}"
    assert await _strange(knowledge, bike, ride, said=cost) < 0.1
    quiet = "is it quiet?"  # no amount: what is said to be quiet answers it
    assert await _strange(knowledge, f"Do you have a cabin {quiet}", ROOMS, said=quiet) < 0.1

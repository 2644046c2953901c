"""A pair about one thing does not answer a question about another of its kind."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest

from graphs.deciding.confidence import ANSWER, OFFER, confidence
from graphs.deciding.other_things import weighed_features
from graphs.embedding.embeddings import LocalEmbeddings
from graphs.ports import KnowledgeVersion, Passage
from tenants.ids import new_id
from tests.fakes import FakeKnowledge, passage


class NearWords(FakeKnowledge):
    """Entries as in the fake; how near words are says the local model itself."""

    def __init__(self, model: LocalEmbeddings) -> None:
        super().__init__()
        self._model = model

    async def nearness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """The cosines of the product's own vectors."""
        first, *others = await self._model.aembed_documents([query, *texts])
        return [sum(a * b for a, b in zip(first, other, strict=True)) for other in others]


@pytest.fixture(scope="module")
async def knowledge() -> AsyncIterator[NearWords]:
    model = LocalEmbeddings(threads=1)
    yield NearWords(model)
    model.close()


async def _sure(knowledge: NearWords, query: str, pair: Passage, said: str = "") -> float:
    return confidence(
        await weighed_features(knowledge, new_id(), (), query, [pair], said=said or query)
    )


def _pair(question: str, answer: str) -> Passage:
    return passage(answer, question=question, kind="qa", cosine=0.6, lexical=0.5)


UNICYCLES = _pair("Do you repair unicycles?", "Yes, we repair unicycles.")


@pytest.mark.parametrize(
    ("query", "pair"),
    [
        ("Do you repair skateboards?", UNICYCLES),
        ("ok uh do you repair skateboards?", UNICYCLES),
        ("Are you open on Mondays?", _pair("Are you open on Sundays?", "On Sundays from 9 to 17.")),
        ("What does a ticket for a dog cost?",
         _pair("What does a ticket for a child cost?", "A child's ticket costs 4 euros.")),
        ("Is the shop accessible by train?",
         _pair("Is the shop accessible by wheelchair?", "Yes, there is a ramp for wheelchairs.")),
        ("Haben Sie sonntags geöffnet?", _pair("Haben Sie samstags geöffnet?", "Von 10 bis 14 Uhr.")),
    ],
)  # fmt: skip
async def test_another_thing_of_that_kind_is_not_answered(
    knowledge: NearWords, query: str, pair: Passage
) -> None:
    assert await _sure(knowledge, query, pair) < OFFER


@pytest.mark.parametrize(
    ("query", "pair"),
    [
        ("Can you repair a unicycle?", UNICYCLES),
        ("Can I return a couch?", _pair("Can I return a sofa?", "A sofa can be returned.")),
        ("Can I bring my luggage?", _pair("Can I bring a suitcase?", "One suitcase is free.")),
        # what speaks of no thing of its own holds for any
        ("How long does delivery of a bookshelf take?",
         _pair("How long does delivery take?", "Delivery takes two weeks.")),
        ("Can I return a sofa that my cat has scratched?",
         _pair("Can I return a sofa?", "A sofa can be returned.")),
        ("Is topup free?", _pair("Is top-up free of charge?", "Top-up is free of charge.")),
        ("A cashpoint kept my card. What do I do?",
         _pair("The bank machine kept my card, what do I do?", "Call us.")),
        # the house's own name and kind are no things
        ("Do you take reservations for groups?",
         _pair("Does the restaurant Lighthouse take reservations?", "Yes, we do.")),
        ("are you open on tuesdays?", _pair("Are you open on Mondays?", "Yes, every day but Sunday.")),
    ],
)  # fmt: skip
async def test_other_words_and_more_words_for_the_same_are_answered(
    knowledge: NearWords, query: str, pair: Passage
) -> None:
    assert await _sure(knowledge, query, pair) >= ANSWER


async def test_what_a_follow_up_adds_must_be_spoken_of(knowledge: NearWords) -> None:
    test = passage(
        "Fast for ten hours before a cholesterol test.",
        title="Blood tests",
        cosine=0.6,
        lexical=0.6,
    )
    before = "Do I have to fast before a cholesterol test"
    coffee = "can I drink coffee?"
    assert await _sure(knowledge, f"{before} {coffee}", test, coffee) < OFFER
    hours = "and for how many hours?"
    assert await _sure(knowledge, f"{before} {hours}", test, hours) >= ANSWER
    drinks = passage(test["text"] + " Tea is fine.", title="Blood tests", cosine=0.6, lexical=0.6)
    assert await _sure(knowledge, f"{before} {coffee}", drinks, coffee) >= ANSWER

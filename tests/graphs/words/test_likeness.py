"""Likeness in meaning tells what speaks of a thing from what is only near everything."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphs.words.likeness import UsualTopics, likeness
from graphs.words.usual_topics import TOPICS
from tests.tenants.knowledge_made import WordEmbedder


class _Counting(WordEmbedder):
    """Counts how often it is asked for many texts."""

    asked = 0

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += 1
        return await super().embed_documents(texts)


async def _likeness(request: str, *texts: str) -> list[float]:
    embedder = WordEmbedder()
    vectors = [await embedder.embed_query(text) for text in (request, *texts)]
    return likeness(vectors[0], vectors[1:], await UsualTopics().of(embedder))


async def test_what_speaks_of_it_is_more_alike_than_a_stranger() -> None:
    same, stranger = await _likeness("opening hours on sunday", "opening hours", "gluten free cake")
    assert same > 4 > stranger


async def test_the_topics_are_embedded_once_for_a_model() -> None:
    held, embedder = UsualTopics(), _Counting()
    first = await held.of(embedder)
    assert await held.of(embedder) is first
    assert embedder.asked == 1
    assert first.shape[:2] == (len(TOPICS), 3)


def test_every_topic_is_said_in_three_ways_and_none_twice() -> None:
    said = [text.casefold() for topic in TOPICS for text in topic]
    assert {len(topic) for topic in TOPICS} == {3}
    assert len(said) == len(set(said))

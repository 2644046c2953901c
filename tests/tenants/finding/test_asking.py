"""A question is searched for what it asks, in the light of the line before it."""

import numpy as np
import pytest

from tenants.finding.asking import (
    CONTEXT_WEIGHT,
    LONG_WORDS,
    embed_question,
    is_long,
    plain_question,
)
from tests.tenants.knowledge_made import WordEmbedder


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("oh perfect uh that sounds great do they have parking", "do they have parking"),
        ("ok great and do you know if they serve alcohol", "they serve alcohol"),
        ("Could you tell me whether dogs are allowed?", "dogs are allowed?"),
        ("Hallo, können Sie mir sagen, ob Hunde erlaubt sind?", "Hunde erlaubt sind?"),
        ("Is there uh umm wifi", "Is there wifi"),
        ("Do you know anything about the views?", "Do you know anything about the views?"),
        ("perfect fit jeans blue", "perfect fit jeans blue"),
        ("ok", "ok"),
        ("uh", "uh"),
        ("", ""),
        ("请问可以退货吗？", "请问可以退货吗？"),
    ],
)
def test_courtesy_and_hesitation_are_no_part_of_the_question(said: str, asked: str) -> None:
    assert plain_question(said) == asked
    assert plain_question(asked) == asked


async def test_the_line_before_bends_the_question_a_little() -> None:
    embedder = WordEmbedder()
    alone = await embed_question(embedder, "how much is it")
    after = await embed_question(embedder, "how much is it", before="The tandem kayak is free.")
    kayak = await embedder.embed_query("kayak")
    assert after.text == alone.text == "how much is it"
    assert after.vector @ kayak > alone.vector @ kayak
    assert after.vector @ alone.vector > 1 - CONTEXT_WEIGHT
    assert np.linalg.norm(after.vector) == pytest.approx(1.0, abs=1e-5)


async def test_all_of_a_long_story_counts() -> None:
    embedder = WordEmbedder()
    story = "I bought boots in May. " * 30 + "The zeppelin has a leak."
    assert is_long(story)
    assert not is_long("word " * LONG_WORDS)
    told = await embed_question(embedder, story)
    zeppelin = await embedder.embed_query("zeppelin leak")
    short = await embed_question(embedder, "I bought boots in May.")
    assert told.vector @ zeppelin > short.vector @ zeppelin
    endless = await embed_question(embedder, "no end " * 5_000)
    assert np.linalg.norm(endless.vector) == pytest.approx(1.0, abs=1e-5)

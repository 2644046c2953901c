"""The head that labels requests: the same every time, sure of what is alike, unsure of strangers."""

import numpy as np
import pytest

from graphs.label_grams import GramIndex, GramSpace
from graphs.label_head import LabelHead
from tests.tenants.knowledge import WordEmbedder

TOPICS = {
    "card": "lost stolen card block replace cancel",
    "rate": "exchange rate euro pound convert currency",
    "hours": "open closing hours sunday holiday late",
    "fee": "fee charge cost price monthly yearly",
    "pin": "pin code forgot reset change unlock",
    "app": "app phone login install update crash",
}


def examples(each: int = 14) -> tuple[list[str], list[str]]:
    draw = np.random.default_rng(3)
    texts: list[str] = []
    labels: list[str] = []
    for label, words in TOPICS.items():
        for number in range(each):
            chosen = draw.choice(words.split(), 3, replace=False)
            texts.append(f"{' '.join(chosen)} please {number}")
            labels.append(label)
    return texts, labels


async def trained() -> tuple[LabelHead, WordEmbedder]:
    embedder = WordEmbedder()
    texts, labels = examples()
    return LabelHead.train(texts, labels, await embedder.embed_documents(texts)), embedder


async def test_requests_get_their_label_and_strangers_little_confidence() -> None:
    head, embedder = await trained()
    asked = ["stolen card block", "reset pin code", "whales sing beneath icebergs"]
    found = head.label(asked, await embedder.embed_documents(asked))
    assert [one.label for one in found[:2]] == ["card", "pin"]
    assert min(found[0].confidence, found[1].confidence) > 0.5 > found[2].confidence


async def test_the_same_examples_make_the_same_head() -> None:
    (first, embedder), (second, _) = await trained(), await trained()
    asked = ["exchange euro rate"]
    vectors = await embedder.embed_documents(asked)
    assert first.label(asked, vectors) == second.label(asked, vectors)


def test_one_label_tells_nothing_apart() -> None:
    with pytest.raises(ValueError, match="two labels"):
        LabelHead.train(["a", "b"], ["x", "x"], np.eye(2, 4, dtype=np.float32))


def test_the_index_multiplies_as_the_rows_do() -> None:
    texts = ["top up by card", "top up by cheque", "", "wo ist meine Karte?"]
    rows = GramSpace(texts).rows(texts)
    assert np.allclose(GramIndex(rows).products(rows), rows @ rows.T, atol=1e-5)
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 1, 0, 1], atol=1e-5)

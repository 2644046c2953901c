"""The head that labels requests: the same every time, sure of what is alike, unsure of strangers."""

import numpy as np
import pytest

from graphs.labelling.label_grams import GramIndex, GramSpace
from graphs.labelling.label_head import LabelHead, Taught
from graphs.labelling.many_labels import ManyLabels, have_several
from tests.tenants.knowledge_made import WordEmbedder

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
    taught = Taught(texts, labels, await embedder.embed_documents(texts))
    return LabelHead.train(taught), embedder


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
        LabelHead.train(Taught(["a", "b"], ["x", None], np.eye(2, 4, dtype=np.float32)))


def test_the_index_multiplies_as_the_rows_do() -> None:
    texts = ["top up by card", "top up by cheque", "", "wo ist meine Karte?"]
    rows = GramSpace(texts).rows(texts)
    assert np.allclose(GramIndex(rows).products(rows), rows @ rows.T, atol=1e-5)
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 1, 0, 1], atol=1e-5)


async def test_what_was_learnt_is_read_again_beside_the_same_examples() -> None:
    head, embedder = await trained()
    texts, labels = examples()
    taught = Taught(texts, labels, await embedder.embed_documents(texts))
    again = LabelHead.load(taught, head.dump())
    assert again is not None
    asked = ["stolen card block", "closing hours on sunday", "whales"]
    vectors = await embedder.embed_documents(asked)
    assert again.ranked(asked, vectors, most=3) == head.ranked(asked, vectors, most=3)
    fewer = [n for n, label in enumerate(labels) if label != "pin"]
    other = Taught([texts[n] for n in fewer], [labels[n] for n in fewer], taught.vectors[fewer])
    assert LabelHead.load(other, head.dump()) is None


async def test_an_example_of_no_label_takes_requests_like_it_away() -> None:
    embedder = WordEmbedder()
    texts, labels = examples()
    strange = "stolen card please cancel the song"
    vectors = await embedder.embed_documents([*texts, strange])
    asked = await embedder.embed_documents([strange])
    without = LabelHead.train(Taught(texts, labels, vectors[:-1])).label([strange], asked)
    beside = LabelHead.train(Taught([*texts, strange], [*labels, None], vectors))
    assert beside.label([strange], asked)[0].confidence < 0.5 < without[0].confidence
    [kept] = beside.label(["reset pin code"], await embedder.embed_documents(["reset pin code"]))
    assert (kept.label, kept.confidence > 0.5) == ("pin", True)


async def test_a_request_has_every_label_whose_examples_it_is_like() -> None:
    embedder = WordEmbedder()
    texts, labels = examples()
    both = [f"{one} and {other}" for one, other in zip(texts[:14], texts[14:28], strict=True)]
    sets = [frozenset({label}) for label in labels] + [frozenset({"card", "rate"})] * len(both)
    assert have_several(sets) and not have_several(sets[: len(labels)])
    taught = [*texts, *both]
    taught_vectors = await embedder.embed_documents(taught)
    head = ManyLabels.train(taught, sets, taught_vectors)
    asked = ["block stolen card and exchange euro rate", "reset pin code", "whales"]
    vectors = await embedder.embed_documents(asked)
    found = [
        {one.label for one in ranked if one.confidence >= 0.5}
        for ranked in head.ranked(asked, vectors, most=5)
    ]
    assert found == [{"card", "rate"}, {"pin"}, set()]
    again = ManyLabels.load(taught, sets, taught_vectors, head.dump())
    assert again is not None
    assert again.ranked(asked, vectors, most=5) == head.ranked(asked, vectors, most=5)
    assert (
        LabelHead.load(Taught(texts, labels, await embedder.embed_documents(texts)), head.dump())
        is None
    )  # another kind of head

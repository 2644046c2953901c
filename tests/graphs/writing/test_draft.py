"""What is shown of an answer under way: the beginning of the reply, and never an invented fact."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.asking.models import Models
from graphs.words.facts import unheld
from graphs.words.phrases import phrase
from graphs.writing.citations import full_text
from graphs.writing.draft import Draft, Streaming
from tests.fakes import FakeKnowledge, ScriptedModel, passage
from tests.graphs.conversation import SHOP, Talk, machine, text_of

PASSAGES = [
    passage(
        "We ship to Switzerland. Shipping costs 1,200.50 EUR and takes 3 to 5 days. "
        "Write to help@shop.example until 3 October 2026, or call Anna Berg.",
        n=1,
    ),
    passage("Worn shoes can be returned within thirty days. Please keep the box.", n=2),
]
TRUE = [
    "We ship to Switzerland. [1]",
    "Shipping costs 1.200,50 € and takes three to five days. [1]",
    "Please write to help@shop.example until Oct 3, 2026, or call Anna Berg. [1]",
    "Worn shoes can be returned within 30 days. [2]",
    "Please keep the box. [2]",
    "You're welcome!",
]
INVENTED = [
    "Shipping costs 1,200.60 EUR and takes 3 to 5 days. [1]",
    "Shipping takes 3 to 5 weeks and costs 1,200.50 EUR. [1]",
    "Please write to help@shop.example until 4 October 2026. [1]",
    "We ship to Switzerland with DHL Express from Leipzig. [1]",
    "Worn shoes can be returned within 30 days to Otto Zander. [2]",
    "Worn shoes can be returned at https://shop.example/returns within thirty days. [2]",
    "Shipping to Switzerland takes 8 days in total. [1]",
    "They keep worn shoes in the box for good measure and sell them on. [2]",
    "Worn shoes can be returned within 30 days. [9]",
]
MODES: list[Streaming] = ["tokens", "sentences", "whole"]


def _pieces(text: str, cuts: list[int]) -> list[str]:
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[a:b] for a, b in itertools.pairwise(places)]


def _written(mode: Streaming, pieces: list[str], *, fails: bool = False) -> tuple[Draft, str]:
    shown: list[dict[str, Any]] = []
    draft = Draft(PASSAGES, "en", 0, asked="Do you ship?", streaming=mode, show=shown.append)
    for piece in pieces:
        draft.feed(piece)
    if fails:
        draft.interrupted()
    draft.end()
    return draft, "".join(event["text"] for event in shown)


@given(
    st.lists(st.sampled_from(TRUE + INVENTED), min_size=1, max_size=5),
    st.lists(st.integers(0, 10_000), max_size=40),
    st.sampled_from(MODES),
    st.sampled_from([" ", "\n"]),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_what_is_shown_is_the_answer_and_holds_no_invented_fact(
    said: list[str], cuts: list[int], mode: Streaming, gap: str, fails: bool
) -> None:
    draft, shown = _written(mode, _pieces(gap.join(said), cuts), fails=fails)
    assert shown == ("" if mode == "whole" else draft.text)
    bodies = [(full_text(p), "en") for p in PASSAGES]
    assert unheld(draft.text.replace(phrase("broken_off", "en"), ""), bodies, "en") == []
    if not set(said) & set(INVENTED) and not fails:
        assert not draft.withheld or said[0] == TRUE[-1]


@given(st.lists(st.integers(0, 10_000), max_size=40), st.sampled_from(MODES))
@settings(max_examples=40, deadline=None)
def test_the_answer_is_the_same_in_every_mode_where_all_of_it_is_true(
    cuts: list[int], mode: Streaming
) -> None:
    draft, _ = _written(mode, _pieces(" ".join(TRUE), cuts))
    assert draft.text == " ".join(TRUE).replace(" [1]", "").replace(" [2]", "")


def test_by_tokens_words_are_shown_before_their_sentence_ends_but_no_unproven_fact() -> None:
    shown: list[dict[str, Any]] = []
    draft = Draft(PASSAGES, "en", 0, streaming="tokens", show=shown.append)
    draft.feed("Worn shoes can be returned within ")
    first = "".join(e["text"] for e in shown)
    assert first == "Worn shoes can"
    draft.feed("40 ")
    draft.feed("days to us if you like. [2] Please keep the box. [2]")
    draft.end()
    assert draft.text.startswith("Worn shoes can be… ")
    assert draft.text.endswith(phrase("broken_off", "en"))
    assert "".join(e["text"] for e in shown) == draft.text
    assert draft.result()["incomplete"]


def test_what_leans_on_a_withheld_sentence_is_withheld_too() -> None:
    draft, _ = _written(
        "sentences",
        [
            "We ship to Switzerland. [1] ",
            "We ship by DHL too. [1] ",
            "They ship to Switzerland. [1]",
        ],
    )
    assert draft.text == "We ship to Switzerland."
    assert [w["facts"] for w in draft.withheld] == [["name"], []]


def test_a_sentence_over_two_passages_cites_both() -> None:
    draft, _ = _written(
        "sentences",
        ["Shipping takes 3 to 5 days and worn shoes can be returned for 30 days. [1][2]"],
    )
    cited = draft.result()["citations"]
    assert [c["passage_id"][-1] for c in cited] == ["1", "2"]
    assert all(c["quote"] in PASSAGES[i]["text"] for i, c in enumerate(cited))


def test_a_number_that_only_begins_like_one_of_the_passage_is_not_its_words() -> None:
    draft, _ = _written("sentences", ["Shipping costs 1,200."])
    assert draft.text == ""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("cut", [1, 3, 7, 500])
async def test_the_deltas_of_a_turn_are_its_reply_in_every_mode(mode: Streaming, cut: int) -> None:
    text = (
        "Yes, we ship to Switzerland. [1] It takes 3 to 5 days and costs 9.90 EUR. [1]\n"
        "It costs 4.90 EUR to Norway. [1]"
    )
    pieces = [text[i : i + cut] for i in range(0, len(text), cut)]
    models = Models(default="fake:m", factories={"fake:m": lambda: ScriptedModel(pieces=pieces)})
    talk = Talk(machine(FakeKnowledge(*SHOP), models=models))
    talk.context = replace(talk.context, answering={"streaming": mode})
    end = await talk.say("Do you ship to Switzerland? What are your opening hours?")
    deltas = [d["text"] for k, d in talk.frames if k == "message_delta"]
    said = text_of(end)
    assert "4.90" not in said
    assert "costs 9.90 EUR." in said
    assert len(deltas) == 1 if mode == "whole" else len(deltas) > 1
    assert end.withheld_sentences


async def test_whole_answers_start_over_with_another_model_however_late_one_fails() -> None:
    broken = ScriptedModel(pieces=["We ship to Switzerland. [1] ", "It "], fails_after=2)
    sound = ScriptedModel(pieces=["It takes 3 to 5 days and costs 9.90 EUR. [1]"])
    models = Models(default="a:m", factories={"a:m": lambda: broken, "b:m": lambda: sound})
    talk = Talk(machine(models=models))
    talk.context = replace(talk.context, answering={"streaming": "whole"}, fallback_models=("b:m",))
    assert text_of(await talk.say("Do you ship to Switzerland?")).startswith("It takes 3 to 5 days")

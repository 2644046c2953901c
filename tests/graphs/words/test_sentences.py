"""Sentences, whole and as they stream in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.words.sentences import SentenceCutter, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("We open at 9 a.m. on Monday. It costs 3.50 EUR [1]. Ok?",
         ["We open at 9 a.m. on Monday.", "It costs 3.50 EUR [1].", "Ok?"]),
        ("Dr. Smith is in. Yes! [2] And more [3].", ["Dr. Smith is in.", "Yes! [2]", "And more [3]."]),
        ("Am 3. Oktober ist z.B. geschlossen. Danke.", ["Am 3. Oktober ist z.B. geschlossen.", "Danke."]),
        ("营业时间是九点。周日休息！", ["营业时间是九点。", "周日休息！"]),
        ("我们九点开门。 [1] 周日休息。 [2] 欢迎。", ["我们九点开门。 [1]", "周日休息。 [2]", "欢迎。"]),
        ("- a\n- b\n\nName: X", ["- a", "- b", "Name: X"]),
    ],
)  # fmt: skip
def test_sentences_end_where_readers_end_them(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@given(st.text(alphabet="ab .!?\n[1]9。", max_size=60), st.integers(1, 7))
def test_a_streamed_text_is_cut_like_a_whole_one_and_nothing_is_lost(text: str, n: int) -> None:
    cutter = SentenceCutter()
    cut = [s for i in range(0, len(text), n) for s in cutter.feed(text[i : i + n])]
    cut += cutter.rest()
    assert [s.strip() for s in cut if s.strip()] == split_sentences(text)
    assert "".join("".join(cut).split()) == "".join(text.split())

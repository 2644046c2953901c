"""Texts are cut along their structure, and every passage points at its own words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.cutting.chunking import chunk_qa, chunk_text
from tenants.cutting.drafts import MAX_TOKENS, breadcrumb, count_tokens

_WORD = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=12)
_LINE = st.lists(_WORD, min_size=1, max_size=40).map(" ".join)
_BLOCK = st.one_of(
    _LINE,
    _LINE.map(lambda line: f"- {line}"),
    st.tuples(st.integers(1, 3), _WORD).map(lambda pair: f"{'#' * pair[0]} {pair[1]}"),
    st.just("```\ncode  stays\n\ntogether\n```"),
    st.lists(_WORD, min_size=300, max_size=400).map(" ".join),
)
_TEXT = st.lists(_BLOCK, min_size=1, max_size=12).map("\n\n".join)


@settings(max_examples=80, deadline=None)
@given(_TEXT)
def test_every_word_is_in_a_passage_that_points_at_it(text: str) -> None:
    drafts = chunk_text(text, "Guide")
    told = " ".join(f"{draft.title} {draft.body}" for draft in drafts)
    assert not {word for word in text.replace("#", " ").split() if word not in told}
    for draft in drafts:
        assert text[draft.meta["start"] : draft.meta["end"]] == draft.body
        assert count_tokens(draft.body) <= MAX_TOKENS


def test_headings_are_titles_and_questions_where_they_ask() -> None:
    text = "# Returns\n\nSend it back.\n\n## Can I exchange?\n\nYes.\n\nShipping\n========\nFast."
    returns, exchange, shipping = chunk_text(text, "Guide")
    assert (returns.title, returns.body) == ("Guide › Returns", "Send it back.")
    assert (exchange.question, exchange.body) == ("Can I exchange?", "Yes.")
    assert (shipping.title, shipping.body) == ("Guide › Shipping", "Fast.")


def test_a_heading_alone_is_kept() -> None:
    assert [draft.body for draft in chunk_text("# One\n# Two\ntext", "G")] == ["# One", "text"]


def test_long_text_is_cut_between_sentences() -> None:
    drafts = chunk_text("This is a sentence of about ten words, more or less. " * 60, "G")
    assert len(drafts) > 4
    assert all(draft.body.endswith(".") for draft in drafts)


def test_a_word_longer_than_a_passage_is_cut_anywhere() -> None:
    drafts = chunk_text("x" * 5_000, "G")
    assert "".join(draft.body for draft in drafts) == "x" * 5_000


def test_a_long_answer_keeps_its_question() -> None:
    drafts = chunk_qa("How?", "First do this, then do that. " * 60, "How?")
    assert len(drafts) > 1
    assert {draft.question for draft in drafts} == {"How?"}
    assert drafts[0].embedded.count("How?") == 1


def test_a_long_breadcrumb_keeps_both_ends() -> None:
    assert breadcrumb("Guide", "a" * 120, "b" * 90, "Sole") == f"Guide › … › {'b' * 90} › Sole"
    assert breadcrumb("Same", "Same", "") == "Same"

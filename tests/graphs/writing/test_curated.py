"""Which published pair asks the same, and which only looks like it."""

import pytest

from graphs.writing.curated import MAX_CHARS, asked_pair, curated_answer, pairs_of
from graphs.writing.draft import Draft
from tenants.ids import new_id
from tests.fakes import FakeKnowledge, passage

RETURNS = passage("Within 30 days.", n=1, kind="qa", question="How long may I return shoes?")
SHIPPING = passage("Yes, everywhere.", n=2, kind="qa", question="Do you ship to Peru?")


def chosen(asked: str, near: list[float]) -> int | None:
    return asked_pair(asked, [RETURNS, SHIPPING], near)


def test_a_near_question_far_from_the_others_is_the_pairs() -> None:
    assert chosen("How long can I send shoes back?", [0.86, 0.2]) == 0
    assert chosen("How long can I send shoes back?", [0.8, 0.2]) is None


def test_two_pairs_that_are_nearly_as_near_answer_nothing() -> None:
    assert chosen("May I return shoes to Peru?", [0.9, 0.85]) is None


def test_pairs_with_one_answer_are_no_rivals() -> None:
    again = passage("Within 30 days.", n=3, kind="qa", question="When must shoes be back?")
    asked = "How long can I send shoes back?"
    assert asked_pair(asked, [RETURNS, again], [0.9, 0.88]) == 0


@pytest.mark.parametrize(
    "asked",
    ["How long may I not return shoes?", "How long may I return 3 shoes?", "How long may I return shoes in Lima?"],
)  # fmt: skip
def test_a_number_a_negation_or_a_name_makes_it_another_question(asked: str) -> None:
    assert pairs_of(asked, [RETURNS], language="en") == []
    assert pairs_of("For how long can I return shoes?", [RETURNS], language="en") == [RETURNS]


def test_where_the_model_does_not_know_the_language_the_words_decide() -> None:
    german = passage("Ja.", n=1, kind="qa", question="Liefern Sie nach Peru?")
    for asked, found in (("Sie liefern nach Peru?", [german]), ("Liefern Sie Öfen nach Peru?", [])):
        assert pairs_of(asked, [german], language="de") == found


def test_two_answers_to_the_same_words_are_none() -> None:
    other = passage("Within 14 days.", n=3, kind="qa", question=RETURNS["question"])
    asked = RETURNS["question"] or ""
    assert asked_pair(asked, [RETURNS, other], [1.0, 1.0]) is None
    assert asked_pair(asked, [RETURNS, SHIPPING], [1.0, 0.95]) == 0


def test_only_questions_with_an_answer_are_pairs() -> None:
    plain = passage("Some text.", n=5)
    assert pairs_of("Do you ship to Peru?", [plain, SHIPPING, SHIPPING], language="en") == [
        SHIPPING
    ]


async def test_the_whole_answer_comes_first_unless_it_is_off_or_too_long() -> None:
    knowledge = FakeKnowledge(("Do you ship abroad?", "No."), curated=True)
    found = await knowledge.search(new_id(), [], "x", limit=8)

    async def given(query: str, **settings: object) -> object:
        sure, _ = await curated_answer(
            knowledge, new_id(), [], query, found, language="en", settings=settings
        )
        return sure and sure["passages"]

    assert await given("Do you ship abroad?") == 1
    assert await given("Do you ship abroad?", enabled=False) is None
    assert await given("Do you sell kettles?") is None
    found[0]["text"] = "x" * (MAX_CHARS + 1)
    assert await given("Do you ship abroad?") is None


def test_a_pair_that_speaks_of_what_is_forbidden_is_not_quoted() -> None:
    told = [passage("We sell lamps."), passage("We also sell fireworks.", n=2)]
    draft = Draft(told, "en", 0, unspoken=["fireworks"])
    assert draft.may_quote(1) and not draft.may_quote(2)

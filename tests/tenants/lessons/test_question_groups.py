"""When two questions are one, and when they are not, whatever their vectors say."""

import numpy as np
import pytest

from tenants.lessons.question_groups import Group, asks_something, moved, nearest, wording

ALIKE = np.array([1.0, 0.0], np.float32)
MODEL = "local:minilm"


def joins(asked: str, known: str, *, cosine: float, model_id: str = MODEL) -> bool:
    vector = np.array([cosine, (1 - cosine**2) ** 0.5], np.float32)
    group = Group(ALIKE, [wording(known)])
    return nearest(wording(asked), vector, [group], model_id=model_id) == 0


def test_near_vectors_join_and_far_ones_do_not() -> None:
    assert joins("Are pets allowed?", "Can I bring my dog?", cosine=0.65)
    assert not joins("Are pets allowed?", "Can I bring my dog?", cosine=0.55)


def test_shared_words_help() -> None:
    assert joins("Where is parking at night?", "Where is parking?", cosine=0.55)
    assert not joins("Where is parking at night?", "Who pays for lunch?", cosine=0.55)


def test_who_names_another_place_asks_something_else() -> None:
    assert not joins("Do you ship to Norway?", "Do you ship to Iceland?", cosine=0.9)
    assert joins("Do you ship to Norway?", "Do you deliver in Norway?", cosine=0.9)
    assert joins("Do you ship to norway?", "Do you ship to Iceland?", cosine=0.9), "not written so"
    assert joins("DO YOU SHIP TO NORWAY?", "Do you ship to Iceland?", cosine=0.9), "who shouts"


def test_where_the_model_does_not_speak_the_language_the_words_must_agree() -> None:
    asked, other = "Wo kann ich mein Auto parken?", "Wann liefern Sie das Sofa?"
    assert not joins(asked, other, cosine=0.9)
    assert joins(asked, other, cosine=0.9, model_id="openai:speaks-all")
    assert joins(asked, "Wo kann ich das Auto parken?", cosine=0.9)


def test_the_nearest_of_several_is_taken() -> None:
    groups = [Group(np.array([0.8, 0.6], np.float32), [wording("a pet")]), Group(ALIKE, [])]
    assert nearest(wording("dogs?"), ALIKE, groups, model_id=MODEL) == 1
    assert nearest(wording("dogs?"), -ALIKE, groups, model_id=MODEL) is None


@pytest.mark.parametrize("text", ["?!", "", "and what of the"])
def test_little_words_ask_nothing(text: str) -> None:
    assert not asks_something(wording(text))


def test_the_middle_moves_less_the_more_members_it_has() -> None:
    other = np.array([0.0, 1.0], np.float32)
    few, many = moved(ALIKE, 1, other), moved(ALIKE, 9, other)
    assert many[0] > few[0] > 0.7
    assert np.linalg.norm(many) == pytest.approx(1, abs=1e-6)

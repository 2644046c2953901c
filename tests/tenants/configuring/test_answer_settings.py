"""What a tenant decides about its answers is validated and bounded; revisions are compared."""

from typing import Any

import pytest
from pydantic import ValidationError

from tenants.configuring.answer_settings import AnswerSettings
from tenants.configuring.assistant_revisions import differences
from tenants.configuring.assistants import AssistantSettings


def test_a_condition_may_be_one_plain_sentence() -> None:
    made = AnswerSettings.model_validate(
        {
            "guidance": [
                {"name": "g", "when": "  the customer is  angry ", "instructions": "Be brief."}
            ]
        }
    )
    assert made.guidance[0].when.about == "the customer is angry"
    assert AssistantSettings().answering == AnswerSettings()


@pytest.mark.parametrize(
    "given",
    [
        {"streaming": "letters"},
        {"restrictions": ["x" * 301]},
        {"restrictions": ["line\nbreak here"]},
        {"restrictions": ["never promise a date"] * 21},
        {"forbidden_topics": [{"name": "politics", "when": {}}]},
        {"forbidden_topics": [{"name": "politics", "when": ""}]},
        {"forbidden_topics": [{"name": "", "when": "politics"}]},
        {"forbidden_topics": [{"name": "politics", "when": "politics", "say": {"klingon!": "no"}}]},
        {
            "forbidden_topics": [
                {"name": "a", "when": "politics"},
                {"name": "a", "when": "religion"},
            ]
        },
        {"disclaimers": [{"name": "d", "text": {}}]},
        {"disclaimers": [{"name": "d", "text": {"en": "x" * 1_001}}]},
        {"guidance": [{"name": "g", "when": "returns", "instructions": ""}]},
        {"guidance": [{"name": "g", "when": {"examples": ["a b"] * 21}, "instructions": "x"}]},
        {"guidance": [{"name": "g", "when": {"mood": "angry"}, "instructions": "x"}]},
        {"brand_words": [{"write": "one two three four five"}]},
        {"brand_words": [{"write": "F", "instead_of": []}]},
        {
            "guidance": [
                {"name": f"g{i}", "when": "returns", "instructions": "x" * 2_000} for i in range(40)
            ]
        },
        {
            "guidance": [
                {
                    "name": f"g{i}",
                    "when": {"examples": [f"text {j}" for j in range(20)]},
                    "instructions": "x",
                }
                for i in range(11)
            ]
        },
    ],
)
def test_nonsense_and_too_much_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AnswerSettings.model_validate(given)


def test_differences_name_every_setting_that_changed() -> None:
    before = {"name": "Juno", "persona": {"tone": "brief", "traits": []}, "list": [1, 2], "same": 1}
    after = {
        "name": "Mia",
        "persona": {"tone": "brief", "traits": ["kind"]},
        "list": [1, 3],
        "same": 1,
    }
    assert differences(before, after) == [
        {"path": "list[1]", "before": 2, "after": 3},
        {"path": "name", "before": "Juno", "after": "Mia"},
        {"path": "persona.traits", "before": [], "after": ["kind"]},
    ]

"""What a tenant says of its short and informal names is bounded and makes sense."""

import pytest
from pydantic import ValidationError

from tenants.configuring.assistants import MAX_NAMES, AssistantSettings, Words


def test_names_are_kept_without_the_space_around_them() -> None:
    words = Words(abbreviations={" RMA ": " return number "})
    assert words.abbreviations == {"RMA": "return number"}
    assert AssistantSettings().words == Words()


@pytest.mark.parametrize(
    "given",
    [
        {"abbreviations": {"": "nothing"}},
        {"abbreviations": {"RMA": "  "}},
        {"abbreviations": {"--": "dashes"}},
        {"abbreviations": {"RMA": "rma"}},
        {"also_called": {"a" * 61: "b"}},
        {"also_called": {"duck": "b" * 121}},
        {"also_called": {f"name{i}": "x" for i in range(MAX_NAMES + 1)}},
        {"also_called": {"duck": 3}},
        {"nicknames": {"duck": "Zephyrix"}},
    ],
)
def test_nonsense_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Words.model_validate(given)

"""Every setting is in `.env.example`, and nothing else is."""

import re
from pathlib import Path

from pydantic import AliasChoices

from settings import Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def names() -> set[str]:
    """The environment variables that the settings are read from."""
    found: set[str] = set()
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        if isinstance(alias, AliasChoices):
            found.add(str(alias.choices[0]))
        else:
            found.add(f"FRONTDESK_{name.upper()}")
    return found


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    documented = set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", EXAMPLE.read_text(), re.MULTILINE))
    assert documented == names()


def test_the_example_changes_nothing_when_copied_as_it_is() -> None:
    lines = [line for line in EXAMPLE.read_text().splitlines() if line.strip()]
    assert all(line.startswith("#") for line in lines)

"""Prices by model and day."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from graphs.asking.prices import Prices
from tenants.errors import Invalid

PRICES = Prices.read()


def test_a_call_is_priced_by_what_counted_on_its_day() -> None:
    before = PRICES.of("deepseek:deepseek-chat", on=date(2025, 9, 28))
    after = PRICES.of("deepseek:deepseek-chat", on=date(2025, 9, 29))
    assert (before.output, after.output) == (Decimal("1.68"), Decimal("0.42"))
    assert after.version == "2025-09-29"
    assert after.microusd(1_000_000, 1_000_000) == 700_000
    assert after.microusd(1_000_000, 0, 1_000_000) == 28_000
    assert after.microusd(1, 0) == 1  # rounded up


def test_a_release_of_a_model_costs_what_the_model_costs() -> None:
    plain = PRICES.of("openai:gpt-4o")
    assert PRICES.of("openai:gpt-4o-2024-08-06") == plain
    assert PRICES.of("openai:gpt-4o-mini-2024-07-18") == PRICES.of("openai:gpt-4o-mini") != plain
    assert PRICES.of("anthropic:claude-sonnet-4-5-20250929").known
    assert PRICES.of("mistral:mistral-small-latest").known


def test_a_model_that_no_table_has_is_counted_as_a_dear_one() -> None:
    guessed = PRICES.of("house:our-own")
    assert not guessed.known
    assert guessed.version.startswith("unknown@")
    assert guessed.microusd(1_000, 100) > PRICES.of("openai:gpt-4o").microusd(1_000, 100)


def test_what_runs_at_home_and_what_invents_nothing_is_free() -> None:
    assert PRICES.of("ollama:llama3.2:3b").is_free
    assert PRICES.of("extractive").is_free


def test_a_table_of_ones_own_wins(tmp_path: Path) -> None:
    own = tmp_path / "prices.toml"
    own.write_text(
        """
        checked = 2026-01-02
        [models]
        "house:*" = [{ from = 2026-01-01, fresh = "0.10", output = "0.20" }]
        "openai:gpt-4o" = [{ from = 2026-01-01, fresh = "1", cached = "0.5", output = "2" }]
        """
    )
    prices = Prices.read(own)
    assert prices.of("house:our-own", on=date(2026, 2, 1)).output == Decimal("0.20")
    assert prices.of("openai:gpt-4o", on=date(2026, 2, 1)).output == Decimal(2)
    assert prices.of("deepseek:deepseek-chat").known


@pytest.mark.parametrize(
    "text", ["models = 3", "[models]\n'a:b' = [{ from = 2026-01-01 }]", "[unknown]\nfresh='x'", "="]
)
def test_a_broken_table_stops_the_start(tmp_path: Path, text: str) -> None:
    own = tmp_path / "prices.toml"
    own.write_text(text)
    with pytest.raises(Invalid, match=r"prices\.toml"):
        Prices.read(own)

"""Prompts as files."""

from graphs.prompts import prompt, prompt_version


def test_prompts_lose_their_comments_and_carry_a_version() -> None:
    assert "<!--" not in prompt("answer").template
    assert "$instructions" in prompt("answer").template
    assert len(prompt_version()) == 12

"""Every provider by configuration alone, through its own package over real HTTP."""

import pytest

from graphs.asking.models import Models
from graphs.asking.providers import PROVIDERS, Access, NotSetUp, chat_model, full_name
from tests.dialect_loopback import READ, WRITTEN, dialect_loopback
from tests.graphs.conversation import Talk, machine, text_of

KEY = "sk-test-0123456789"
MODELS = {
    "deepseek": "deepseek:deepseek-chat",
    "openai": "openai:gpt-4.1-mini",
    "anthropic": "anthropic:claude-haiku-4-5",
    "gemini": "gemini:gemini-2.5-flash",
    "mistral": "mistral:mistral-small-latest",
    "together": "together:meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "ollama": "ollama:llama3.2:3b",
    "house": "house:our-own-model",
}


def _access(address: str) -> Access:
    deep = {name: address for name in MODELS if name != "house"}
    return Access(dict.fromkeys(MODELS, KEY), deep, {"house": f"{address}/v1"})


def test_a_model_of_every_provider_is_tried() -> None:
    assert set(MODELS) == {*PROVIDERS, "house"}


@pytest.mark.parametrize("name", MODELS.values())
async def test_its_model_answers_a_turn_and_its_tokens_are_counted(name: str) -> None:
    with dialect_loopback() as provider:
        models = Models(default=name, access=_access(provider.address), max_tokens=700)
        try:
            end = await Talk(machine(models=models)).say("Do you ship to Switzerland?")
        finally:
            await models.close()
    assert text_of(end) == "Yes, we ship to Switzerland."
    assert end.models == [name]
    [used] = end.usage
    assert (used.input_tokens, used.output_tokens) == (READ, WRITTEN)
    [request] = provider.requests
    assert KEY in request["key"]
    body = request["body"]
    limits = {**body, **body.get("options", {})}
    assert 700 in (
        limits.get("max_tokens"),
        limits.get("max_completion_tokens"),
        limits.get("num_predict"),
    )


@pytest.mark.parametrize("name", MODELS.values())
async def test_its_package_never_tries_again_by_itself(name: str) -> None:
    with dialect_loopback(status=401) as provider:
        models = Models(default=name, access=_access(provider.address))
        try:
            end = await Talk(machine(models=models)).say("Do you ship to Switzerland?")
        finally:
            await models.close()
    assert len(provider.requests) == 1
    assert text_of(end).startswith("Yes, we ship to Switzerland.")
    assert end.models == [name, "extractive"]
    assert end.usage[0].cost_usd == 0  # refused before a token was read


def test_what_is_missing_is_named() -> None:
    with pytest.raises(NotSetUp, match="NoKey"):
        chat_model("openai:gpt-4.1", None, Access(), timeout_seconds=1, max_tokens=100)
    with pytest.raises(NotSetUp, match="UnknownProvider"):
        chat_model("nobody:model", "k", Access(), timeout_seconds=1, max_tokens=100)


def test_a_key_is_never_in_what_is_printed_of_it() -> None:
    access = Access({"openai": KEY})
    assert KEY not in repr(access)
    for name in MODELS.values():
        made = chat_model(
            name, KEY, _access("http://127.0.0.1:9"), timeout_seconds=1, max_tokens=100
        )
        if not name.startswith(("mistral", "ollama")):  # their HTTP clients print as objects
            assert KEY not in repr(made)


def test_names_that_packages_use_are_understood() -> None:
    assert full_name("deepseek") == "deepseek:deepseek-chat"
    assert full_name("google_genai:gemini-2.5-pro") == "gemini:gemini-2.5-pro"
    assert full_name("mistralai:open-mistral-7b") == "mistral:open-mistral-7b"
    assert full_name("ollama:llama3.2:3b") == "ollama:llama3.2:3b"

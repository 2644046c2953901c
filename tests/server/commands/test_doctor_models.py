"""The doctor's look at the providers: over real HTTP, with time-outs, without a key in its words."""

import pytest
from pydantic import ValidationError

from server.commands.doctor_models import look_at_models
from server.commands.findings import Finding
from settings import Settings
from tests.openai_loopback import Reply, openai_loopback

KEY = "sk-canary-5f1b7a"


async def _look(**given: object) -> dict[str, Finding]:
    settings = Settings(_env_file=None, **given)  # pyright: ignore[reportCallIssue, reportArgumentType]
    found = await look_at_models(settings, list_seconds=3, word_seconds=4)
    assert KEY not in repr(found)
    return {f"{one.what} {one.saw.partition(' ')[0].rstrip(':')}": one for one in found}


@pytest.fixture(autouse=True)
def _nothing_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEEPSEEK", "OPENAI", "ANTHROPIC", "GEMINI", "GOOGLE", "MISTRAL", "TOGETHER"):
        monkeypatch.delenv(f"{name}_API_KEY", raising=False)
    monkeypatch.delenv("OLLAMA_HOST", raising=False)


async def test_what_is_not_set_up_is_named_and_is_no_fault() -> None:
    found = await _look()
    assert found["provider deepseek"].absent
    assert found["provider anthropic"].mark == "--  "
    assert all(one.well for one in found.values())
    assert "no provider is asked" in found["model extractive"].saw


async def test_a_provider_and_its_model_that_answer_are_well() -> None:
    with openai_loopback(Reply(["yes"])) as server:
        found = await _look(deepseek_api_key=KEY, deepseek_api_base=server.base_url)
    assert "2 models" in found["provider deepseek"].saw
    assert found["model deepseek:deepseek-chat"].well
    assert "/v1/models" in {r["path"] for r in server.requests}
    assert {r["key"] for r in server.requests} == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=401), "the key is refused (401)"),
        (Reply(status=503), "status 503"),
        (Reply(waits_seconds=6), "no answer in"),
    ],
)
async def test_what_is_wrong_is_said_of_each(reply: Reply, why: str) -> None:
    with openai_loopback(reply) as bad, openai_loopback(Reply(["yes"])) as good:
        found = await _look(
            model="openai:gpt-4.1-mini",
            openai_api_key=KEY,
            openai_api_base=bad.base_url,
            model_endpoints=f"house={good.base_url}",
        )
    assert why in found["provider openai"].saw
    assert "OPENAI_API_KEY" in found["provider openai"].mend
    assert why in found["model openai:gpt-4.1-mini"].saw
    assert found["provider house"].well


async def test_a_model_without_a_key_or_a_price_is_found() -> None:
    found = await _look(model="gemini:gemini-9", fallback_models="nobody:x")
    assert "no key" in found["provider gemini"].saw
    assert "NoKey" in found["model gemini:gemini-9"].saw
    assert "UnknownProvider" in found["model nobody:x"].saw
    assert not found["prices gemini:gemini-9,"].well


@pytest.mark.parametrize(
    "told", ["openai=http://x", "A=http://x", "vllm=ftp://x", "vllm", "vllm=", "=http://x"]
)
def test_endpoints_that_cannot_be_stop_the_start(told: str) -> None:
    with pytest.raises(ValidationError):
        Settings(model_endpoints=told)

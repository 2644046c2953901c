"""The providers of language models: how each is reached, and a chat model of it by name.

A model's name is `provider:model`. Beside the providers here, every name of `Access.endpoints` is
one: an address that speaks OpenAI's interface. A provider's package is loaded when one of its
models is first asked, and may be absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from langchain_core.language_models.chat_models import BaseChatModel

from graphs.asking.plain_completions import leave_plain

EXTRACTIVE = "extractive"
DEEPSEEK = "deepseek:deepseek-chat"
_SHORT = {"deepseek": DEEPSEEK}
_ALSO_CALLED = {"google_genai": "gemini", "mistralai": "mistral"}
_NO_KEY = "none"  # what clients send where a server asks for no key

Dialect = Literal["openai", "anthropic", "mistral", "ollama"]


class NotSetUp(Exception):
    """A provider cannot be asked: `kind` says what is missing."""

    def __init__(self, kind: Literal["UnknownProvider", "NoKey", "NoPackage"]) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider; `extra` names what installs its package, "" where it is always there."""

    name: str
    title: str
    address: str
    module: str = "langchain_openai.chat_models.base"
    chat_model: str = "BaseChatOpenAI"  # says max_tokens, which every server of the kind knows
    dialect: Dialect = "openai"
    extra: str = ""
    needs_key: bool = True

    @property
    def is_installed(self) -> bool:
        """Whether its package is there."""
        return find_spec(self.module.partition(".")[0]) is not None


PROVIDERS: Mapping[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            "deepseek",
            "DeepSeek",
            "https://api.deepseek.com/v1",
            "langchain_deepseek",
            "ChatDeepSeek",
        ),
        Provider("openai", "OpenAI", "https://api.openai.com/v1", "langchain_openai", "ChatOpenAI"),
        Provider(
            "anthropic",
            "Anthropic",
            "https://api.anthropic.com",
            "langchain_anthropic",
            "ChatAnthropic",
            "anthropic",
            "anthropic",
        ),
        Provider(
            "gemini", "Gemini", "https://generativelanguage.googleapis.com/v1beta/openai"
        ),  # by its OpenAI interface: see decision 0019
        Provider(
            "mistral",
            "Mistral",
            "https://api.mistral.ai/v1",
            "langchain_mistralai",
            "ChatMistralAI",
            "mistral",
            "mistral",
        ),
        Provider(
            "together",
            "Together",
            "https://api.together.xyz/v1",
            "langchain_together",
            "ChatTogether",
            extra="together",
        ),
        Provider(
            "ollama",
            "Ollama",
            "http://127.0.0.1:11434",
            "langchain_ollama",
            "ChatOllama",
            "ollama",
            "ollama",
            needs_key=False,
        ),
    )
}


@dataclass(frozen=True)
class Access:
    """What the platform has for its providers: keys, addresses other than their own, endpoints."""

    keys: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    addresses: Mapping[str, str] = field(default_factory=dict[str, str])
    endpoints: Mapping[str, str] = field(default_factory=dict[str, str])  # by a name of one's own

    def provider(self, name: str) -> Provider:
        """A provider or endpoint by its name. Raises: NotSetUp."""
        if name in self.endpoints:
            return Provider(name, name, self.endpoints[name], needs_key=False)
        if name not in PROVIDERS:
            raise NotSetUp("UnknownProvider")
        return PROVIDERS[name]

    def all(self) -> list[Provider]:
        """Every provider there could be, endpoints last."""
        return [*PROVIDERS.values(), *(self.provider(name) for name in self.endpoints)]

    def address(self, provider: Provider) -> str:
        """Where it is called."""
        return (self.addresses.get(provider.name) or provider.address).rstrip("/")


def full_name(name: str) -> str:
    """A model's name as it is used everywhere: `provider:model`, or `extractive`."""
    name = _SHORT.get(name, name)
    provider, colon, model = name.partition(":")
    return f"{_ALSO_CALLED.get(provider, provider)}{colon}{model}"


def provider_of(name: str) -> str:
    """The provider's part of a model's full name."""
    return name.partition(":")[0]


def chat_model(
    name: str, key: str | None, access: Access, *, timeout_seconds: float, max_tokens: int
) -> BaseChatModel:
    """The model, ready to be asked; it never tries twice by itself. Raises: NotSetUp."""
    provider = access.provider(provider_of(name))
    if provider.needs_key and not key:
        raise NotSetUp("NoKey")
    if not provider.is_installed:
        raise NotSetUp("NoPackage")
    kind = getattr(import_module(provider.module), provider.chat_model)
    model = name.partition(":")[2]
    address = access.address(provider)
    made = kind(**_options(provider, model, key, address, timeout_seconds, max_tokens))
    if provider.dialect == "openai":
        leave_plain(made)
    return made


def load_packages(access: Access) -> None:
    """Import the packages of all providers that have a key or an address here; takes seconds."""
    for provider in access.all():
        is_set_up = provider.name in {*access.keys, *access.endpoints, *access.addresses}
        if is_set_up and provider.is_installed:
            import_module(provider.module)


def as_json(provider: str, access: Access) -> dict[str, Any]:
    """What a call is given so that its answer is JSON; some providers only do as they are told."""
    try:
        dialect = access.provider(provider).dialect
    except NotSetUp:
        return {}
    if dialect in ("openai", "mistral"):
        return {"response_format": {"type": "json_object"}}
    return {"format": "json"} if dialect == "ollama" else {}


def _options(
    provider: Provider, model: str, key: str | None, address: str, seconds: float, max_tokens: int
) -> dict[str, Any]:
    if provider.dialect == "ollama":
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        client = {"timeout": seconds, "headers": headers}
        return {
            "model": model,
            "base_url": address,
            "num_predict": max_tokens,
            "client_kwargs": client,
        }
    options: dict[str, Any] = {
        "model": model,
        "api_key": key or _NO_KEY,
        "base_url": address,
        "timeout": seconds,
        "max_retries": 0,
        "max_tokens": max_tokens,
    }
    if provider.dialect == "mistral":
        return options | {"timeout": max(1, round(seconds)), "max_retries": 1}  # it counts tries
    options["stream_usage"] = True  # an address of one's own turns it off
    if provider.dialect == "openai":
        options["stream_chunk_timeout"] = 0  # pauses are `Attempt`'s; here each chunk costs a task
    return options

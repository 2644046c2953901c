"""The chat models of a process, built when first asked for, and the breakers they stand behind.

A model is kept by its name and the key it is asked with; a breaker belongs to a provider and a key,
so that one tenant's wrong key closes nothing to others.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping

from langchain_core.language_models.chat_models import BaseChatModel

from graphs.asking.breaker import Breaker
from graphs.asking.providers import Access, chat_model, provider_of

MOST_MODELS = 500
MOST_BREAKERS = 5_000

Factory = Callable[[], BaseChatModel]


class ModelClients:
    """Builds models and keeps them; those unused for long are let go."""

    def __init__(
        self,
        access: Access,
        factories: Mapping[str, Factory],
        make_breaker: Callable[[], Breaker],
        *,
        timeout_seconds: float,
        max_tokens: int,
    ) -> None:
        self._access = access
        self._factories = factories
        self._make_breaker = make_breaker
        self._timeout_seconds = timeout_seconds
        self._max_tokens = max_tokens
        self._built: OrderedDict[tuple[str, str], BaseChatModel] = OrderedDict()
        self._breakers: OrderedDict[tuple[str, str], Breaker] = OrderedDict()

    def is_ours(self, name: str) -> bool:
        """Whether a model is made by this process, so that no provider stands behind it."""
        return name in self._factories

    async def model(self, name: str, key: str | None) -> BaseChatModel:
        """The model, asked with this key. Raises: NotSetUp, or what its package raises.

        A provider's is built in a thread: to load its package takes seconds, in which others go on.
        """
        kept = (name, _fingerprint(key))
        if kept not in self._built:
            ours = self._factories.get(name)
            made = ours() if ours else await asyncio.to_thread(self._make, name, key)
            self._built.setdefault(kept, made)  # another turn may have been faster
            if len(self._built) > MOST_MODELS:
                self._built.popitem(last=False)
        self._built.move_to_end(kept)
        return self._built[kept]

    def breaker(self, name: str, own_key: str | None) -> Breaker:
        """The breaker of a provider, for the platform's key (None) or a tenant's own."""
        kept = (provider_of(name), _fingerprint(own_key))
        if kept not in self._breakers:
            self._breakers[kept] = self._make_breaker()
            if len(self._breakers) > MOST_BREAKERS:
                self._breakers.popitem(last=False)
        self._breakers.move_to_end(kept)
        return self._breakers[kept]

    def open_breakers(self) -> list[str]:
        """The providers that are being left alone now, with the platform's key or a tenant's."""
        return sorted({p for (p, _), breaker in self._breakers.items() if breaker.is_open})

    async def close(self) -> None:
        """Close the connections to the providers."""
        for model in self._built.values():
            await close_model(model)
        self._built.clear()

    def _make(self, name: str, key: str | None) -> BaseChatModel:
        return chat_model(
            name,
            key,
            self._access,
            timeout_seconds=self._timeout_seconds,
            max_tokens=self._max_tokens,
        )


async def close_model(model: BaseChatModel) -> None:
    """Close what a model of any package holds open."""
    inside = {**vars(model), **(getattr(model, "__pydantic_private__", None) or {})}
    wrapped = getattr(inside.get("_async_client"), "_client", None)  # Anthropic's and Ollama's
    for client in (inside.get("root_async_client"), inside.get("async_client"), wrapped):
        close = getattr(client, "aclose", None) or getattr(client, "close", None)
        if close is not None:
            await close()


def _fingerprint(key: str | None) -> str:
    return "" if key is None else hashlib.sha256(key.encode()).hexdigest()[:24]

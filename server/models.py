"""The models of a process, by its settings."""

from graphs.asking.metering import Meter, ProviderKeys
from graphs.asking.models import Models
from graphs.asking.prices import Prices
from graphs.asking.providers import DEEPSEEK, EXTRACTIVE, Access, full_name, provider_of
from graphs.embedding.embedders import Embedders
from graphs.embedding.embeddings import open_embeddings
from graphs.ports import NO_PACE, Pace
from settings import Settings
from tenants.running.budgets import MICRO


def open_models(
    settings: Settings,
    *,
    meter: Meter | None = None,
    keys: ProviderKeys | None = None,
    pace: Pace = NO_PACE,
) -> Models:
    """The chain of models that the settings name; close them at the end. Raises: Invalid."""
    return Models(
        default=settings.model,
        small=settings.small_model,
        fallbacks=settings.fallbacks,
        timeout_seconds=settings.model_timeout_seconds,
        idle_seconds=settings.model_idle_seconds,
        max_tokens=settings.model_max_tokens,
        access=access_of(settings),
        prices=Prices.read(settings.prices),
        meter=meter,
        keys=keys,
        pace=pace,
    )


def access_of(settings: Settings) -> Access:
    """What the settings hold for the providers of language models."""
    return Access(settings.provider_keys, settings.provider_addresses, settings.endpoints)


def named_models(settings: Settings) -> list[str]:
    """The language models that the settings name, in the order in which they are tried."""
    first = full_name(settings.model)
    if first == EXTRACTIVE and "deepseek" in settings.provider_keys:
        first = DEEPSEEK
    names = [first, *map(full_name, settings.fallbacks), full_name(settings.small_model)]
    return [name for name in dict.fromkeys(names) if name and name != EXTRACTIVE]


def set_up(settings: Settings) -> frozenset[str]:
    """The providers that the server has a key or an address for, or names a model of."""
    access = access_of(settings)
    named = {provider_of(name) for name in named_models(settings)}
    return frozenset({*access.keys, *access.addresses, *access.endpoints, *named})


def default_budget_microusd(settings: Settings) -> int | None:
    """What a tenant may spend in a month where nobody says otherwise."""
    given = settings.tenant_budget_usd
    return None if given is None else int(given * MICRO)


def open_embedders(settings: Settings) -> Embedders:
    """The server's embedding model, loaded, and the names of those allowed beside it; blocks.

    Raises: WeightsMissing, EmbeddingsUnavailable.
    """
    default = open_embeddings(
        settings.embeddings,
        threads=settings.embedding_threads,
        timeout_seconds=settings.embedding_timeout_seconds,
    )
    return Embedders(
        default,
        allowed=[name.strip() for name in settings.embedding_models.split(",") if name.strip()],
        threads=settings.embedding_threads,
        timeout_seconds=settings.embedding_timeout_seconds,
    )

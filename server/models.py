"""The models of a process, by its settings."""

from graphs.embedders import Embedders
from graphs.embeddings import open_embeddings
from graphs.models import Models
from settings import Settings


def open_models(settings: Settings) -> Models:
    """Every provider that the settings hold a key for; close them at the end."""
    key = settings.deepseek_api_key
    return Models(
        default=settings.model,
        timeout_seconds=settings.model_timeout_seconds,
        deepseek_api_key=key.get_secret_value() if key else None,
        deepseek_api_base=settings.deepseek_api_base,
    )


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

"""The embedding models that knowledge is written and asked with, as this folder needs them."""

from dataclasses import dataclass
from typing import Protocol

from tenants.errors import ModelNotAllowed
from tenants.knowledge.ingestion import Embedder


class EmbeddingModels(Protocol):
    """The embedding models of the process, by name."""

    @property
    def default(self) -> Embedder:
        """The server's own model."""
        ...

    @property
    def are_one(self) -> bool:
        """Whether every knowledge base has the server's own model."""
        ...

    async def of(self, model_id: str) -> Embedder:
        """The model of that name. Raises: ModelNotAllowed, EmbeddingsUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class OnlyModel:
    """Embedding models where there is but one."""

    default: Embedder
    are_one: bool = True

    async def of(self, model_id: str) -> Embedder:
        """The one. Raises: ModelNotAllowed where another is meant."""
        if model_id != self.default.model_id:
            raise ModelNotAllowed(f"this process has no embedding model {model_id!r}")
        return self.default

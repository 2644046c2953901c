"""The embedding models of one process, by name: the server's own, and those the owner allows."""

import asyncio
from collections.abc import Sequence

from graphs.embedding.embeddings import ModelEmbedder, open_embeddings
from tenants.errors import ModelNotAllowed


class Embedders:
    """Models that are opened when they are first asked for, and kept.

    `allowed` names those that knowledge bases may use beside the default; a tenant cannot make the
    server open, pay or download anything else.
    """

    def __init__(
        self,
        default: ModelEmbedder,
        *,
        allowed: Sequence[str] = (),
        threads: int = 2,
        timeout_seconds: float = 30,
    ) -> None:
        self._default = default
        self._allowed = frozenset(allowed) | {default.model_id}
        self._threads = threads
        self._timeout_seconds = timeout_seconds
        self._open: dict[str, ModelEmbedder] = {default.model_id: default}
        self._opening = asyncio.Lock()

    @property
    def default(self) -> ModelEmbedder:
        """The server's own model."""
        return self._default

    @property
    def are_one(self) -> bool:
        """Whether every knowledge base has the server's own model."""
        return len(self._allowed) == 1

    async def of(self, model_id: str) -> ModelEmbedder:
        """The model of that name. Raises: ModelNotAllowed, EmbeddingsUnavailable."""
        held = self._open.get(model_id)
        if held is not None:
            return held
        if model_id not in self._allowed:
            raise ModelNotAllowed(
                f"embedding_model: {model_id!r} is not among this server's models "
                f"({', '.join(sorted(self._allowed))}); its owner allows more with "
                "FRONTDESK_EMBEDDING_MODELS"
            )
        async with self._opening:
            if model_id not in self._open:
                self._open[model_id] = await asyncio.to_thread(
                    open_embeddings,
                    model_id,
                    threads=self._threads,
                    timeout_seconds=self._timeout_seconds,
                )
        return self._open[model_id]

    async def aclose(self) -> None:
        """Let go of all of them."""
        for embedder in self._open.values():
            await embedder.aclose()

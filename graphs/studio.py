"""The graph for LangGraph Studio: one tenant over the same Postgres, by `langgraph dev`.

    FRONTDESK_STUDIO_TENANT=<tenant_id> langgraph dev --no-browser --no-reload

A developer's tool: turns run here have no transcript and nobody's lease. Nothing is opened on
import; the first who needs the database opens it. What Studio's context lacks comes from the
tenant's first assistant. The tenant is the bound one, whatever the context says.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from langgraph.checkpoint.base import BaseCheckpointSaver

from graphs.asking.models import Models
from graphs.asking.providers import Access
from graphs.context import TurnContext
from graphs.embedding.embeddings import ModelEmbedder, open_embeddings
from graphs.keeping.checkpoints import PostgresSavers
from graphs.knowing.desk_port import PostgresDesk
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.ports import HandoffResolution, KnowledgeVersion, Passage
from graphs.support import Graph, build_graph
from settings import Settings
from tenants import tenants
from tenants.configuring import assistants
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.database.postgres import EmbeddedPostgres
from tenants.errors import Invalid, NotFound
from tenants.finding.embedding_models import OnlyModel
from tenants.keys.keyring import Keyring
from tenants.keys.master_keys import LocalMasterKeys
from tenants.keys.secrets import master_key


@dataclass(frozen=True, slots=True)
class _Opened:
    pool: Pool
    embedder: ModelEmbedder
    knowledge: PostgresKnowledge
    desk: PostgresDesk


class Studio:
    """The ports of the graph over a house that is opened when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._opened: _Opened | None = None

    @property
    def tenant_id(self) -> UUID:
        """The one tenant that Studio may see. Raises: Invalid where none is set."""
        if self._settings.studio_tenant is None:
            raise Invalid("set FRONTDESK_STUDIO_TENANT to the tenant that Studio may see")
        return self._settings.studio_tenant

    async def opened(self) -> _Opened:
        """Pool, embedder and ports, opened once."""
        async with self._opening:
            if self._opened is None:
                self._opened = await self._open()
            return self._opened

    async def close(self) -> None:
        """Let go of everything that was opened."""
        await self._stack.aclose()
        self._opened = None

    async def fill(self, context: TurnContext | None) -> TurnContext:
        """The context as it came, completed from the tenant's first assistant."""
        given = context or TurnContext()
        if given.knowledge:
            return replace(given, tenant_id=str(self.tenant_id))
        house = await self.opened()
        async with tenant_transaction(house.pool, self.tenant_id) as conn:
            tenant = await tenants.get(conn)
            [assistant, *_] = await assistants.list_page(conn, limit=1) or [None]
        if assistant is None:
            return replace(given, tenant_id=str(self.tenant_id), brand=tenant.name)
        settings = assistant.settings
        return replace(
            given,
            tenant_id=str(self.tenant_id),
            assistant_id=str(assistant.assistant_id),
            brand=given.brand or tenant.name,
            locale=given.locale or settings.language or "",
            knowledge=tuple((str(i), -1) for i in settings.knowledge_base_ids),
            model=given.model or settings.model or "",
            fallback_models=given.fallback_models or tuple(settings.fallback_models),
            small_model=given.small_model or settings.small_model or "",
            persona=given.persona or settings.persona.model_dump(),
            thresholds=given.thresholds or settings.thresholds.model_dump(),
            handoff=given.handoff or settings.handoff.model_dump(mode="json"),
            answering=given.answering or settings.answering.model_dump(mode="json"),
            curated=given.curated or settings.curated.model_dump(),
        )

    async def search(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        *,
        limit: int,
        before: str = "",
    ) -> list[Passage]:
        """As the house's knowledge, of the bound tenant."""
        house = await self.opened()
        return await house.knowledge.search(
            self.tenant_id, versions, query, limit=limit, before=before
        )

    async def nearness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """As the house's knowledge, of the bound tenant."""
        house = await self.opened()
        return await house.knowledge.nearness(self.tenant_id, versions, query, texts)

    async def likeness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """As the house's knowledge, of the bound tenant."""
        house = await self.opened()
        return await house.knowledge.likeness(self.tenant_id, versions, query, texts)

    async def asked_alike(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        pairs: Sequence[Passage],
    ) -> list[float]:
        """As the house's knowledge, of the bound tenant."""
        house = await self.opened()
        return await house.knowledge.asked_alike(self.tenant_id, versions, query, pairs)

    async def read(self, tenant_id: UUID, passage_ids: Sequence[str]) -> list[Passage]:
        """As the house's knowledge, of the bound tenant."""
        return await (await self.opened()).knowledge.read(self.tenant_id, passage_ids)

    async def pieces(self, tenant_id: UUID, passage: Passage) -> list[Passage]:
        """As the house's knowledge, of the bound tenant."""
        return await (await self.opened()).knowledge.pieces(self.tenant_id, passage)

    async def resolution(self, tenant_id: UUID, handoff_id: UUID) -> HandoffResolution:
        """As the house's desk; Studio's own handoffs have no row and end without a word."""
        try:
            return await (await self.opened()).desk.resolution(self.tenant_id, handoff_id)
        except NotFound:
            return HandoffResolution(str(handoff_id))

    async def learn(
        self, tenant_id: UUID, handoff_id: UUID, question: str, answer: str
    ) -> dict[str, Any]:
        """As the house's desk."""
        desk = (await self.opened()).desk
        return await desk.learn(self.tenant_id, handoff_id, question, answer)

    async def _open(self) -> _Opened:
        database_url = await self._database_url()
        master = await asyncio.to_thread(self._master_key)
        pool = make_pool(
            database_url,
            min_size=1,
            max_size=4,
            timeout_seconds=10,
            keys=Keyring(LocalMasterKeys(master)),
        )
        await self._stack.enter_async_context(pool)
        embedder = await asyncio.to_thread(open_embeddings, self._settings.embeddings)
        self._stack.push_async_callback(asyncio.to_thread, embedder.close)
        return _Opened(
            pool,
            embedder,
            PostgresKnowledge(pool, OnlyModel(embedder)),
            PostgresDesk(pool, OnlyModel(embedder)),
        )

    def _master_key(self) -> bytes:
        given = self._settings.master_key
        self._settings.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        return master_key(self._settings.data, given.get_secret_value() if given else None)

    async def _database_url(self) -> str:
        """The given database, or the embedded one of the data folder, shared with a server."""
        given = self._settings.database_url
        if given is not None:
            return given.get_secret_value()
        postgres = EmbeddedPostgres(self._settings.data)
        await asyncio.to_thread(postgres.open)
        self._stack.push_async_callback(asyncio.to_thread, postgres.close)
        return postgres.urls.app


def _models(settings: Settings) -> Models:
    return Models(
        default=settings.model,
        small=settings.small_model,
        fallbacks=settings.fallbacks,
        timeout_seconds=settings.model_timeout_seconds,
        idle_seconds=settings.model_idle_seconds,
        max_tokens=settings.model_max_tokens,
        access=Access(settings.provider_keys, settings.provider_addresses, settings.endpoints),
    )


def make_graph(studio: Studio, models: Models) -> Graph:
    """The graph over Studio's house, without a checkpointer."""
    return build_graph(knowledge=studio, desk=studio, models=models, fill=studio.fill)


_settings = Settings()
_studio = Studio(_settings)
graph = make_graph(_studio, _models(_settings))


@asynccontextmanager
async def saver() -> AsyncGenerator[BaseCheckpointSaver[Any]]:
    """The checkpointer of `langgraph dev`: our tables, the bound tenant."""
    house = await _studio.opened()
    try:
        yield PostgresSavers(house.pool).lasting_saver(_studio.tenant_id)
    finally:
        await _studio.close()

"""The machine's `Words` port: common English, read once a process, and each tenant's vocabulary."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Sequence
from uuid import UUID

from graphs.ports import KnowledgeVersion
from graphs.words.common_words import NO_ENGLISH, common_english
from graphs.words.lexicon import Lexicon
from graphs.words.spelling import Speller
from tenants.database.connection import Pool, tenant_transaction
from tenants.finding import vocabulary

MAX_KEPT = 32  # vocabularies, the least recently used goes first

_Key = tuple[UUID, tuple[KnowledgeVersion, ...]]


class PostgresWords:
    """`graphs.ports.Words` for every tenant of one process."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: OrderedDict[_Key, Lexicon] = OrderedDict()

    async def get_ready(self) -> None:
        """Read common English now, so that no contact waits for it; the process keeps it."""
        await common_english()

    async def speller(
        self, tenant_id: UUID, versions: Sequence[KnowledgeVersion], language: str
    ) -> Speller:
        """What mends words in this language against this tenant's knowledge."""
        english = await common_english() if language == "en" else NO_ENGLISH
        return Speller(english, await self._own(tenant_id, tuple(versions)))

    async def _own(self, tenant_id: UUID, versions: tuple[KnowledgeVersion, ...]) -> Lexicon:
        key = (tenant_id, versions)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        counts: Counter[str] = Counter()
        async with tenant_transaction(self._pool, tenant_id) as conn:
            for base in versions:
                counts.update(await vocabulary.words(conn, base.knowledge_base_id, base.version))
        own = await asyncio.to_thread(Lexicon, dict(counts.most_common(vocabulary.MAX_WORDS)))
        if all(base.version is not None for base in versions):  # the live one may change
            self._kept[key] = own
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return own

"""An import of more passages than one round of statements takes is written whole."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tenants.database.connection import Pool, tenant_transaction
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import NewDocument
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import DIMENSION, WordEmbedder, find, make_base, put

PASSAGES = 4_010


class OneVector(WordEmbedder):
    """The same vector for everything: what is found is found by its words."""

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.full((len(texts), DIMENSION), DIMENSION**-0.5, np.float32)


async def test_passages_of_every_round_are_found(pool: Pool, neighbour: Seeded) -> None:
    seeded = await seed_tenant(pool)
    home = seeded.tenant_id, await make_base(pool, seeded.tenant_id)
    said = [f"lamp l{n}x costs {n} euros" for n in range(PASSAGES)]
    [stored] = await put(pool, *home, NewDocument("chunks", "P", chunks=said), embedder=OneVector())
    assert stored.n_chunks == PASSAGES
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert (await knowledge_bases.get(conn, home[1])).n_chunks == PASSAGES
    for n in (0, 3_999, 4_000, PASSAGES - 1):
        found = await find(pool, *home, f"l{n}x", limit=1)
        assert found[0]["text"] == said[n]
    assert await find(pool, neighbour.tenant_id, home[1], "l1x") == []

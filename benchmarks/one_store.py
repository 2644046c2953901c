"""One of the other stores, filled and asked in a process of its own: see `other_stores.py`.

Called with the store's name and a folder of `vectors.npy`, `texts.json`, `queries.npy` and
`asked.npy` (each query's tenant); needs numpy and that store alone. Prints one line of JSON.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PASSAGES = 1_000  # of each tenant
TOP = 10
Vectors = NDArray[np.float32]
Put = Callable[[int, Vectors, Sequence[str]], None]
Ask = Callable[[int, Vectors], list[int]]
PACKAGES = {"chroma": "chromadb", "lancedb": "lancedb", "qdrant": "qdrant_client"}


def chroma(folder: Path) -> tuple[Put, Ask]:
    """One collection a tenant, an HNSW each."""
    library: Any = import_module("chromadb")
    settings: Any = import_module("chromadb.config").Settings(anonymized_telemetry=False)
    client = library.PersistentClient(str(folder), settings=settings)
    collections: dict[int, Any] = {}

    def put(tenant: int, vectors: Vectors, texts: Sequence[str]) -> None:
        made = client.create_collection(
            f"tenant{tenant}", embedding_function=None, metadata={"hnsw:space": "cosine"}
        )
        made.add(ids=[str(n) for n in range(len(texts))], embeddings=vectors, documents=list(texts))
        collections[tenant] = made

    def ask(tenant: int, vector: Vectors) -> list[int]:
        found = collections[tenant].query(
            query_embeddings=[vector], n_results=TOP, include=["documents"]
        )
        return [int(name) for name in found["ids"][0]]

    return put, ask


def lancedb(folder: Path) -> tuple[Put, Ask]:
    """One table a tenant, no index: the scan is exact."""
    library: Any = import_module("lancedb")
    arrow: Any = import_module("pyarrow")
    database = library.connect(str(folder))
    tables: dict[int, Any] = {}

    def put(tenant: int, vectors: Vectors, texts: Sequence[str]) -> None:
        flat = arrow.array(np.ascontiguousarray(vectors).reshape(-1))
        columns = {
            "number": list(range(len(texts))),
            "body": list(texts),
            "vector": arrow.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
        }
        tables[tenant] = database.create_table(f"tenant{tenant}", arrow.table(columns))

    def ask(tenant: int, vector: Vectors) -> list[int]:
        rows = tables[tenant].search(vector).distance_type("cosine").limit(TOP).to_list()
        return [int(row["number"]) for row in rows]

    return put, ask


def qdrant(folder: Path) -> tuple[Put, Ask]:
    """One collection a tenant, by its local mode: numpy in this process."""
    library: Any = import_module("qdrant_client")
    models = library.models
    client = library.QdrantClient(path=str(folder))

    def put(tenant: int, vectors: Vectors, texts: Sequence[str]) -> None:
        shape = models.VectorParams(size=vectors.shape[1], distance=models.Distance.COSINE)
        client.create_collection(f"tenant{tenant}", vectors_config=shape)
        points = [
            models.PointStruct(id=n, vector=vector.tolist(), payload={"body": text})
            for n, (vector, text) in enumerate(zip(vectors, texts, strict=True))
        ]
        client.upsert(f"tenant{tenant}", points)

    def ask(tenant: int, vector: Vectors) -> list[int]:
        found = client.query_points(
            f"tenant{tenant}", query=vector.tolist(), limit=TOP, with_payload=True
        )
        return [int(point.id) for point in found.points]

    return put, ask


STORES = {"chroma": chroma, "lancedb": lancedb, "qdrant": qdrant}


def main(name: str, given: Path) -> None:
    """Fill, ask, print."""
    vectors: Vectors = np.load(given / "vectors.npy")
    texts: list[str] = json.loads((given / "texts.json").read_text("utf8"))
    queries: Vectors = np.load(given / "queries.npy")
    asked: list[int] = np.load(given / "asked.npy").tolist()
    folder = given / name
    folder.mkdir()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    put, ask = STORES[name](folder)
    began = time.perf_counter()
    for tenant in range(len(texts) // PASSAGES):
        part = slice(tenant * PASSAGES, (tenant + 1) * PASSAGES)
        put(tenant, vectors[part], texts[part])
    filled = time.perf_counter() - began
    for tenant, vector in zip(asked[:20], queries[:20], strict=True):
        ask(tenant, vector)
    seconds: list[float] = []
    found: list[list[int]] = []
    for tenant, vector in zip(asked, queries, strict=True):
        began = time.perf_counter()
        found.append(ask(tenant, vector))
        seconds.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "fill_seconds": filled,
                "seconds": seconds,
                "found": found,
                "memory_mb": (peak - before) / 1024,
                "disk_bytes": sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

"""From which likeness on two entries are pointed out: `python -m evals.duplicates [--data FOLDER]`.

The pairs are of one company each, so most say two things. `evals/data/duplicates.jsonl` holds 60 of
them, ten of each band of cosine from 0.8 up, judged by hand: does the second say what the first
says already, or contradict it? Printed for several thresholds beside the product's own: how many of
all pairs are pointed out, and how many of those judged to be the same, or not, are among them.
"""

import argparse
import asyncio
import gzip
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphs.embedding.embeddings import open_embeddings
from tenants.knowledge import duplicates

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
LABELS = Path(__file__).resolve().parent / "data" / "duplicates.jsonl"
COSINES = (0.80, 0.85, 0.88, 0.90, duplicates.NEAR_COSINE, 0.94, 0.96)
OVERLAPS = (0.0, duplicates.NEAR_OVERLAP, 0.5)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries of one company; `same` is None where nobody judged them."""

    cosine: float
    overlap: float
    same: bool | None


def pairs_of(
    texts: list[str],
    companies: list[str],
    vectors: NDArray[np.float32],
    judged: dict[frozenset[int], bool],
) -> list[Pair]:
    """Every pair of entries of one company that is alike at all."""
    members: dict[str, list[int]] = defaultdict(list)
    for place, company in enumerate(companies):
        members[company].append(place)
    found: list[Pair] = []
    for places in members.values():
        cosines = vectors[places] @ vectors[places].T
        for row, one in enumerate(places):
            for column in range(row):
                other = places[column]
                cosine = float(cosines[row, column])
                same = judged.get(frozenset((one, other)))
                if cosine >= COSINES[0] or same is not None:
                    overlap = duplicates.overlap(texts[one], texts[other])
                    found.append(Pair(cosine, overlap, same))
    return found


def table(pairs: list[Pair]) -> list[str]:
    """Lines of a Markdown table; the product's own thresholds bear a star."""
    same = sum(pair.same is True for pair in pairs)
    other = sum(pair.same is False for pair in pairs)
    lines = [
        f"| cosine | words | pairs | of {same} judged the same | of {other} judged two things |",
        "| --- | --- | --- | --- | --- |",
    ]
    for cosine in COSINES:
        for overlap in OVERLAPS:
            told = [p for p in pairs if p.cosine >= cosine and p.overlap >= overlap]
            own = (cosine, overlap) == (duplicates.NEAR_COSINE, duplicates.NEAR_OVERLAP)
            lines.append(
                f"| {cosine:.2f}{'*' if own else ''} | {overlap:.2f} | {len(told)} "
                f"| {sum(p.same is True for p in told)} | {sum(p.same is False for p in told)} |"
            )
    return lines


async def _main(folder: Path) -> None:
    file = folder / "dstc-faq" / "corpus.jsonl.gz"
    if not file.is_file():
        print(f"dstc-faq is absent from {folder}")
        return
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    place = {row["id"]: n for n, row in enumerate(rows)}
    judged = {
        frozenset((place[label["one"]], place[label["other"]])): bool(label["same"])
        for label in map(json.loads, LABELS.read_text(encoding="utf-8").splitlines())
        if label["one"] in place and label["other"] in place
    }
    texts = [f"{row['title']}\n{row['text']}" for row in rows]
    embedder = open_embeddings("local:minilm", threads=2)
    told = [f"{row['entity']}\n{text}" for row, text in zip(rows, texts, strict=True)]
    vectors = await embedder.embed_documents(told)
    embedder.close()
    pairs = pairs_of(texts, [row["tenant"] for row in rows], np.asarray(vectors), judged)
    print("\n".join(table(pairs)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    asyncio.run(_main(parser.parse_args().data))

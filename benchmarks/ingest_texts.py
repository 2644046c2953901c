"""Texts for the ingest benchmark: real passages of 150 tokens, and the FAQ of 668 real places."""

import gzip
import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from graphs.embedding.embeddings import local_weights

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
TOKENS = 150
_SETS = ("mtrag", "tau-banking")


def passages(data: Path, count: int) -> list[str]:
    """Running text cut into pieces of 150 tokens of the local model, no two alike."""
    tokenizer = Tokenizer.from_file(str(local_weights() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    pieces: list[str] = []
    for name in _SETS:
        for row in read(data / name / "corpus.jsonl.gz"):
            text = " ".join(row["text"].split())
            offsets = tokenizer.encode(text, add_special_tokens=False).offsets
            for start in range(0, len(offsets) - TOKENS, TOKENS):
                pieces.append(text[offsets[start][0] : offsets[start + TOKENS - 1][1]])
    distinct = list(dict.fromkeys(pieces))[:count]
    if len(distinct) < count:
        raise SystemExit(f"{data} holds {len(distinct)} passages of {TOKENS} tokens, not {count}")
    return distinct


def entries(data: Path) -> list[dict[str, str]]:
    """Question, answer and id of every entry of the FAQ."""
    return [
        {"external_id": row["id"], "question": row["title"], "answer": row["text"]}
        for row in read(data / "dstc-faq" / "corpus.jsonl.gz")
    ]


def read(path: Path) -> list[dict[str, Any]]:
    """Every row of a packed JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf8") as lines:
        return [json.loads(line) for line in lines]

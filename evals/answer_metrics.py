"""How much of the expected answer was said; the definitions are those of the data's `score.py`."""

import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_HAN = re.compile("[\u4e00-\u9fff]")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normal(text: str) -> str:
    """The text without case, punctuation and English articles (SQuAD's normal form)."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def holds(said: str, answers: Sequence[str]) -> bool:
    """Whether what was said holds one of the expected answers, word for word."""
    whole = f" {normal(said)} "
    for answer in answers:
        wanted = normal(answer)
        if not wanted:
            continue
        if wanted in whole if _HAN.search(wanted) else f" {wanted} " in whole:
            return True
    return False


def overlap(gold: Sequence[Row], predictions: Mapping[str, Row]) -> dict[str, Any]:
    """Exact match and F1 over words (characters for Chinese), best over the expected answers."""
    rows = [r for r in gold if r.get("answerable") and r["gold"] and r.get("answers")]
    if not rows:
        return {}
    said = [str(predictions.get(row["id"], {}).get("answer") or "") for row in rows]
    exact = [
        max(normal(text) == normal(a) for a in row["answers"])
        for text, row in zip(said, rows, strict=True)
    ]
    f1 = [max(_f1(text, a) for a in row["answers"]) for text, row in zip(said, rows, strict=True)]
    return {"em": sum(exact) / len(rows), "answer_f1": sum(f1) / len(rows)}


def _f1(first: str, second: str) -> float:
    one, other = _pieces(first), _pieces(second)
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / max(len(one) + len(other), 1)


def _pieces(text: str) -> list[str]:
    return list(text.replace(" ", "")) if _HAN.search(text) else normal(text).split()

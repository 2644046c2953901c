"""Documents become drafts of passages, by their kind."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from tenants.cutting.drafts import Draft
from tenants.cutting.json_passages import json_passages
from tenants.cutting.sentences import split_text
from tenants.cutting.table_passages import row_passages
from tenants.cutting.text_passages import text_passages
from tenants.errors import Invalid, TooLarge

MAX_JSON_DEPTH = 100
MAX_PASSAGES = 100_000


def chunk_text(text: str, title: str) -> list[Draft]:
    """Passages of plain text or Markdown. Raises: Invalid, TooLarge."""
    return _checked(text_passages(_clean(text), title))


def chunk_file(
    text: str,
    title: str,
    *,
    kind: Literal["file", "url"] = "file",
    pages: Sequence[int] = (),
) -> list[Draft]:
    """Passages of a file's or a page's text; `meta.page` says on which page of a PDF each begins.

    `pages` are the offsets where the pages start. Raises: Invalid, TooLarge.
    """
    drafts = text_passages(_clean(text), title, kind=kind)
    if pages:
        for draft in drafts:
            draft.meta["page"] = max(bisect_right(pages, draft.meta["start"]), 1)
    return _checked(drafts)


def chunk_rows(
    rows: Sequence[Mapping[str, str]], title: str, *, kind: Literal["file", "url"] = "file"
) -> list[Draft]:
    """One passage a row, told as `column: value`; large cells are cut. Raises: Invalid, TooLarge."""
    drafts = [
        draft
        for number, row in enumerate(rows)
        for draft in row_passages(
            {_clean(column): _clean(value) for column, value in row.items()},
            title,
            kind=kind,
            path=f"rows[{number}]",
            meta={"row": number + 1},
        )
    ]
    return _checked(drafts)


def chunk_json(data: Any, title: str) -> list[Draft]:
    """Passages of any JSON value. Raises: Invalid, TooLarge."""
    if _deeper_than(data, MAX_JSON_DEPTH):
        raise TooLarge(f"data: nested deeper than {MAX_JSON_DEPTH} levels")
    return _checked(json_passages(clean_json(data), title))


def chunk_qa(question: str, answer: str, title: str) -> list[Draft]:
    """One passage of a question and its answer; several where the answer is long."""
    asked, said = _clean(question).strip(), _clean(answer).strip()
    pieces = [piece.strip() for piece in split_text(said)]
    return _checked([Draft("qa", title, piece, question=asked) for piece in pieces])


def chunk_ready_made(chunks: Sequence[Any], title: str) -> list[Draft]:
    """Passages as the caller cut them: texts, or objects with `text` and what else they know."""
    drafts: list[Draft] = []
    for index, chunk in enumerate(chunks):
        fields: dict[str, Any] = {"text": chunk} if isinstance(chunk, str) else chunk
        text = fields.get("text") if isinstance(chunk, dict | str) else None
        if not isinstance(text, str) or not text.strip():
            raise Invalid(f"chunks[{index}]: a text, or an object with a `text` that is not empty")
        question = fields.get("question")
        meta = fields.get("meta")
        drafts.append(
            Draft(
                "qa" if isinstance(question, str) and question.strip() else "chunk",
                _clean(str(fields.get("title") or title)),
                _clean(text).strip(),
                question=_clean(question).strip() if isinstance(question, str) else None,
                path=_clean(str(fields.get("path") or f"chunks[{index}]")),
                meta=clean_json(meta) if isinstance(meta, dict) else {},
            )
        )
    return _checked(drafts)


def _checked(drafts: list[Draft]) -> list[Draft]:
    kept = [draft for draft in drafts if draft.body or draft.question]
    if not kept:
        raise Invalid("the document is empty")
    if len(kept) > MAX_PASSAGES:
        raise TooLarge(f"the document makes {len(kept)} passages; at most {MAX_PASSAGES}")
    return kept


def _clean(text: str) -> str:
    """The text as Postgres can hold it: no NUL, no half of a surrogate pair."""
    if text.isascii():
        return text.replace("\x00", " ")
    return text.replace("\x00", " ").encode("utf-8", "replace").decode()


def clean_json(value: Any) -> Any:
    """The same for every text of a JSON value, keys included."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [clean_json(member) for member in value]
    if isinstance(value, dict):
        return {_clean(str(key)): clean_json(member) for key, member in value.items()}
    return value


def _deeper_than(value: Any, depth: int) -> bool:
    """Without recursion: what is too deep must not be walked to find out."""
    level = [value]
    for _ in range(depth + 1):
        below: list[Any] = []
        for member in level:
            if isinstance(member, dict):
                below.extend(m for m in member.values() if isinstance(m, dict | list))
            elif isinstance(member, list):
                below.extend(m for m in member if isinstance(m, dict | list))
        if not below:
            return False
        level = below
    return True

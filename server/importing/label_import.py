"""Many examples of intent labels at once: JSON, a CSV with the columns `label` and `text`, JSON lines."""

import asyncio
import csv
import io
import json
from typing import Any

from fastapi import Request

from server.admitting.bodies import checked, json_body, json_schema, media_type
from server.admitting.intake import parse_json
from server.errors import MalformedBody
from server.shapes.label_schemas import LabelledExamples

CSV = "text/csv"
LINES = ("application/x-ndjson", "application/jsonl", "application/jsonlines")
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": json_schema(LabelledExamples)},
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in (CSV, *LINES)},
        },
    }
}


async def read_examples(request: Request) -> LabelledExamples:
    """The examples of a body in one of the kinds.

    Raises: UnsupportedMediaType, MalformedBody, TooLarge, RequestValidationError.
    """
    kind = media_type(request)
    if kind == CSV:
        rows = await asyncio.to_thread(_csv_rows, await _text(request))
    elif kind in LINES:
        depth = request.app.state.settings.max_json_depth
        rows = await asyncio.to_thread(_json_rows, await _text(request), depth)
    else:
        return await json_body(request, LabelledExamples)
    return checked({"examples": rows}, LabelledExamples)


async def _text(request: Request) -> str:
    try:
        text = (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8 at byte {error.start}") from None
    if "\x00" in text:
        raise MalformedBody("the body holds a NUL character, which cannot be stored")
    return text


def _csv_rows(text: str) -> list[dict[str, Any]]:
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise MalformedBody(f"the body is not CSV: {error}") from None
    return [{"label": row.get("label"), "text": row.get("text")} for row in rows]


def _json_rows(text: str, max_depth: int) -> list[Any]:
    rows: list[Any] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(parse_json(line, max_depth=max_depth))
        except json.JSONDecodeError as error:
            raise MalformedBody(f"line {number} is not JSON: {error.msg}") from None
    return rows

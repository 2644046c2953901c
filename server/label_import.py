"""Many examples of intent labels at once: JSON, a CSV with the columns `label` and `text`, JSON lines."""

import csv
import io
import json
from typing import Any

from fastapi import Request

from server.bodies import checked, media_type, parsed_json
from server.errors import MalformedBody
from server.label_schemas import LabelledExamples

CSV = "text/csv"
LINES = ("application/x-ndjson", "application/jsonl", "application/jsonlines")
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": LabelledExamples.model_json_schema(ref_template="#/$defs/{model}")
            },
            **{kind: {"schema": {"type": "string"}} for kind in (CSV, *LINES)},
        },
    }
}


async def read_examples(request: Request) -> LabelledExamples:
    """The examples of a body in one of the kinds. Raises: MalformedBody, RequestValidationError."""
    kind = media_type(request)
    if kind == CSV:
        rows = _csv_rows(await _text(request))
    elif kind in LINES:
        rows = _json_rows(await _text(request))
    else:
        return checked(await parsed_json(request), LabelledExamples)
    return checked({"examples": rows}, LabelledExamples)


async def _text(request: Request) -> str:
    try:
        return (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8 at byte {error.start}") from None


def _csv_rows(text: str) -> list[dict[str, Any]]:
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise MalformedBody(f"the body is not CSV: {error}") from None
    return [{"label": row.get("label"), "text": row.get("text")} for row in rows]


def _json_rows(text: str) -> list[Any]:
    rows: list[Any] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise MalformedBody(f"line {number} is not JSON: {error.msg}") from None
    return rows

"""Bulk imports: many entries at once, looked at before they are taken."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from server.access.auth import KnowledgeDep
from server.admitting.bodies import (
    MAX_FIELD_BYTES,
    body_schema,
    checked,
    is_form,
    media_type,
    parsed_json,
    read_form,
)
from server.admitting.intake import KnowledgeRoute
from server.errors import MalformedBody, UnsupportedMediaType
from server.importing import import_job
from server.importing.knowledge_access import base_in_use
from server.resources import ResourcesDep
from server.shapes.import_schemas import ImportBody, ImportOptions, ImportPreview
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.errors import Invalid
from tenants.knowledge.import_plan import Plan, plan_import
from tenants.working.uploads import NewUpload

router = APIRouter(prefix="/v1/knowledge-bases", tags=["imports"], route_class=KnowledgeRoute)

SHOWN_ENTRIES = 5
SHOWN_PROBLEMS = 100
_RAW = {
    "text/csv": "import.csv",
    "text/tab-separated-values": "import.tsv",
    "application/x-ndjson": "import.jsonl",
    "application/jsonl": "import.jsonl",
    "application/jsonlines": "import.jsonl",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "import.xlsx",
    "application/zip": "import.zip",
}
_FIELDS = {
    "mapping": {"type": "string", "description": "JSON: column → field or null."},
    "source": {"type": "string"},
    "delete_missing": {"type": "boolean"},
    "stage": {"type": "boolean"},
}
_BODY = body_schema(ImportBody, fields=_FIELDS, raw=tuple(_RAW))


class JobStarted(BaseModel):
    job_id: UUID


class _Asked(BaseModel):
    """The options as the address gives them, for bodies that are files."""

    mapping: str | None = Field(default=None, max_length=MAX_FIELD_BYTES)
    source: str | None = Field(default=None, max_length=200)
    delete_missing: bool = False
    stage: bool | None = None


@router.post(
    "/{knowledge_base_id}/imports",
    operation_id="start_import",
    status_code=202,
    openapi_extra=_BODY,
)
async def start_import(
    knowledge_base_id: Id,
    request: Request,
    caller: KnowledgeDep,
    held: ResourcesDep,
    asked: Annotated[_Asked, Query()],
) -> JobStarted:
    """Import CSV, XLSX, JSON, JSON lines or an export of ours, as one version; kept once answered."""
    await _check_base(held, caller, knowledge_base_id)
    file, options = await _read(request, asked)
    job_id = await import_job.start(
        held.jobs, caller.tenant_id, knowledge_base_id, file, options, actor=caller.actor
    )
    return JobStarted(job_id=job_id)


@router.post(
    "/{knowledge_base_id}/imports/preview", operation_id="preview_import", openapi_extra=_BODY
)
async def preview_import(
    knowledge_base_id: Id,
    request: Request,
    caller: KnowledgeDep,
    held: ResourcesDep,
    asked: Annotated[_Asked, Query()],
) -> ImportPreview:
    """What an import would do: format, columns, mapping, the first entries, problems. Keeps nothing."""
    await _check_base(held, caller, knowledge_base_id)
    file, options = await _read(request, asked)
    plan = await plan_import(file.content, file.name, file.media_type, mapping=options.mapping)
    return ImportPreview(**_shown(plan))


async def _check_base(held: ResourcesDep, caller: KnowledgeDep, knowledge_base_id: Id) -> None:
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await base_in_use(conn, knowledge_base_id)


async def _read(request: Request, asked: _Asked) -> tuple[NewUpload, ImportOptions]:
    """The file and the options of a request in any of its three forms. Raises: Invalid."""
    if is_form(request):
        form = await read_form(request, max_files=1)
        return form.files[0], _options(asked.model_dump(exclude_unset=True) | form.fields)
    kind = media_type(request)
    if kind in _RAW:
        content = await request.body()
        if not content:
            raise Invalid("the body is empty")
        file = NewUpload(_RAW[kind], kind, content)
        return file, _options(asked.model_dump(exclude_unset=True))
    if kind != "application/json":
        raise UnsupportedMediaType(
            f"send a form with a file, JSON, or a file as it is ({', '.join(sorted(_RAW))})"
        )
    value = await parsed_json(request)
    file = NewUpload("import.json", kind, await request.body())
    if isinstance(value, dict) and "documents" in value:
        given: dict[str, Any] = asked.model_dump(exclude_unset=True)
        if "mapping" in given:
            given["mapping"] = _json(given["mapping"])
        return file, _consistent(checked(given | value, ImportBody))
    return file, _options(asked.model_dump(exclude_unset=True))


def _options(given: dict[str, Any]) -> ImportOptions:
    read = dict(given)
    if "mapping" in read:
        read["mapping"] = _json(read["mapping"])
    return _consistent(checked(read, ImportOptions))


def _json(told: Any) -> Any:
    try:
        return json.loads(told) if isinstance(told, str) else told
    except (ValueError, RecursionError):
        raise MalformedBody('mapping: JSON such as {"Frage": "question"}') from None


def _consistent(options: ImportOptions) -> ImportOptions:
    if options.delete_missing and options.source is None:
        raise Invalid("delete_missing: goes with `source`, which says what could be missing")
    return options


def _shown(plan: Plan) -> dict[str, Any]:
    forms: dict[str, int] = {}
    for _, entry in plan.entries:
        form = next(name for name in ("question", "data", "chunks", "text") if name in entry)
        forms[form] = forms.get(form, 0) + 1
    counts = {"entries": len(plan.entries), "problems": len(plan.problems)}
    return {
        "format": plan.format,
        "columns": sorted([*plan.columns.fields, *plan.columns.left]),
        "mapping": dict(plan.columns.fields),
        "unmapped": list(plan.columns.left),
        "entries": [entry | {"where": where} for where, entry in plan.entries[:SHOWN_ENTRIES]],
        "counts": counts | {"empty_rows": plan.empty_rows} | forms,
        "problems": [problem.public() for problem in plan.problems[:SHOWN_PROBLEMS]],
        "warnings": plan.warnings,
    }

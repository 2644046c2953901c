"""Bodies of routes that take more than one media type: JSON checked against a model, or a form.

FastAPI binds a route to one kind of body; these routes take the request and ask here, so that
refusals read the same.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from server.errors import MalformedBody, UnsupportedMediaType
from tenants.errors import Invalid, TooLarge
from tenants.working.uploads import NewUpload

MAX_FILES = 100  # of one request
MAX_FIELDS = 40
MAX_FIELD_BYTES = 100_000
MAX_NAME_CHARS = 300
FILE_FIELD = "file"

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was sent: its files in order, and its other fields."""

    files: list[NewUpload] = field(default_factory=list[NewUpload])
    fields: dict[str, str] = field(default_factory=dict[str, str])


def media_type(request: Request) -> str:
    """The body's media type in lower case, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_form(request: Request) -> bool:
    """Whether the body is a form with files."""
    return media_type(request) == "multipart/form-data"


async def json_body(request: Request, model: type[Model]) -> Model:
    """The JSON body as its model. Raises: UnsupportedMediaType, MalformedBody, RequestValidationError."""
    kind = media_type(request)
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType(
            "send JSON with `content-type: application/json`, or files as multipart/form-data"
        )
    return checked(await parsed_json(request), model)


async def parsed_json(request: Request) -> Any:
    """The JSON value of the body. Raises: MalformedBody, TooLarge."""
    try:
        return await request.json()
    except json.JSONDecodeError as error:
        raise MalformedBody(f"the body is not JSON: {error.msg} at character {error.pos}") from None


def checked(value: Any, model: type[Model]) -> Model:
    """A value as its model. Raises: RequestValidationError, which the server explains."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = [e | {"loc": ("body", *e["loc"])} for e in error.errors(include_url=False)]
        raise RequestValidationError(found, body=value) from None


async def read_form(
    request: Request,
    *,
    max_files: int = MAX_FILES,
    file_fields: Sequence[str] = (FILE_FIELD,),
    needs_file: bool = True,
    spares_others: bool = False,
) -> Form:
    """The files and fields of a form; the bytes were counted while they came. Raises: Invalid.

    With `spares_others` an empty file among several is the caller's to name; alone it is refused.
    """
    try:
        form = await request.form(
            max_files=max_files, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES
        )
    except HTTPException as error:
        if "Too many" in str(error.detail):
            raise TooLarge(
                f"a form holds at most {max_files} files and {MAX_FIELDS} fields"
            ) from None
        raise MalformedBody(f"the form cannot be read: {error.detail}") from None
    taken = Form()
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if name not in file_fields:
                    raise Invalid(f"{name}: files come in the field `{file_fields[0]}`")
                taken.files.append(await _upload(value))
            elif name in taken.fields:
                raise Invalid(f"{name}: given twice")
            else:
                taken.fields[name] = value
    finally:
        await form.close()
    if needs_file and not taken.files:
        raise Invalid(f"{FILE_FIELD}: the form holds no file")
    for file in taken.files:
        if not file.content and not (spares_others and len(taken.files) > 1):
            raise Invalid(f"{FILE_FIELD}: {file.name} is empty")
    return taken


async def _upload(file: UploadFile) -> NewUpload:
    content = await file.read()
    name = (file.filename or "file").replace("\x00", "")[-MAX_NAME_CHARS:]
    return NewUpload(name, (file.content_type or "")[:200], content)


def body_schema(
    model: type[BaseModel], *, fields: Mapping[str, Any], raw: tuple[str, ...] = ()
) -> dict[str, Any]:
    """`openapi_extra` of a route that takes JSON, or a form with files, or a file as it is."""
    form = {
        "type": "object",
        "required": [FILE_FIELD],
        "properties": {
            FILE_FIELD: {
                "type": "array",
                "maxItems": MAX_FILES,
                "items": {"type": "string", "format": "binary"},
            },
            **{name: _bounded(given) for name, given in fields.items()},
        },
    }
    content: dict[str, Any] = {
        "application/json": {"schema": json_schema(model)},
        "multipart/form-data": {"schema": form},
    }
    for kind in raw:
        content[kind] = {"schema": {"type": "string", "format": "binary"}}
    return {"requestBody": {"required": True, "content": content}}


def _bounded(field: dict[str, Any]) -> dict[str, Any]:
    return {"maxLength": MAX_FIELD_BYTES} | field if field["type"] == "string" else field


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema as it may stand anywhere in a document: what it refers to is written out.

    A discriminator keeps its property and loses its mapping, which can only point at named parts.
    """
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})

    def written_out(value: Any) -> Any:
        if isinstance(value, list):
            return [written_out(one) for one in value]
        if not isinstance(value, dict):
            return value
        place = value.get("$ref")
        if isinstance(place, str):
            return written_out(parts[place.rpartition("/")[2]] | _without(value, "$ref"))
        return {
            name: written_out(one)
            for name, one in value.items()
            if name != "mapping" or "propertyName" not in value
        }

    return written_out(schema)


def _without(value: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: one for key, one in value.items() if key != name}

"""The one table from an error's code to its status, and the problem objects a caller reads.

Source: RFC 9457. Every code has a paragraph in `docs/problems.md`, served under its `type`.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from server.admitting.explain import explain, is_unknown_id
from server.errors import (
    Internal,
    MalformedBody,
    MethodNotAllowed,
    UnsupportedMediaType,
)
from tenants.database.absences import DATABASE_AWAY, is_away
from tenants.errors import DeskError, Invalid, NotFound, TooLarge, Unavailable

log = structlog.get_logger()
DOCS = Path(__file__).resolve().parent.parent / "docs" / "problems.md"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    title: str


PROBLEMS: dict[str, Kind] = {
    "not_found": Kind(404, "There is no such thing here"),
    "conflict": Kind(409, "This contradicts what is there"),
    "slug_taken": Kind(409, "The slug is taken"),
    "last_owner": Kind(409, "The last owner stays one"),
    "handoff_taken": Kind(409, "Another operator was faster"),
    "handoff_closed": Kind(409, "The handoff is resolved already"),
    "interrupt_spent": Kind(409, "The interrupt is answered already"),
    "suggestion_decided": Kind(409, "The suggestion is decided already"),
    "idempotency_in_flight": Kind(409, "The first request of this key is still running"),
    "lease_lost": Kind(409, "Another process runs this turn now"),
    "nothing_staged": Kind(409, "Nothing is staged"),
    "source_not_moved": Kind(409, "The source says nothing newer"),
    "version_in_progress": Kind(409, "Another version is being written"),
    "checkpoint_pruned": Kind(409, "That state is kept no longer"),
    "turn_not_recorded": Kind(409, "The turn cannot be run again"),
    "invalid": Kind(422, "The request breaks a rule"),
    "idempotency_reused": Kind(422, "The key was used for another request"),
    "model_not_allowed": Kind(422, "This embedding model is not allowed here"),
    "model_changed": Kind(503, "The embedding model was changed meanwhile"),
    "embeddings_unavailable": Kind(503, "The embedding model does not answer"),
    "model_mismatch": Kind(422, "The knowledge bases do not fit together"),
    "unreadable_file": Kind(422, "The file cannot be read"),
    "too_large": Kind(413, "That is too much at once"),
    "address_refused": Kind(422, "The address may not be called"),
    "fetch_failed": Kind(502, "The address did not give what was asked for"),
    "argument_rejected": Kind(422, "The tool takes other arguments"),
    "tool_unavailable": Kind(503, "The tool does not answer"),
    "denied": Kind(403, "The caller lacks the right"),
    "tenant_suspended": Kind(403, "The tenant is suspended"),
    "origin_denied": Kind(403, "This page may not do that"),
    "unauthenticated": Kind(401, "Who is calling?"),
    "second_factor_needed": Kind(401, "A second factor is needed"),
    "second_factor_required": Kind(403, "Enrol a second factor first"),
    "rate_limited": Kind(429, "Too many requests"),
    "unavailable": Kind(503, "Not available at the moment"),
    "draining": Kind(503, "This process is stopping"),
    "busy": Kind(503, "Too much waits already"),
    "malformed_body": Kind(400, "The body cannot be read"),
    "unsupported_media_type": Kind(415, "The body's type is not supported"),
    "method_not_allowed": Kind(405, "The resource does not do that"),
    "turn_failed": Kind(500, "The turn failed"),
    "deadline": Kind(504, "The turn took too long"),
    "error": Kind(500, "Something went wrong"),
    "internal": Kind(500, "Something went wrong on our side"),
}


def problem(error: DeskError, *, instance: str = "") -> dict[str, Any]:
    """The problem object of an error, as every channel of ours shows it."""
    kind = PROBLEMS.get(error.code, PROBLEMS["internal"])
    shown: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": error.detail,
        "code": error.code,
    }
    if instance:
        shown["instance"] = instance
    for key, value in error.extra.items():
        shown.setdefault(key, value)
    return shown


def respond(
    error: DeskError, *, instance: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The error as a response, with `Retry-After` and `WWW-Authenticate` where they belong."""
    body = problem(error, instance=instance)
    extra = dict(headers or {})
    extra["x-content-type-options"] = "nosniff"
    if body["status"] in (429, 503):
        seconds = error.extra.get("retry_after_seconds", 1)
        extra["retry-after"] = str(max(1, math.ceil(seconds)))
    if body["status"] == 401:
        extra["www-authenticate"] = 'Bearer realm="frontdesk"'
    return JSONResponse(body, body["status"], headers=extra, media_type=MEDIA_TYPE)


def paragraph(code: str) -> str:
    """The documentation of one code. Raises: NotFound."""
    found = None
    if re.fullmatch(r"[a-z_]+", code) and DOCS.is_file():
        text = DOCS.read_text(encoding="utf-8")
        found = re.search(rf"^## `{code}`.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise NotFound(f"there is no problem called {code!r}")
    return found.group(0).strip() + "\n"


def translate(error: Exception) -> DeskError:
    """Any exception as an error with a code; what we did not expect becomes `internal`."""
    if isinstance(error, DeskError):
        return error
    if is_away(error):
        return Unavailable("the database does not answer at the moment", retry_after_seconds=2)
    if isinstance(error, RecursionError):
        return MalformedBody("the body is nested too deeply")
    return Internal("the server failed; the log has the details")


def install(app: FastAPI) -> None:
    """Make every refusal and failure of the app a problem object."""
    app.add_exception_handler(DeskError, _desk_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_exception)
    for kind in DATABASE_AWAY:
        app.add_exception_handler(kind, _unavailable)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unexpected)


async def _desk_error(request: Request, error: Exception) -> JSONResponse:
    return respond(translate(error), instance=request.url.path)


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    log.warning("database_unavailable", path=request.url.path, error=type(error).__name__)
    return respond(translate(error), instance=request.url.path)


async def _gone(request: Request, error: Exception) -> JSONResponse:
    return respond(MalformedBody("the body ended too early"), instance=request.url.path)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    request_id = str(request.scope.get("request_id", ""))  # this runs outside of all middleware
    log.error("request_failed", path=request.url.path, request_id=request_id, exc_info=error)
    headers = {"x-request-id": request_id}
    return respond(translate(error), instance=request.url.path, headers=headers)


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return respond(_refusal(error), instance=request.url.path)


def _refusal(error: RequestValidationError) -> DeskError:
    found = error.errors()
    if any(is_unknown_id(item) for item in found):
        return NotFound("there is no such resource: the id is not well formed")
    whole_body = [item for item in found if item.get("loc") == ("body",)]
    if whole_body and isinstance(error.body, bytes):
        return UnsupportedMediaType("send JSON with `content-type: application/json`")
    broken = next((item for item in found if item.get("type") == "json_invalid"), None)
    if broken is not None:
        why = (broken.get("ctx") or {}).get("error", "not JSON")
        return MalformedBody(f"the body is not JSON: {why} at character {broken['loc'][-1]}")
    errors = explain(found)
    first = errors[0]
    return Invalid(f"{first['where']}: {first['what']}", errors=errors)


async def _http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    cause = error.__cause__
    if isinstance(cause, DeskError):
        return respond(cause, instance=request.url.path)
    headers = error.headers or {}
    return respond(_of_status(request, error), instance=request.url.path, headers=headers)


def _of_status(request: Request, error: HTTPException) -> DeskError:
    match error.status_code:
        case 404:
            return NotFound("there is nothing at this address")
        case 405:
            return MethodNotAllowed(f"{request.method} is not possible here")
        case 413:
            return TooLarge("the body is larger than this server takes")
        case 415:
            return UnsupportedMediaType("this type of body is not taken here")
        case 400:
            return MalformedBody("the body cannot be read: " + str(error.detail))
        case status if status < 500:
            return Invalid(str(error.detail))
        case _:
            return Internal("the server failed; the log has the details")

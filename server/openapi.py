"""The OpenAPI document: every operation with its scope, its problems and who may call it."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from server.access.auth import Needs

_ERROR = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("where", "what", "right")},
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem object; `code` is stable, see /problems/{code}.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": _ERROR},
    },
    "examples": [
        {
            "type": "/problems/not_found",
            "title": "There is no such thing here",
            "status": 404,
            "detail": "no such conversation",
            "instance": "/v1/conversations/0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d",
            "code": "not_found",
        }
    ],
}
_REFUSED = {
    "description": "A problem object.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A repeat of the same request under the same key gets the first answer.",
    "schema": {"type": "string", "maxLength": 200},
}


def describe(app: FastAPI, routers: Sequence[APIRouter]) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description="Frontdesk: assistants that answer, hand over to people, and learn.",
            routes=app.routes,
        )
        document["components"]["schemas"]["Problem"] = _PROBLEM
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute):
                    _annotate(document["paths"], route)
        app.openapi_schema = document
    return app.openapi_schema


def _annotate(paths: dict[str, Any], route: APIRoute) -> None:
    needs = [d.call for d in route.dependant.dependencies if isinstance(d.call, Needs)]
    for method in route.methods or ():
        operation = paths.get(route.path_format, {}).get(method.lower())
        if operation is None:
            continue
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = _REFUSED
        if method == "POST":
            parameters = operation.setdefault("parameters", [])
            if not any(p.get("name", "").lower() == "idempotency-key" for p in parameters):
                parameters.append(_IDEMPOTENCY_KEY)
        for need in needs:
            operation["x-scope"] = need.scope
            who = f"Scope: `{need.scope}`" + (" (or a contact's token)." if need.contact else ".")
            operation["description"] = f"{operation.get('description', '')}\n\n{who}".strip()

"""The web folder as it was built: the widget for tenants' pages, the console for operators.

Built files lie in `server/web/` (made from `web/` by `hatch_build.py`). Files with a hash in their
name are kept by browsers for a year; everything else is asked for again.
"""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from fastapi.requests import Request
from fastapi.responses import FileResponse, HTMLResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.resources import Resources
from tenants import tenants
from tenants.configuring import assistants
from tenants.database.connection import tenant_transaction
from tenants.errors import NotFound, Suspended
from tenants.ids import parse_id
from tenants.outside import channel_routes

_BASE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
)
_NOBODY_FRAMES = _BASE + "frame-ancestors 'none'"
_ORIGIN = re.compile(r"^https?://(\*\.)?[a-z0-9.-]+(:[0-9]{1,5})?$", re.IGNORECASE)
_YEAR = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_LOADER_KEPT = "public, max-age=300"
_DATA_PLACE = "<!--frame-data-->"


class _Hashed(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.endswith(".html"):
            raise NotFound("there is nothing at this address")  # pages have addresses of their own
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = _YEAR if response.status_code == 200 else _ASK_AGAIN
        # a sandboxed frame's scripts are asked for across origins
        response.headers["cross-origin-resource-policy"] = "cross-origin"
        return response


def mount_web(app: FastAPI, built: Path) -> None:
    """Serve what `built` holds: `/console`, `/widget.js`, the widget's frame and a page to try it."""
    app.mount("/web", _Hashed(directory=built / "hashed", check_dir=False), name="web")

    async def loader() -> FileResponse:
        headers = {"cache-control": _LOADER_KEPT, "cross-origin-resource-policy": "cross-origin"}
        return FileResponse(built / "widget.js", media_type="text/javascript", headers=headers)

    async def console() -> FileResponse:
        headers = {"content-security-policy": _NOBODY_FRAMES, "cache-control": _ASK_AGAIN}
        return FileResponse(built / "hashed/console/index.html", headers=headers)

    async def frame(assistant_id: str, request: Request) -> HTMLResponse:
        shown, origins = await _frame_data(request.app.state.resources, assistant_id)
        page = (
            (built / "hashed/widget/frame.html")
            .read_text()
            .replace(_DATA_PLACE, _data_block(shown))
        )
        policy = _BASE + f"frame-ancestors 'self' {' '.join(origins)}".rstrip()
        headers = {"content-security-policy": policy, "cache-control": "no-store"}
        return HTMLResponse(page, headers=headers)

    async def sample(assistant_id: str, request: Request) -> HTMLResponse:
        shown, _ = await _frame_data(request.app.state.resources, assistant_id)
        tag = f'<script src="/widget.js" data-assistant="{parse_id(assistant_id)}" async></script>'
        page = (built / "hashed/widget/sample.html").read_text()
        page = page.replace(_DATA_PLACE, _data_block(shown) + tag)
        headers = {"content-security-policy": _NOBODY_FRAMES, "cache-control": _ASK_AGAIN}
        return HTMLResponse(page, headers=headers)

    app.add_api_route("/widget.js", loader, include_in_schema=False)
    app.add_api_route("/widget/{assistant_id}", frame, include_in_schema=False)
    app.add_api_route("/console", console, include_in_schema=False)
    app.add_api_route("/console/{path:path}", console, include_in_schema=False)
    app.add_api_route("/sample/{assistant_id}", sample, include_in_schema=False)


async def _frame_data(held: Resources, assistant_id: str) -> tuple[dict[str, Any], list[str]]:
    """What the widget may know of an assistant, and whose pages may show it. Raises: NotFound."""
    known = parse_id(assistant_id)
    tenant_id = await _tenant_of(held, known)
    if known is None or tenant_id is None:
        raise NotFound("no such assistant")
    async with tenant_transaction(held.pool, tenant_id) as conn:
        tenant = await tenants.get(conn)
        assistant = await assistants.get(conn, known)
    if tenant.status != "active":
        raise Suspended("the tenant is suspended")
    if assistant.archived_at is not None:
        raise NotFound("no such assistant")
    settings = assistant.settings
    shown = {
        "assistant_id": assistant_id,
        "name": settings.persona.name or settings.name,
        "company": tenant.name,
        "language": settings.language,
        "hands_off": settings.handoff.enabled,
        "mails": held.sender.mailing is not None,
    }
    widget = settings.widget.model_dump()
    widget["disclosure"] = widget["disclosure"] or settings.disclosure
    return shown | widget, frame_ancestors(settings.allowed_origins)


def frame_ancestors(allowed_origins: list[str]) -> list[str]:
    """The origins that may frame the widget, in the form of a policy; what is no origin is left out."""
    if "*" in allowed_origins:
        return ["*"]
    plain = (origin.rstrip("/") for origin in allowed_origins)
    return [origin for origin in plain if _ORIGIN.match(origin)]


async def _tenant_of(held: Resources, assistant_id: UUID | None) -> UUID | None:
    if assistant_id is None:
        return None
    return await channel_routes.find_tenant(held.pool, "widget", str(assistant_id))


def _data_block(data: dict[str, Any]) -> str:
    """Data inside a page: a block that no policy runs, from which no text can break out."""
    text = json.dumps(data, ensure_ascii=True).replace("<", "\\u003c")
    return f'<script type="application/json" id="frame-data">{text}</script>'

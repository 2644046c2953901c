"""The page to try it: static files of ours, allowed to talk to this server and nobody else."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {"content-security-policy": _POLICY, "cache-control": "no-cache"}


class _PageFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response


def mount_page(app: FastAPI, folder: Path) -> None:
    """Serve `folder` under /page and its `index.html` at /."""
    app.mount("/page", _PageFiles(directory=folder, check_dir=False), name="page")

    async def index() -> FileResponse:
        return FileResponse(folder / "index.html", headers=_HEADERS)

    app.add_api_route("/", index, include_in_schema=False)

"""What a person reads while the server starts: where to look, whose key is what, what to try."""

import shlex
from pathlib import Path
from uuid import UUID

from server.access.sign_in_links import new_link
from server.demo_tenants import demo_tenants
from server.start import Prepared
from settings import Settings


def welcome(settings: Settings, prepared: Prepared) -> str:
    """The lines printed before `ready`."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    page = f"http://{host}:{settings.port}/" if settings.port else "see the last line"
    key = "FRONTDESK_PLATFORM_KEY" if settings.platform_key else str(prepared.data / "platform.key")
    lines = [
        "Frontdesk",
        f"  page          {page}",
        f"  data          {prepared.data}" + ("  (PostgreSQL inside)" if prepared.embedded else ""),
        f"  platform key  {key}  (creates tenants)",
    ]
    known = demo_tenants(prepared.data) if settings.demo else []
    for one in known:
        lines += [f"  demo tenant   {one.name}", f"     API key    {one.api_key}"]
        if settings.port:  # the pages take the secrets out of the address
            path, _ = new_link(prepared.master_key, UUID(one.tenant_id), UUID(one.operator_id))
            lines += [
                f"     console    {page}{path.lstrip('/')}  (good once)",
                f"     widget     {page}sample/{one.assistant_id}",
                f"     open       {page}#key={one.api_key}",
            ]
        lines += [f"     ask        {question}" for question in one.questions]
    if known:
        lines.append(f"  or here       .venv/bin/frontdesk chat{_where(settings, page)}")
    return "\n".join(lines)


def _where(settings: Settings, page: str) -> str:
    """What a command has to be told to find this server, where it is not where it would look."""
    usual = Settings.model_fields
    options = ""
    if settings.port and (settings.host, settings.port) != (
        usual["host"].default,
        usual["port"].default,
    ):
        options += f" --url {page.rstrip('/')}"
    if settings.data.resolve() != Path(usual["data"].default).resolve():
        options += f" --data {shlex.quote(str(settings.data))}"
    return options

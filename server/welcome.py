"""What a person reads while the server starts: where to look, whose key is what, what to try."""

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
        if settings.port:  # the page takes the key out of the address and connects
            lines.append(f"     open       {page}#key={one.api_key}")
        lines += [f"     ask        {question}" for question in one.questions]
    if known:
        lines.append("  or here       frontdesk chat   (.venv/bin/frontdesk chat)")
    return "\n".join(lines)

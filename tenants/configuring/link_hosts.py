"""Which hosts an assistant's replies may link to: those it names, and those its knowledge is from."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from uuid import UUID

import idna
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from tenants.database.connection import TenantConnection

MAX_HOSTS = 200
MAX_PAGES = 500
_HOST = re.compile(r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_IN_URL = re.compile(r"https?://(?:www\.)?([\w.-]{1,253})", re.IGNORECASE)
_SAID = frozenset(
    {"say", "text", "notice"}
)  # what contacts read of a tenant's settings, word for word


def ascii_host(host: str) -> str | None:
    """A host as browsers look it up: small, in ASCII; None where it is none."""
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True, transitional=False).decode()
    except (idna.IDNAError, UnicodeError):
        return None


def _host(text: str) -> str:
    bare = text.lower().removeprefix("https://").removeprefix("http://").rstrip("/.")
    star, bare = ("*.", bare[2:]) if bare.startswith("*.") else ("", bare)
    found = f"{star}{ascii_host(bare)}"
    if not _HOST.fullmatch(found):
        raise ValueError("a host like shop.example, or *.shop.example for all below it")
    return found


Host = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=253), AfterValidator(_host)
]


class LinkSettings(BaseModel):
    """What a reply may link to; addresses of any other host are taken out of it."""

    model_config = ConfigDict(extra="forbid")
    allowed_hosts: list[Host] = Field(
        default_factory=list[str],
        max_length=MAX_HOSTS,
        examples=[["shop.example", "*.dhl.example"]],
    )
    knowledge_hosts: bool = Field(
        default=True,
        description="Whether the hosts that the knowledge is fetched from may be linked to.",
    )


async def allowed(
    conn: TenantConnection,
    settings: dict[str, Any],
    knowledge_base_ids: Sequence[UUID],
    *,
    company: str = "",
) -> tuple[str, ...]:
    """The hosts of an assistant's settings as they are kept, its own words and pages included, and
    of the company where its name is one.
    """
    links = LinkSettings.model_validate(settings.get("links") or {})
    found = [*links.allowed_hosts, *_named(settings, company)]
    for origin in settings.get("allowed_origins") or []:
        found += _hosts_in(str(origin))
    for part in ("answering", "handoff", "labels"):
        for text in _said(settings.get(part)):
            found += _hosts_in(text)
    if links.knowledge_hosts and knowledge_base_ids:
        for url in await _fetched_from(conn, knowledge_base_ids):
            found += _hosts_in(url)
    return tuple(dict.fromkeys(found))


def _named(settings: dict[str, Any], company: str) -> list[str]:
    """The hosts that are names: a company, an assistant or a brand may be called shop.example."""
    names = [company, str(settings.get("name") or "")]
    names.append(str((settings.get("persona") or {}).get("name") or ""))
    words = (settings.get("answering") or {}).get("brand_words") or []
    names += [str(one.get("write") or "") for one in words]
    found = [ascii_host(name.strip()) or "" for name in names]
    return [host for host in found if _HOST.fullmatch(host) and not host.startswith("*")]


def _hosts_in(text: str) -> list[str]:
    found = [ascii_host(host.rstrip(".-")) for host in _IN_URL.findall(text)]
    return [host for host in found if host]


def _said(value: Any, *, counts: bool = False) -> Iterator[str]:
    """The texts of a settings tree that are said to contacts as they stand."""
    if isinstance(value, str) and counts:
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _said(inner, counts=counts or key in _SAID)
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner, counts=counts)


async def _fetched_from(conn: TenantConnection, knowledge_base_ids: Sequence[UUID]) -> list[str]:
    """The addresses of sources, and of pages that were fetched once."""
    cursor = await conn.execute(
        """
        select url
          from sources
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = any(%(ids)s)
           and url <> ''
        union
        (select source ->> 'url'
           from documents
          where tenant_id = %(tenant_id)s
            and knowledge_base_id = any(%(ids)s)
            and kind = 'url'
            and source_id is null
            and v_to = 2147483647
            and source ? 'url'
          limit %(limit)s)
        """,
        {"ids": list(knowledge_base_ids), "limit": MAX_PAGES},
    )
    return [row[0] for row in await cursor.fetchall()]

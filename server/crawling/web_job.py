"""The jobs that fetch from the web: one address as a document, and a source kept in step."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server.crawling.web_pages import DOCUMENT_TYPES, external_id_of, read_of
from server.importing.import_documents import document_of
from server.importing.import_store import store
from server.working.job_run import JobRun
from server.working.jobs import Jobs
from tenants.actors import Actor
from tenants.parsing import parse
from tools.egress import EgressPolicy, FetchFailed, check_url, fetch, guarded_client

KIND = "url"


async def start_url(
    jobs: Jobs,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    url: str,
    entry: Mapping[str, Any],
    *,
    actor: Actor,
    stage: bool | None = None,
) -> UUID:
    """The id of a job that stores what is at an address; `entry` are the fields given with it.

    Raises: AddressRefused where the address can never be fetched.
    """
    check_url(url, policy_of(jobs.house.settings.egress_allow))
    given = {
        "knowledge_base_id": str(knowledge_base_id),
        "actor": {"kind": actor.kind, "id": actor.id},
        "url": url,
        "entry": dict(entry),
        "stage": stage,
    }
    return await jobs.start(tenant_id, KIND, given, total=1, knowledge_base_id=knowledge_base_id)


async def fetch_url(run: JobRun) -> dict[str, Any]:
    """Fetch the address, read what it holds, store it under its canonical address."""
    url: str = run.given["url"]
    await run.progress(0, 1, "fetching")
    async with guarded_client(policy_of(run.house.settings.egress_allow)) as client:
        answer = await fetch(client, url, media_types=DOCUMENT_TYPES)
    if answer.status != 200:
        raise FetchFailed(f"{url} answers {answer.status}")
    await run.progress(0, 1, "reading")
    parsed = await parse(answer.content, answer.url, answer.content_type, main_text=True)
    name = external_id_of(parsed, answer.url)
    entry: dict[str, Any] = {"external_id": name, **_given(run.given["entry"])}
    if parsed.data is not None:
        source = {"url": answer.url, "title": parsed.title, "format": parsed.format}
        entry |= {"data": parsed.data, "source": source}
        entry.setdefault("title", parsed.title)
    else:
        read = read_of(parsed, answer)
        entry |= {"kind": "url", "text": read["text"], "source": read["source"]}
        entry.setdefault("title", read["title"])
    document = document_of(entry, actor=run.actor)
    return await store(run, [(url, document)], result={"url": name}, stage=run.given["stage"])


def policy_of(allowed: str) -> EgressPolicy:
    """Where calls may go, as the settings have it."""
    return EgressPolicy.parse(allowed)


def _given(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were given with the address; empty ones say nothing."""
    return {name: value for name, value in entry.items() if value not in (None, "", [], ())}

"""The job that keeps a source in step: read what is there now, then write it as one version."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from server.crawling.web_crawl import Crawl, Crawled, CrawlLimits
from server.crawling.web_job import policy_of
from server.crawling.web_ledger import Ledger
from server.crawling.web_pace import PAUSE_SECONDS
from server.crawling.web_pages import Looker, Parse
from server.crawling.web_sitemaps import list_pages
from server.crawling.web_urls import Scope, fetched_as, host_of
from server.importing.import_documents import document_of
from server.working.job_run import JobRun
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import DeskError
from tenants.knowledge import ingestion, knowledge_bases, source_pages, sources
from tenants.knowledge.ingestion import NewDocument, Stored, Sync
from tenants.knowledge.sources import Source
from tenants.parsing import parse
from tools.egress import FetchLimits, guarded_client

KIND = "sync"


@dataclass(frozen=True, slots=True)
class SyncWays:
    """How a source is read: the parser, and what one call and the time between two may cost."""

    parse: Parse = parse
    fetch_limits: FetchLimits = field(default_factory=FetchLimits)
    pause_seconds: float = PAUSE_SECONDS


async def sync_source(run: JobRun, ways: SyncWays | None = None) -> dict[str, Any]:
    """Bring the documents of a source to what it says now; what it came to stays with the source."""
    ways = ways or SyncWays()
    base_id, source_id = UUID(run.given["knowledge_base_id"]), UUID(run.given["source_id"])
    async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
        source = await sources.get(conn, base_id, source_id)
    try:
        ledger = Ledger(run.house.pool, run.tenant_id, source_id, run.job_id)
        await ledger.open()
        found = await _read(run, source, ledger, ways)
        return await _write(run, source, ledger, found)
    except DeskError as error:
        told = {"job_id": str(run.job_id), "failed": {"code": error.code, "detail": error.detail}}
        async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
            await sources.finish(conn, source_id, told)
        raise


async def _read(run: JobRun, source: Source, ledger: Ledger, ways: SyncWays) -> Crawled:
    """Look at the source's pages. Raises: DeskError where there is no beginning."""

    async def progress(done: int, total: int) -> None:
        await run.progress(done, total, "fetching")

    await run.progress(0, 0, "fetching")
    first = fetched_as(source.url)
    scope = _scope(source, first)
    limits = _limits(source, ways.pause_seconds)
    async with _looker(run, source, ways) as looker:
        crawl = Crawl(looker, ledger, scope, limits, on_progress=progress)
        if source.kind == "url":
            found = await crawl.one(first)
        elif source.kind == "sitemap":
            listing = await list_pages(
                looker.client, first, max_pages=limits.max_pages, limits=ways.fetch_limits
            )
            found = await crawl.along_list(listing.pages, complete=listing.complete)
            found.errors[:0] = listing.errors
        else:
            found = await crawl.along_links(first)
    for where, error in found.errors:
        run.refuse(where, error)
    return found


@asynccontextmanager
async def _looker(run: JobRun, source: Source, ways: SyncWays) -> AsyncGenerator[Looker]:
    async with guarded_client(policy_of(run.house.settings.egress_allow)) as client:
        yield Looker(
            client,
            ways.parse,
            ways.fetch_limits,
            polite=source.kind != "url",
            full=bool(run.given.get("full")),
        )


async def _write(run: JobRun, source: Source, ledger: Ledger, found: Crawled) -> dict[str, Any]:
    """Store what changed and end what is gone, in one version that ends the run as well."""
    documents = await _documents(run, source, found)
    present = sorted(found.present)
    told: dict[str, Any] = {}

    async def seal(conn: TenantConnection, stored: Stored) -> None:
        await source_pages.settle(conn, source.source_id, run.job_id, present=present)
        await _forget_refused(conn, run, source, stored, found)
        told.update(_told(run, found, stored))
        await sources.finish(conn, source.source_id, told)
        await run.seal(conn, told)

    async def progress(done: int, total: int) -> None:
        await run.progress(done, total, "writing" if done == total else "embedding")

    if documents or _is_missing(ledger, found):
        async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
            base = await knowledge_bases.get(conn, source.knowledge_base_id)
        await ingestion.add_documents(
            run.house.pool,
            run.tenant_id,
            source.knowledge_base_id,
            documents,
            embedder=await run.house.embedders.of(base.embedding_model),
            actor=run.actor,
            note=f"{source.kind} {source.name}"[:200],
            job_id=run.job_id,
            on_progress=progress,
            sync=Sync(source.source_id, also_there=frozenset(present)),
            within=seal,
            skip_invalid=True,
            look_for_duplicates=True,
        )
    if not run.sealed:
        async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
            await seal(conn, Stored())
    return told


async def _documents(run: JobRun, source: Source, found: Crawled) -> list[NewDocument]:
    documents: list[NewDocument] = []
    for external_id, url in found.changed.items():
        async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
            read = await source_pages.read(conn, source.source_id, url)
        if read is not None:
            entry = {"kind": "url", "external_id": external_id, **read}
            document = document_of(entry, actor=run.actor, source_id=source.source_id)
            documents.append(document)
    return documents


async def _forget_refused(
    conn: TenantConnection, run: JobRun, source: Source, stored: Stored, found: Crawled
) -> None:
    """A page whose text was refused is read again the next time."""
    urls = [found.changed[one.external_id] for one in stored.refused if one.external_id]
    for one in stored.refused:
        run.refuse(one.external_id or "", one.error)
    if urls:
        await source_pages.forget(conn, source.source_id, urls)


def _is_missing(ledger: Ledger, found: Crawled) -> bool:
    """Whether a page that has a document is there no more."""
    return any(
        known.external_id is not None and known.external_id not in found.present
        for known in ledger.known.values()
    )


def _told(run: JobRun, found: Crawled, stored: Stored) -> dict[str, Any]:
    told: dict[str, Any] = {
        "job_id": str(run.job_id),
        "pages": found.looked,
        "added": sum(one.created for one in stored.documents),
        "changed": sum(not one.created and not one.unchanged for one in stored.documents),
        "unchanged": found.counts.get("unchanged", 0)
        + sum(one.unchanged for one in stored.documents),
        "deleted": stored.deleted,
        "skipped": found.counts.get("skipped", 0),
        "errors": len(found.errors) + len(stored.refused),
        "bytes": found.n_bytes,
        "complete": not found.stopped,
    }
    if found.stopped:
        told["stopped"] = found.stopped
    if stored.version:
        told |= {"version": stored.version, "published": stored.published}
    if stored.kept_edited:
        told["kept_edited"] = [str(one) for one in stored.kept_edited[:100]]
    if stored.duplicates:
        told["duplicates"] = [one.public(stored.documents) for one in stored.duplicates[:20]]
        told["more_duplicates"] = stored.more_duplicates + max(0, len(stored.duplicates) - 20)
    return told


def _scope(source: Source, first: str) -> Scope:
    """The host of the source, with `www.` before it or without, and its beginnings of paths."""
    host = host_of(first)
    bare = host.removeprefix("www.")
    return Scope(
        frozenset((bare, "www." + bare)),
        source.options.get("include", ()),
        source.options.get("exclude", ()),
    )


def _limits(source: Source, pause_seconds: float) -> CrawlLimits:
    usual = CrawlLimits()
    return CrawlLimits(
        max_depth=source.options.get("max_depth", usual.max_depth),
        max_pages=source.options.get("max_pages", usual.max_pages),
        max_bytes=source.options.get("max_bytes", usual.max_bytes),
        pause_seconds=pause_seconds,
    )

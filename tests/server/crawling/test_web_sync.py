"""A site becomes knowledge and stays in step with it: what is new, what changed, what is gone."""

import gzip
import os
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from graphs.asking.models import Models
from server.crawling import web_job, web_schedule, web_sync
from server.crawling.web_sync import SyncWays
from server.working.job_run import JobHouse, JobRun, JobWork
from server.working.jobs import Jobs, open_jobs
from settings import Settings
from tenants.actors import SYSTEM
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.database.postgres import EmbeddedPostgres
from tenants.finding.embedding_models import OnlyModel
from tenants.knowledge import documents, knowledge_bases, source_pages, sources
from tenants.knowledge.documents import Document
from tenants.knowledge.ingestion import NewDocument, add_documents
from tenants.knowledge.sources import Source
from tenants.parsing import parse
from tenants.working import jobs
from tests.databases import Database, fresh_database
from tests.seeds import Seeded, seed_tenant
from tests.server.plain_pages import parse_plain
from tests.tenants.knowledge_made import WordEmbedder, make_base
from tests.tools.hostile_server import HostileServer, after, bomb, hostile_server, raw
from tools.egress import FetchLimits

QUICK = SyncWays(
    parse=parse_plain,
    fetch_limits=FetchLimits(connect_seconds=2, read_seconds=2, total_seconds=5),
    pause_seconds=0,
)
REAL = replace(QUICK, parse=parse)


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Generator[Database]:
    """A database whose queue no server of other tests works."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"web_{worker}") as made:
        yield made


@pytest.fixture(scope="module")
async def pool(database: Database, anyio_backend: str) -> AsyncGenerator[Pool]:
    """The app role's connections to it."""
    async with make_pool(database.app, min_size=2, max_size=8, timeout_seconds=20) as opened:
        yield opened


@pytest.fixture(scope="module")
async def neighbour(pool: Pool) -> Seeded:
    """A second tenant in it."""
    return await seed_tenant(pool, "Neighbour")


@dataclass
class Shop:
    """A tenant with a knowledge base, a site to read, and jobs that are run here and now."""

    pool: Pool
    held: Jobs
    site: HostileServer
    tenant_id: UUID
    base: UUID
    kinds: dict[str, JobWork]

    async def source(self, kind: sources.Kind, path: str = "/", **options: Any) -> UUID:
        async with tenant_transaction(self.pool, self.tenant_id) as conn:
            return await sources.create(
                conn,
                self.base,
                kind,
                name=kind,
                url=self.site.url + path,
                options=options,
                every_hours=None,
            )

    async def sync(self, source_id: UUID, *, full: bool = False) -> jobs.Job:
        job_id = await web_schedule.sync_now(
            self.held, self.tenant_id, self.base, source_id, actor=SYSTEM, full=full
        )
        return await self.done(job_id)

    async def done(self, job_id: UUID) -> jobs.Job:
        await self.held.run(self.tenant_id, job_id)
        async with tenant_transaction(self.pool, self.tenant_id) as conn:
            return await jobs.get(conn, job_id)

    async def documents(self) -> dict[str, Document]:
        """By the path of their address."""
        async with tenant_transaction(self.pool, self.tenant_id) as conn:
            base = await knowledge_bases.get(conn, self.base)
            found = await documents.list_page(conn, self.base, version=base.newest, limit=200)
        return {(one.external_id or "").removeprefix(self.site.url): one for one in found}

    async def text(self, path: str) -> str:
        document = (await self.documents())[path]
        async with tenant_transaction(self.pool, self.tenant_id) as conn:
            content = await documents.read_content(conn, self.base, document.document_id)
        return content["text"]

    async def get(self, source_id: UUID) -> Source:
        async with tenant_transaction(self.pool, self.tenant_id) as conn:
            return await sources.get(conn, self.base, source_id)


@pytest.fixture
async def shop(pool: Pool, database: Database, neighbour: Seeded) -> AsyncGenerator[Shop]:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    async with hostile_server() as site:
        models = Models(
            default="extractive", timeout_seconds=5, deepseek_api_key=None, deepseek_api_base=None
        )
        house = JobHouse(
            pool, OnlyModel(WordEmbedder()), Settings(egress_allow=site.allowed), models
        )
        kinds: dict[str, JobWork] = {
            web_job.KIND: web_job.fetch_url,
            web_sync.KIND: partial(web_sync.sync_source, ways=QUICK),
        }
        async with open_jobs(database.app, house, kinds=kinds, work=False) as held:
            yield Shop(pool, held, site, seeded.tenant_id, base, kinds)


def article(words: str) -> str:
    return f"<article><h1>{words}</h1><p>{words} in every one of our shops, all year round.</p></article>"


def link(*paths: str) -> str:
    return "<nav>" + "".join(f'<a href="{path}">more</a>' for path in paths) + "</nav>"


def small_site(site: HostileServer) -> None:
    site.html(
        "/", "Start", link("/returns", "/shipping/", "/about?utm_source=x") + article("Hello")
    )
    site.html("/returns", "Returns", article("Returns are free within thirty days"), etag='"r1"')
    site.html("/shipping/", "Shipping", article("Shipping takes two days") + link("/hours#top"))
    site.html("/about", "About", article("We are a family of cyclists"))
    site.html("/hours", "Hours", article("We open at nine"))


async def test_a_site_is_read_along_its_links(shop: Shop) -> None:
    shop.kinds[web_sync.KIND] = partial(web_sync.sync_source, ways=REAL)
    small_site(shop.site)
    job = await shop.sync(await shop.source("crawl"))
    assert (job.status, job.errors) == ("succeeded", []), job
    found = await shop.documents()
    assert set(found) == {"/", "/returns", "/shipping", "/about", "/hours"}
    returns = found["/returns"]
    assert (returns.kind, returns.title) == ("url", "Returns")
    assert returns.source["url"] == shop.site.url + "/returns" and returns.source["fetched_at"]
    assert "free within thirty days" in await shop.text("/returns")
    assert (job.result["pages"], job.result["added"], job.result["complete"]) == (5, 5, True)


async def test_the_next_run_adds_changes_and_deletes_and_leaves_what_a_person_wrote(
    shop: Shop,
) -> None:
    small_site(shop.site)
    source_id = await shop.source("crawl")
    await shop.sync(source_id)
    before = await shop.documents()
    await edit(shop, before["/about"], "We are cyclists since 1911")
    await edit(shop, before["/hours"], "We open at ten on Sundays")
    site = shop.site
    site.html("/", "Start", link("/returns", "/shipping/", "/about", "/new") + article("Hello"))
    site.html("/shipping/", "Shipping", article("Shipping takes one day") + link("/hours"))
    site.html("/about", "About", article("We are a family of walkers"))
    site.html("/new", "New", article("Gift cards are valid for three years"))
    site.page("/hours", "gone", status=410)
    job = await shop.sync(source_id)
    assert job.status == "succeeded", job
    told = {name: job.result[name] for name in ("added", "changed", "deleted", "errors")}
    assert told == {"added": 1, "changed": 1, "deleted": 0, "errors": 0}, job.result
    found = await shop.documents()
    assert set(found) == {"/", "/returns", "/shipping", "/about", "/new", "/hours"}
    assert "one day" in await shop.text("/shipping")
    assert "1911" in await shop.text("/about") and found["/about"].source_moved_at is not None
    assert "Sundays" in await shop.text("/hours") and found["/hours"].source_moved_at is not None
    assert found["/returns"].document_id == before["/returns"].document_id
    assert len(job.result["kept_edited"]) == 2
    site.page("/returns", "gone", status=404)
    site.html("/", "Start", link("/shipping/", "/about", "/new") + article("Hello"))
    assert (await shop.sync(source_id)).result["deleted"] == 1
    assert "/returns" not in await shop.documents()


async def edit(shop: Shop, document: Document, words: str) -> None:
    """A person writes something else."""
    edited = NewDocument("text", document.title, words, document_id=document.document_id)
    await add_documents(
        shop.pool, shop.tenant_id, shop.base, [edited], embedder=WordEmbedder(), actor=SYSTEM
    )


async def test_a_page_that_stands_still_costs_one_conditional_request_and_no_version(
    shop: Shop,
) -> None:
    small_site(shop.site)
    source_id = await shop.source("crawl")
    first = await shop.sync(source_id)
    shop.site.asked.clear()
    as_usual = shop.kinds[web_sync.KIND]
    ways = replace(QUICK, parse=parse_nothing)
    shop.kinds[web_sync.KIND] = partial(web_sync.sync_source, ways=ways)
    job = await shop.sync(source_id)
    shop.kinds[web_sync.KIND] = as_usual
    assert not job.errors and job.result["unchanged"] == 5 and "version" not in job.result
    assert first.result["version"] == 1
    [asked] = [headers for path, headers in shop.site.asked if path == "/returns"]
    assert asked["if-none-match"] == '"r1"'
    full = await shop.sync(source_id, full=True)
    assert full.result["unchanged"] == 5
    [asked] = [headers for path, headers in shop.site.asked if path == "/returns"][1:]
    assert "if-none-match" not in asked


async def parse_nothing(*given: Any, **named: Any) -> Any:
    raise AssertionError("the same bytes are not read twice")


async def test_what_robots_noindex_and_nofollow_ask_for_is_kept_to(shop: Shop) -> None:
    shop.kinds[web_sync.KIND] = partial(web_sync.sync_source, ways=REAL)
    site = shop.site
    site.page(
        "/robots.txt",
        "User-agent: *\nDisallow: /private\n\nUser-agent: Frontdesk\nDisallow: /private\nCrawl-delay: 0",
        content_type="text/plain",
    )
    site.html("/", "Start", link("/private/x", "/noindex", "/header", "/dead") + article("Hello"))
    site.html("/private/x", "Private", article("Not for crawlers"))
    robots = '<meta name="robots" content="noindex">'
    site.html("/noindex", "Hidden", article("Hidden words") + link("/behind"), head=robots)
    site.html("/behind", "Behind", article("Found behind it"))
    site.html("/header", "Header", article("Hidden by a header"), x_robots_tag="noindex")
    robots = '<meta name="robots" content="nofollow">'
    site.html("/dead", "Dead end", article("A dead end") + link("/after"), head=robots)
    site.html("/after", "After", article("After it") + '<a rel="nofollow" href="/x">x</a>')
    job = await shop.sync(await shop.source("crawl"))
    assert set(await shop.documents()) == {"/", "/behind", "/dead"}, job
    assert site.counts("/private/x") == 0 and site.counts("/after") == 0


async def test_one_page_under_many_addresses_is_one_document(shop: Shop) -> None:
    site = shop.site
    canonical = f'<link rel="canonical" href="{site.url}/shoes">'
    site.html("/", "Start", link("/shoes?color=red", "/shoes?color=blue", "/SHOES") + article("Hi"))
    for path in ("/shoes?color=red", "/shoes?color=blue", "/shoes"):
        site.html(path, "Shoes", article("Shoes in all colours"), head=canonical)
    away = '<link rel="canonical" href="https://elsewhere.example/shoes">'
    site.html("/SHOES", "Shoes", article("Shoes in capital letters"), head=away)
    await shop.sync(await shop.source("crawl"))
    assert set(await shop.documents()) == {"/", "/shoes", "/SHOES"}
    again = await shop.sync((await sources_of(shop))[0].source_id)
    assert again.result["deleted"] == 0 and len(await shop.documents()) == 3


async def sources_of(shop: Shop) -> list[Source]:
    async with tenant_transaction(shop.pool, shop.tenant_id) as conn:
        return await sources.list_page(conn, shop.base, limit=10)


async def test_a_crawl_stays_on_its_host_and_within_its_bounds(shop: Shop) -> None:
    site = shop.site
    outside = (
        "http://127.0.0.2:1/, http://169.254.169.254/, mailto:x@example.com, javascript:void(0)"
    )
    site.html("/", "Start", link(*outside.split(", "), "/a", "/b/1", "/b/2") + article("Hello"))
    site.html("/a", "A", article("Page a") + link("/deep"))
    site.html("/deep", "Deep", article("Too deep"))
    site.html("/b/1", "B1", article("Page b one"))
    site.html("/b/2", "B2", article("Page b two"))
    source_id = await shop.source("crawl", max_depth=1, exclude=["/b/2"])
    job = await shop.sync(source_id)
    assert set(await shop.documents()) == {"/", "/a", "/b/1"} and not job.errors, job


async def test_a_calendar_without_end_ends_at_the_number_of_pages(shop: Shop) -> None:
    async def calendar(writer: Any, asked: dict[str, str]) -> None:
        number = len(shop.site.asked)
        body = article(f"Day {number}") + link(f"/day?n={number + 1}", f"/day?n={number + 1000}")
        html = f"<html><title>Day {number}</title><body>{body}</body></html>".encode()
        head = f"HTTP/1.1 200 X\r\ncontent-type: text/html\r\ncontent-length: {len(html)}"
        writer.write(head.encode() + b"\r\nconnection: close\r\n\r\n" + html)

    shop.site.paths["/day"] = calendar
    job = await shop.sync(await shop.source("crawl", "/day", max_pages=8, max_depth=20))
    assert (job.status, job.result["pages"], job.result["complete"]) == ("succeeded", 8, False)
    assert job.result["stopped"] == "there are more than 8 pages"
    assert len(await shop.documents()) == 8


async def test_bad_pages_are_named_and_the_good_ones_beside_them_are_taken(shop: Shop) -> None:
    shop.kinds[web_sync.KIND] = partial(web_sync.sync_source, ways=REAL)
    site = shop.site
    ok = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"
    bad = {
        "/500": None,
        "/loop": None,
        "/inside": None,
        "/film": None,
        "/bomb": raw(ok + b"content-encoding: gzip\r\n\r\n" + bomb(30)),
        "/endless": after(ok + b"\r\n", raw(b"x" * 60_000, forever=True)),
        "/empty": raw(ok + b"content-length: 0\r\n\r\n"),
        "/pdf": raw(ok.replace(b"text/html", b"application/pdf") + b"\r\n%PDF-1.4 nonsense"),
    }
    for path, answer in bad.items():
        if answer is not None:
            site.paths[path] = answer
    site.page("/500", "oops", status=500)
    site.redirect("/loop", "/loop")
    site.redirect("/inside", "http://169.254.169.254/latest/meta-data/")
    site.page("/film", "x", content_type="video/mp4")
    site.html("/", "Start", link(*bad, "/good") + article("Hello"))
    site.html("/good", "Good", article("Returns are free"))
    job = await shop.sync(await shop.source("crawl"))
    assert job.status == "succeeded" and set(await shop.documents()) == {"/", "/good"}
    named = {one["where"].removeprefix(site.url): one["code"] for one in job.errors}
    assert named == {
        "/500": "fetch_failed",
        "/loop": "fetch_failed",
        "/inside": "address_refused",
        "/film": "fetch_failed",
        "/bomb": "too_large",
        "/endless": "too_large",
        "/empty": "unreadable_file",
        "/pdf": "unreadable_file",
    }
    assert job.result["errors"] == 8


async def test_a_page_that_fails_for_once_keeps_its_document(shop: Shop) -> None:
    small_site(shop.site)
    source_id = await shop.source("crawl")
    await shop.sync(source_id)
    shop.site.page("/returns", "oops", status=503)
    job = await shop.sync(source_id)
    assert (job.status, job.result["deleted"], len(job.errors)) == ("succeeded", 0, 1)
    assert "/returns" in await shop.documents()


@pytest.mark.parametrize("status", [500, 404])
async def test_a_site_without_a_first_page_fails_the_job_and_says_so(
    shop: Shop, status: int
) -> None:
    shop.site.page("/", "oops", status=status)
    source_id = await shop.source("crawl")
    job = await shop.sync(source_id)
    assert (job.status, job.errors[0]["code"]) == ("failed", "fetch_failed"), job
    assert f"answers {status}" in job.errors[0]["detail"]
    assert (await shop.get(source_id)).last_result["failed"]["code"] == "fetch_failed"


async def test_a_robots_txt_that_cannot_be_had_forbids_and_an_endless_one_is_cut(
    shop: Shop,
) -> None:
    small_site(shop.site)
    shop.site.page("/robots.txt", "oops", status=503)
    source_id = await shop.source("crawl")
    job = await shop.sync(source_id)
    assert job.status == "failed" and "robots.txt answers 503" in job.errors[0]["detail"]
    ok = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n"
    endless = raw(b"# nothing for nobody, over and over again\n" * 1_000, forever=True)
    shop.site.paths["/robots.txt"] = after(ok + b"User-agent: *\nDisallow: /about\n", endless)
    assert (await shop.sync(source_id)).status == "succeeded"
    assert set(await shop.documents()) == {"/", "/returns", "/shipping", "/hours"}


URLSET = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
)
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'


def urlset(site: HostileServer, *paths: str) -> str:
    return URLSET.format("".join(f"<url><loc>{site.url}{path}</loc></url>" for path in paths))


def index(site: HostileServer, *paths: str) -> str:
    return INDEX.format("".join(f"<sitemap><loc>{site.url}{p}</loc></sitemap>" for p in paths))


async def test_a_sitemap_s_pages_are_read_and_what_it_drops_is_deleted(shop: Shop) -> None:
    site = shop.site
    small_site(site)
    site.page(
        "/index.xml", index(site, "/a.xml", "/b.xml.gz", "/index.xml"), content_type="text/xml"
    )
    site.page("/a.xml", urlset(site, "/returns", "/about"), content_type="text/xml")
    packed = gzip_of(urlset(site, "/hours", "/missing"))
    site.page("/b.xml.gz", packed, content_type="application/gzip")
    source_id = await shop.source("sitemap", "/index.xml")
    job = await shop.sync(source_id)
    assert (job.status, job.errors) == ("succeeded", []), job
    assert set(await shop.documents()) == {"/returns", "/about", "/hours"}
    assert site.counts("/index.xml") == 1
    site.page("/a.xml", urlset(site, "/returns"), content_type="text/xml")
    assert (await shop.sync(source_id)).result["deleted"] == 1
    assert set(await shop.documents()) == {"/returns", "/hours"}
    site.page("/a.xml", "oops", status=500)
    job = await shop.sync(source_id)
    assert (job.result["deleted"], job.result["complete"]) == (0, False)
    assert set(await shop.documents()) == {"/returns", "/hours"}


def gzip_of(text: str) -> bytes:
    return gzip.compress(text.encode())


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    "<urlset><url><loc>&b;</loc></url></urlset>"
)


@pytest.mark.parametrize(
    ("body", "code", "why"),
    [
        (ENTITIES, "fetch_failed", "document type"),
        ("<html><body>Not here</body></html>", "fetch_failed", "begins with <html>"),
        ("<urlset><url>", "fetch_failed", "no XML"),
        ("<urlset>" + "<a>" * 100, "fetch_failed", "nested too deeply"),
        ("just words", "fetch_failed", "no sitemap"),
        (bomb(60), "too_large", "unpacks to more"),
        (b"\x1f\x8b broken", "fetch_failed", "damaged"),
    ],
)
async def test_a_hostile_sitemap_is_refused_with_a_reason(
    shop: Shop, body: str | bytes, code: str, why: str
) -> None:
    shop.site.page("/sitemap.xml", body, content_type="application/xml")
    job = await shop.sync(await shop.source("sitemap", "/sitemap.xml"))
    assert (job.status, job.errors[0]["code"]) == ("failed", code), job
    assert why in job.errors[0]["detail"]


async def test_an_interrupted_run_goes_on_where_it_was(shop: Shop) -> None:
    small_site(shop.site)
    source_id = await shop.source("crawl")

    class Died(Exception):
        pass

    read = 0

    async def dies(*given: Any, **named: Any) -> Any:
        nonlocal read
        read += 1
        if read > 3:
            raise Died
        return await QUICK.parse(*given, **named)

    job_id = await web_schedule.sync_now(
        shop.held, shop.tenant_id, shop.base, source_id, actor=SYSTEM
    )
    breaking = SyncWays(parse=dies, fetch_limits=QUICK.fetch_limits, pause_seconds=0)
    as_usual = shop.kinds[web_sync.KIND]
    shop.kinds[web_sync.KIND] = partial(web_sync.sync_source, ways=breaking)
    with pytest.raises(Died):
        await shop.held.run(shop.tenant_id, job_id)
    assert await shop.documents() == {}
    shop.kinds[web_sync.KIND] = as_usual
    again = await web_schedule.sync_now(
        shop.held, shop.tenant_id, shop.base, source_id, actor=SYSTEM
    )
    assert again == job_id  # the job that is at it
    job = await shop.done(job_id)
    assert job.status == "succeeded" and len(await shop.documents()) == 5
    assert shop.site.counts("/") == 1


async def test_a_run_says_everything_though_its_worker_dies_right_after_the_write(
    shop: Shop,
) -> None:
    small_site(shop.site)
    shop.site.html("/about", "About", article("Returns are free within thirty days"))
    shop.site.html("/hours", "Hours", "<article></article>")

    class Died(Exception):
        pass

    async def dying(run: JobRun) -> dict[str, Any]:
        await web_sync.sync_source(run, QUICK)
        raise Died

    shop.kinds[web_sync.KIND] = dying
    source_id = await shop.source("crawl")
    job_id = await web_schedule.sync_now(
        shop.held, shop.tenant_id, shop.base, source_id, actor=SYSTEM
    )
    with pytest.raises(Died):
        await shop.held.run(shop.tenant_id, job_id)
    job = await shop.done(job_id)
    assert job.status == "succeeded" and [one["where"] for one in job.errors] == [
        shop.site.url + "/hours"
    ], job
    assert (job.result["added"], len(job.result["duplicates"])) == (4, 1)
    assert (await shop.get(source_id)).last_result["added"] == 4


async def test_a_cancelled_run_writes_nothing_and_what_it_read_is_not_lost(shop: Shop) -> None:
    small_site(shop.site)
    source_id = await shop.source("crawl")
    job_id = await web_schedule.sync_now(
        shop.held, shop.tenant_id, shop.base, source_id, actor=SYSTEM
    )

    async def cancels(*given: Any, **named: Any) -> Any:
        async with tenant_transaction(shop.pool, shop.tenant_id) as conn:
            await jobs.cancel(conn, job_id)
        return await QUICK.parse(*given, **named)

    as_usual = shop.kinds[web_sync.KIND]
    ways = SyncWays(parse=cancels, fetch_limits=QUICK.fetch_limits, pause_seconds=0)
    shop.kinds[web_sync.KIND] = partial(web_sync.sync_source, ways=ways)
    job = await shop.done(job_id)
    assert job.status == "cancelled" and await shop.documents() == {}
    shop.kinds[web_sync.KIND] = as_usual
    assert (await shop.sync(source_id)).status == "succeeded"
    assert len(await shop.documents()) == 5


async def test_a_source_that_is_due_gets_one_job_however_often_it_was_missed(
    shop: Shop, neighbour: Seeded
) -> None:
    small_site(shop.site)
    async with tenant_transaction(shop.pool, shop.tenant_id) as conn:
        source_id = await sources.create(
            conn,
            shop.base,
            "crawl",
            name="Site",
            url=shop.site.url + "/",
            options={},
            every_hours=6,
        )
    await web_schedule.start_due(shop.held.house)
    await web_schedule.start_due(shop.held.house)
    source = await shop.get(source_id)
    assert source.job_id is not None and source.next_run_at is not None
    assert source.last_run_at is not None
    assert round((source.next_run_at - source.last_run_at).total_seconds()) == 6 * 3_600
    async with tenant_transaction(shop.pool, shop.tenant_id) as conn:
        assert len(await jobs.list_page(conn, limit=10)) == 1
    assert (await shop.done(source.job_id)).status == "succeeded"
    assert len(await shop.documents()) == 5
    async with tenant_transaction(shop.pool, neighbour.tenant_id) as conn:
        assert await source_pages.known(conn, source_id) == []
        assert await sources.list_page(conn, shop.base, limit=10) == []


async def test_one_address_becomes_a_document_in_step_with_its_canonical_name(shop: Shop) -> None:
    small_site(shop.site)
    entry = {"category": "rules", "keywords": ["money back"]}

    async def fetched(path: str) -> jobs.Job:
        job_id = await web_job.start_url(
            shop.held, shop.tenant_id, shop.base, shop.site.url + path, entry, actor=SYSTEM
        )
        return await shop.done(job_id)

    job = await fetched("/returns?utm_source=mail#top")
    assert (job.status, job.errors) == ("succeeded", []), job
    found = await shop.documents()
    assert set(found) == {"/returns"} and found["/returns"].category == "rules"
    await fetched("/returns")
    assert (await shop.documents())["/returns"].document_id == found["/returns"].document_id
    gone = await fetched("/nowhere")
    assert gone.status == "failed" and "answers 404" in gone.errors[0]["detail"]


async def test_a_page_of_its_own_is_followed_until_it_is_gone(shop: Shop) -> None:
    small_site(shop.site)
    source_id = await shop.source("url", "/returns")
    assert (await shop.sync(source_id)).result["added"] == 1
    shop.site.html("/returns", "Returns", article("Returns cost five euros"), etag='"r2"')
    assert (await shop.sync(source_id)).result["changed"] == 1
    shop.site.page("/returns", "", status=404)
    assert (await shop.sync(source_id)).result["deleted"] == 1
    assert await shop.documents() == {}

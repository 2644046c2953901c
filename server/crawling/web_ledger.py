"""What a run knows and notes of a source's pages, each in a transaction of its own."""

from uuid import UUID

from server.crawling.web_pages import Look
from server.crawling.web_urls import page_key
from tenants.database.connection import Pool, tenant_transaction
from tenants.knowledge import source_pages
from tenants.knowledge.source_pages import KnownPage


class Ledger:
    """The pages of one source while one run looks at them."""

    def __init__(self, pool: Pool, tenant_id: UUID, source_id: UUID, run_id: UUID) -> None:
        self._pool = pool
        self._tenant_id = tenant_id
        self.source_id = source_id
        self.run_id = run_id
        self.known: dict[str, KnownPage] = {}

    async def open(self) -> None:
        """Read what is known, by the pages' names."""
        async with tenant_transaction(self._pool, self._tenant_id) as conn:
            rows = await source_pages.known(conn, self.source_id)
        self.known = {page_key(row.url): row for row in rows}

    def done_by_this_run(self, key: str) -> KnownPage | None:
        """A page that this very run had looked at before it was interrupted."""
        found = self.known.get(key)
        return found if found is not None and found.run_id == self.run_id else None

    async def links(self, url: str) -> list[str]:
        """Where a page led when it was read last."""
        async with tenant_transaction(self._pool, self._tenant_id) as conn:
            return await source_pages.links(conn, self.source_id, url)

    async def note(self, look: Look) -> None:
        """Keep what a look found."""
        page = look.page
        is_known = page_key(page.url) in self.known
        async with tenant_transaction(self._pool, self._tenant_id) as conn:
            if look.stands and is_known:
                await source_pages.touch(
                    conn, self.source_id, self.run_id, page.url, page.state, page.error
                )
            else:
                await source_pages.save(conn, self.source_id, self.run_id, page)

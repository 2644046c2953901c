"""`python -m benchmarks.console_10000`: how long the console's clicks take with 10,000 conversations.

A real server, a real browser. A click's time is from the event to the end of the frame after it;
the longest interaction is the browser's own measure, from event to paint. The table goes to
docs/benchmarks.md.
"""

import asyncio
import gzip
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx2
from playwright.sync_api import Page, sync_playwright

from hatch_build import BUILT
from tests.e2e.browsing import CHROMIUM_ARGUMENTS, CHROMIUM_NAMES, WIDE, PageTenant
from tests.e2e.console_visit import link
from tests.e2e.server_process import ServerProcess

CONVERSATIONS = 10_000
AT_ONCE = 16
ROUNDS = 20
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
_WATCH = """
window.slow = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.slow.push(one.duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
"""


def main() -> None:
    """Fill a server, click through its console, print the table."""
    limits = {"FRONTDESK_REQUESTS_PER_SECOND": "100000"}
    with tempfile.TemporaryDirectory() as folder:
        process = ServerProcess(Path(folder) / "data", limits).start()
        try:
            tenant = _tenant(process)
            asyncio.run(_fill(tenant))
            _look(tenant)
        finally:
            process.stop()


def _look(tenant: PageTenant) -> None:
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
        page = browser.new_context(viewport=WIDE).new_page()
        page.add_init_script(_WATCH)
        page.goto(link(tenant))
        _measure(page, tenant)
        browser.close()


def _tenant(process: ServerProcess) -> PageTenant:
    platform = {"Authorization": f"Bearer {process.platform_key}"}
    body = {"name": "Many", "slug": f"many-{uuid4().hex}"}
    answer = httpx2.post(f"{process.url}/v1/tenants", headers=platform, json=body, timeout=60)
    made = answer.json()
    return PageTenant(process.url, made["api_key"], made["assistant_id"])


async def _fill(tenant: PageTenant) -> None:
    """Ten thousand conversations, by the API as any program would."""
    headers = {"Authorization": f"Bearer {tenant.key}"}
    left = iter(range(CONVERSATIONS))
    async with httpx2.AsyncClient(base_url=tenant.url, headers=headers, timeout=120) as client:

        async def worker() -> None:
            for _ in left:
                body = {"assistant_id": tenant.assistant_id}
                (await client.post("/v1/conversations", json=body)).raise_for_status()

        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


def _measure(page: Page, tenant: PageTenant) -> None:
    page.goto(f"{tenant.url}/console/conversations")
    rows = page.get_by_role("list", name="Conversations").get_by_role("link")
    rows.first.wait_for()
    scrolled = _all_loaded(page)
    table = {"open a conversation": _clicks(page, lambda at: rows.nth(at % 8).click())}
    choose = page.get_by_label("Status")
    states = ("open", "resolved", "waiting_for_operator", "")
    table["choose a status"] = _clicks(page, lambda at: choose.select_option(states[at % 4]))
    places = ("Inbox", "Knowledge", "Approvals", "Conversations")
    menu = page.get_by_role("navigation", name="Main")
    table["open a page"] = _clicks(
        page, lambda at: menu.get_by_role("link", name=places[at % 4]).click()
    )
    print(f"{CONVERSATIONS} conversations, all of them scrolled through: {scrolled} rows drawn")
    print("| click | median | 95th of 100 | longest |\n| --- | --- | --- | --- |")
    for name, times in table.items():
        high = statistics.quantiles(times, n=20)[-1]
        print(
            f"| {name} | {statistics.median(times):.0f} ms | {high:.0f} ms | {max(times):.0f} ms |"
        )
    print(f"longest interaction that the browser noted: {page.evaluate(_LONGEST):.0f} ms")
    print(f"first view: {_first_view() / 1000:.0f} kB gzip")


_LONGEST = "Math.max(0, ...window.slow)"


def _all_loaded(page: Page) -> int:
    """Scroll until every conversation is in the list; how many of its rows are drawn then."""
    box = page.get_by_role("list", name="Conversations").locator("..")
    rows = page.locator("ul[aria-label=Conversations] li").last
    while rows.get_attribute("aria-posinset") != str(CONVERSATIONS):
        box.evaluate("(box) => { box.scrollTop = box.scrollHeight }")
        page.evaluate(_PAINTED)
    box.evaluate("(box) => { box.scrollTop = 0 }")
    page.evaluate(_PAINTED)
    return page.locator("ul[aria-label=Conversations] li").count()


def _clicks(page: Page, click: Callable[[int], object]) -> list[float]:
    """From each click to the frame after it, in milliseconds."""
    times: list[float] = []
    for at in range(ROUNDS):
        page.evaluate(
            "() => { window.began = null; for (const kind of ['pointerdown', 'change'])"
            " addEventListener(kind, () => { window.began ??= performance.now();"
            " requestAnimationFrame(() => setTimeout(() => { window.took = performance.now()"
            " - window.began })) }, { capture: true, once: true }) }"
        )
        page.evaluate("() => { window.took = null }")
        click(at)
        page.wait_for_function("window.took !== null")
        times.append(page.evaluate("window.took"))
    return times


def _first_view() -> int:
    """Bytes of the start and the page of conversations, packed."""
    built = BUILT / "hashed" / "console"
    index = (built / "index.html").read_text()
    wanted = [path for path in built.iterdir() if path.name in index and path.suffix != ".html"]
    wanted += list(built.glob("conversations-*.js"))
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in wanted)


if __name__ == "__main__":
    main()

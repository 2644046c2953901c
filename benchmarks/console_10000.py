"""`python -m benchmarks.console_10000`: how long the console takes with 10,000 conversations.

A real server, a real browser. A click's time is from the event to the end of the frame after it,
and to the frame in which what was asked for is there; the longest interaction is the browser's own measure, from event to paint. The table goes to
docs/benchmarks.md.
"""

import asyncio
import gzip
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
from playwright.sync_api import CDPSession, Locator, Page, expect, sync_playwright

from hatch_build import BUILT
from server import start
from server.access.keyrings import open_keyring
from settings import Settings
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.people import contacts
from tenants.transcripts import conversations, messages
from tests.e2e.browsing import CHROMIUM_ARGUMENTS, CHROMIUM_NAMES, WIDE, PageTenant
from tests.e2e.console_visit import link
from tests.e2e.server_process import ServerProcess

CONVERSATIONS = 10_000
AT_ONCE = 4
TOGETHER = 250  # conversations of one transaction
ROUNDS = 20
NAMES = ("Ada", "Bo", "Cem", "Dana", "Eli", "Femi", "Gil")
THINGS = ("lantern", "kettle", "parcel", "jacket", "compass", "saddle", "anvil", "ladder")
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
_WATCH = """
window.slow = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.slow.push(one.duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
"""


@dataclass(frozen=True)
class Act:
    """One press: where, and what is there when what was asked for has come."""

    place: Locator
    selector: str
    words: str


@dataclass(frozen=True)
class Times:
    """Milliseconds of every round; `came` is empty where nothing is waited for."""

    waited: list[float]
    worked: list[float]
    came: list[float]


def main() -> None:
    """Fill a server, click through its console, print the table."""
    limits = {"FRONTDESK_REQUESTS_PER_SECOND": "100000"}
    with tempfile.TemporaryDirectory() as folder:
        process = ServerProcess(Path(folder) / "data", limits).start()
        try:
            tenant, tenant_id = _tenant(process)
            began = time.monotonic()
            asyncio.run(_fill(process, tenant, tenant_id))
            print(f"filled in {time.monotonic() - began:.0f} s")
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
        page.get_by_role("heading", name="Inbox").wait_for()  # signed in
        _measure(page, tenant)
        browser.close()


def _tenant(process: ServerProcess) -> tuple[PageTenant, UUID]:
    platform = {"Authorization": f"Bearer {process.platform_key}"}
    body = {"name": "Many", "slug": f"many-{uuid4().hex}"}
    answer = httpx2.post(f"{process.url}/v1/tenants", headers=platform, json=body, timeout=60)
    made = answer.json()
    tenant = PageTenant(process.url, made["api_key"], made["assistant_id"])
    return tenant, UUID(made["tenant_id"])


async def _fill(process: ServerProcess, tenant: PageTenant, tenant_id: UUID) -> None:
    """Ten thousand conversations with their first message, written as the server writes them."""
    settings = Settings(data=process.data)
    with start.database(settings) as prepared:
        keys = open_keyring(settings, prepared.master_key)
        async with make_pool(
            prepared.app_url, min_size=AT_ONCE, max_size=AT_ONCE, timeout_seconds=60, keys=keys
        ) as pool:
            left = iter(range(0, CONVERSATIONS, TOGETHER))

            async def worker() -> None:
                for first in left:
                    await _some(pool, tenant_id, UUID(tenant.assistant_id), first)

            await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


async def _some(pool: Pool, tenant_id: UUID, assistant_id: UUID, first: int) -> None:
    async with tenant_transaction(pool, tenant_id) as conn:
        for number in range(first, first + TOGETHER):
            contact = await contacts.create(
                conn, {"name": f"{NAMES[number % len(NAMES)]} {number}"}
            )
            made = await conversations.create(conn, assistant_id, contact.contact_id)
            thing = THINGS[number % len(THINGS)]
            said = messages.NewMessage(
                made.conversation_id,
                "api",
                "in",
                "contact",
                None,
                [{"type": "text", "text": f"Where is my {thing}, number {number}?"}],
            )
            await messages.insert(conn, said)
            if number % 5:
                continue
            await conversations.set_status(conn, made.conversation_id, "resolved", language="en")


def _measure(page: Page, tenant: PageTenant) -> None:
    page.goto(f"{tenant.url}/console/conversations")
    rows = page.get_by_role("list", name="Conversations").get_by_role("link")
    rows.first.wait_for()
    scrolled = _all_loaded(page)
    box = page.get_by_role("list", name="Conversations").locator("..")
    box.hover()
    table = {"scroll": _times(page, lambda at: page.mouse.wheel(0, 2_400 if at % 2 else -1_700))}
    table["open a conversation"] = _presses(page, lambda at: _row(page, box, at))
    field = page.get_by_label("Words that were said")
    field.focus()
    table["type a letter of a search"] = _times(
        page, lambda at: page.keyboard.press("lantern"[at % 7])
    )
    field.fill("compass")
    expect(rows.first).to_contain_text("compass")
    field.fill("")
    expect(page).not_to_have_url(re.compile("q="))
    choose = page.get_by_label("Status")
    states = ("open", "resolved", "waiting_for_operator", "")
    table["choose a status"] = _times(page, lambda at: choose.select_option(states[at % 4]))
    places = ("Inbox", "Knowledge", "Approvals", "Conversations")
    menu = page.get_by_role("navigation", name="Main")
    table["open a page"] = _presses(
        page,
        lambda at: Act(menu.get_by_role("link", name=places[at % 4]), "h1", places[at % 4]),
    )
    print(f"{CONVERSATIONS} conversations, all of them scrolled through: {scrolled} rows drawn")
    print("| act | its work, median | 95th of 100 | until the frame, median | until it is there |")
    print("| --- | --- | --- | --- | --- |")
    for name, times in table.items():
        high = statistics.quantiles(times.worked, n=20)[-1]
        worked, waited = statistics.median(times.worked), statistics.median(times.waited)
        came = f"{statistics.median(times.came):.0f} ms" if times.came else ""
        print(f"| {name} | {worked:.0f} ms | {high:.0f} ms | {waited:.0f} ms | {came} |")
    print(f"longest interaction that the browser noted: {page.evaluate(_LONGEST):.0f} ms")
    print(f"first view: {_first_view() / 1000:.0f} kB gzip")


_WAIT_FOR_A_FRAME = """([selector, words]) => {
  let came;
  window.came = new Promise((done) => { came = done });
  window.took = new Promise((done) => {
    const heard = () => {
      const began = performance.now();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
      const look = () => {
        const found = selector && document.querySelector(selector);
        if (found && found.textContent.includes(words)) came(performance.now() - began);
        else if (selector) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    };
    for (const kind of ["pointerdown", "change", "keydown", "wheel"])
      addEventListener(kind, heard, { capture: true, once: true });
  });
}"""
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


def _row(page: Page, box: Locator, at: int) -> Act:
    """A conversation that was not opened before, and the first line of its transcript."""
    box.evaluate("(box, top) => { box.scrollTop = top }", at * 1_200)
    page.evaluate(_PAINTED)
    row = page.locator(f"ul[aria-label=Conversations] li[aria-posinset='{at * 20 + 4}']")
    words = row.inner_text().splitlines()[0]
    return Act(row, "section[aria-label=Conversation] li[data-author]", words)


def _presses(page: Page, act_of: Callable[[int], Act]) -> Times:
    """As `_times`; where to press is found before, so that finding it is not measured."""
    session = _metrics(page)
    times = Times([], [], [])
    for at in range(ROUNDS):
        act = act_of(at)
        place = act.place.bounding_box()
        assert place is not None
        page.evaluate(_WAIT_FOR_A_FRAME, [act.selector, act.words])
        before = _worked_ms(session)
        page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        times.waited.append(page.evaluate("window.took"))
        times.worked.append(_worked_ms(session) - before)
        times.came.append(page.evaluate("window.came"))
    session.detach()
    return times


def _times(page: Page, act: Callable[[int], object]) -> Times:
    """Of each act: from its event to the end of the frame after it, and the page's own work."""
    session = _metrics(page)
    times = Times([], [], [])
    for at in range(ROUNDS):
        page.evaluate(_WAIT_FOR_A_FRAME, ["", ""])
        before = _worked_ms(session)
        act(at)
        times.waited.append(page.evaluate("window.took"))
        times.worked.append(_worked_ms(session) - before)
    session.detach()
    return times


def _metrics(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
    session.send("Performance.enable")
    return session


def _worked_ms(session: CDPSession) -> float:
    """Time that the page's main thread has computed, whatever else the machine did meanwhile."""
    told = session.send("Performance.getMetrics")["metrics"]
    return 1_000 * next(one["value"] for one in told if one["name"] == "TaskDuration")


def _first_view() -> int:
    """Bytes of the start and the page of conversations, packed."""
    built = BUILT / "hashed" / "console"
    index = (built / "index.html").read_text()
    wanted = [path for path in built.iterdir() if path.name in index and path.suffix != ".html"]
    wanted += list(built.glob("conversations-*.js"))
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in wanted)


if __name__ == "__main__":
    main()

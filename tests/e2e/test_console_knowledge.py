"""The console's knowledge in a real browser: entries, sources, versions and suggestions are kept."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import PageTenant, Watched
from tests.e2e.console_visit import ask, link, operator
from tests.e2e.widget_site import axe_violations

PARKING = {"question": "Is there parking?", "answer": "Behind the house."}
# A file that somebody lets go, or pastes, where the keyboard is nowhere.
LET_GO = """([kind, name, text]) => {
  const given = new DataTransfer();
  given.items.add(new File([text], name, { type: "application/octet-stream" }));
  const told = { bubbles: true, cancelable: true };
  const event = kind === "drop"
    ? new DragEvent("drop", { ...told, dataTransfer: given })
    : new ClipboardEvent("paste", { ...told, clipboardData: given });
  document.querySelector("h1").dispatchEvent(event);
  return event.defaultPrevented;
}"""
# A file let go over the form, as a browser tells of it.
DROPPED = """(form) => {
  const given = new DataTransfer();
  given.items.add(new File(["A glaze firing costs nine pounds."], "prices.txt", { type: "text/plain" }));
  form.dispatchEvent(new DragEvent("drop", { dataTransfer: given, bubbles: true, cancelable: true }));
}"""


def _base(tenant: PageTenant) -> str:
    assistant = tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}")
    return f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}"


def _open(page: Page, tenant: PageTenant, tab: str) -> None:
    page.goto(f"{tenant.url}/console/knowledge/{tab}")
    expect(page.get_by_role("heading", name="Knowledge", exact=True)).to_be_visible()


def _titles(tenant: PageTenant, base: str) -> list[str]:
    return [one["title"] for one in tenant.call("GET", f"{base}/documents")["data"]]


def _told(tenant: PageTenant, base: str, title: str) -> Any:
    [one] = [d for d in tenant.call("GET", f"{base}/documents")["data"] if d["title"] == title]
    return tenant.call("GET", f"{base}/documents/{one['document_id']}")["content"]


def test_entries_are_dropped_read_changed_and_kept_apart_by_base(
    browser: Browser, page_tenant: PageTenant
) -> None:
    base = _base(page_tenant)
    page_tenant.call("POST", f"{base}/documents", PARKING)
    second = page_tenant.call("POST", "/v1/knowledge-bases", {"name": "Workshop"})
    with operator(browser, link(page_tenant)) as page:
        _open(page, page_tenant, "entries")
        page.get_by_label("Knowledge base", exact=True).select_option(label="Knowledge")
        page.get_by_role("button", name="Open Is there parking?").click()
        page.get_by_label("Answer of the entry").fill("Two streets away.")
        page.get_by_role("button", name="Save entry").click()
        expect(page.get_by_role("button", name="Save entry")).to_be_disabled()
        assert axe_violations(page) == []
        page.locator("form").evaluate(DROPPED)
        expect(page.get_by_role("status")).to_contain_text("Added.")
        page.get_by_label("Or the address of a page").fill("https://shop.example/help")
        page.get_by_role("button", name="Read page").click()
        expect(page.get_by_role("alert")).to_contain_text("Nothing was added.")
        page.get_by_label("Knowledge base", exact=True).select_option(label="Workshop")
        expect(page.get_by_text("Nothing to answer from yet")).to_be_visible()
        page.get_by_role("tab", name="Versions").click()
        expect(page.get_by_text("No version yet")).to_be_visible()
        assert axe_violations(page) == []
        page.get_by_role("tab", name="Entries").click()
        page.get_by_label("Question", exact=True).fill("Who fires?")
        page.get_by_label("Answer", exact=True).fill("Juno does.")
        page.get_by_role("button", name="Add entry").click()
        expect(page.get_by_role("status")).to_contain_text("searchable now")
        page.get_by_role("button", name="Delete Who fires?").click()
        page.get_by_role("button", name="Delete Who fires? for good").click()
        expect(page.get_by_text("Nothing to answer from yet")).to_be_visible()
    assert _told(page_tenant, base, PARKING["question"])["answer"] == "Two streets away."
    assert any("prices" in title for title in _titles(page_tenant, base))
    jobs = page_tenant.call("GET", "/v1/jobs")["data"]
    assert [one["status"] for one in jobs if one["kind"] != "ingest"], jobs
    assert _titles(page_tenant, f"/v1/knowledge-bases/{second['knowledge_base_id']}") == []


def test_a_refusal_names_its_file_and_is_gone_with_the_next_thing_added(
    watched: Watched, page_tenant: PageTenant
) -> None:
    page = watched.page
    watched.go(link(page_tenant))
    page.get_by_role("link", name="Knowledge").click()
    status, alert = page.locator("form").get_by_role("status"), page.get_by_role("alert")
    expect(page.get_by_label("Or the address of a page")).to_be_visible()
    assert page.evaluate(LET_GO, ["drop", "setup.exe", "MZ\0\0"]), "else the browser opens it"
    expect(alert).to_have_text("setup.exe: it is a Windows program")
    expect(status).to_have_count(0)  # nothing is being sent any more
    page.evaluate(LET_GO, ["paste", "glaze.txt", "A glaze firing costs nine pounds."])
    expect(status).to_contain_text("Added.")
    expect(alert).to_have_count(0)
    page.get_by_label("Or the address of a page").fill("not an address")
    page.get_by_role("button", name="Read page").click()
    expect(alert).to_contain_text("an address has no spaces")
    expect(status).to_have_count(0)
    page.get_by_label("Question", exact=True).fill(PARKING["question"])
    page.get_by_label("Answer", exact=True).fill(PARKING["answer"])
    page.get_by_role("button", name="Add entry").click()
    expect(status).to_contain_text("searchable now")
    expect(alert).to_have_count(0)
    watched.complaints.clear()  # the browser notes both refusals
    assert _titles(page_tenant, _base(page_tenant)) == [PARKING["question"], "glaze"]


def test_an_entry_is_found_by_its_title_and_the_tab_says_where_one_is(
    browser: Browser, page_tenant: PageTenant
) -> None:
    base = _base(page_tenant)
    for question in (PARKING["question"], "Do you ship abroad?"):
        page_tenant.call("POST", f"{base}/documents", PARKING | {"question": question})
    ask(page_tenant, "Do you fire pots made elsewhere?")
    with operator(browser, link(page_tenant)) as page:
        expect(page).to_have_title("(1) Inbox · Fern & Kiln")
        _open(page, page_tenant, "entries")
        expect(page).to_have_title("(1) Knowledge · Fern & Kiln")
        entries = page.get_by_role("button", name="Open ")
        expect(entries).to_have_count(2)
        find = page.get_by_label("Words of an entry's title")
        find.fill("parking")
        expect(entries).to_have_count(1)
        assert axe_violations(page) == []
        find.fill("elephants")
        expect(page.get_by_text("No entry is called so.")).to_be_visible()
        find.fill("")
        expect(entries).to_have_count(2)


def test_sources_are_named_read_again_and_forgotten(
    browser: Browser, page_tenant: PageTenant
) -> None:
    base = _base(page_tenant)
    with operator(browser, link(page_tenant)) as page:
        _open(page, page_tenant, "sources")
        expect(page.get_by_text("No sources yet")).to_be_visible()
        page.get_by_label("What it is").select_option("crawl")
        page.get_by_label("Address of the source").fill("https://shop.example/help/")
        page.get_by_label("Read again every, hours").fill("12")
        page.get_by_label("Pages at most").fill("50")
        page.get_by_role("button", name="Add source").click()
        again = page.get_by_role("button", name="Read https://shop.example/help/ now")
        expect(again).to_be_visible()
        [source] = page_tenant.call("GET", f"{base}/sources")["data"]
        again.click()
        expect(page.get_by_role("alert")).to_contain_text("could not be read")
        assert axe_violations(page) == []
        page.get_by_role("button", name="Forget https://shop.example/help/").click()
        page.get_by_role("button", name="Forget it, keep its entries").click()
        expect(page.get_by_text("No sources yet")).to_be_visible()
    assert (source["kind"], source["every_hours"], source["max_pages"]) == ("crawl", 12, 50)
    assert page_tenant.call("GET", f"{base}/sources")["data"] == []
    assert page_tenant.call("GET", "/v1/jobs")["data"]


def test_a_staged_change_is_compared_tried_discarded_and_a_version_gone_back_to(
    browser: Browser, page_tenant: PageTenant
) -> None:
    base = _base(page_tenant)
    made = page_tenant.call("POST", f"{base}/documents", PARKING)
    page_tenant.call("PATCH", base, {"publishing": "manual"})
    page_tenant.call("PUT", f"{base}/documents/{made['document_id']}", PARKING | {"answer": "No."})
    page_tenant.call("POST", f"{base}/versions", {})
    ask(page_tenant, PARKING["question"])
    live, before = page_tenant.call("GET", f"{base}/versions")["data"][:2]
    with operator(browser, link(page_tenant)) as page:
        _open(page, page_tenant, "entries")
        page.get_by_role("button", name="Open Is there parking?").click()
        page.get_by_label("Answer of the entry").fill("Two streets away.")
        page.get_by_label("Stage this change").check()
        page.get_by_role("button", name="Save entry").click()
        expect(page.get_by_text("Staged", exact=True)).to_be_visible()
        page.get_by_role("tab", name="Versions").click()
        page.get_by_role("button", name="What would it change?").click()
        shown = page.get_by_role("region", name="What it would change")
        expect(shown).to_contain_text("Two streets away.")
        page.get_by_role("button", name="Compare the staged changes").click()
        differs = page.get_by_role("region", name="What differs")
        expect(differs.locator("ins")).to_contain_text("Two streets away.")
        assert axe_violations(page) == []
        page.get_by_role("button", name="Discard the staged changes").click()
        page.get_by_role("button", name="Discard for good").click()
        expect(page.get_by_text("Changes are staged")).to_have_count(0)
        assert page_tenant.call("GET", base)["staged_version"] is None
        page.get_by_role(
            "button", name=f"Go back to version {before['number']}", exact=True
        ).click()
        expect(
            page.get_by_role("button", name=f"Go back to version {live['number']}", exact=True)
        ).to_be_visible()
    assert page_tenant.call("GET", base)["version"] == before["version"]


def test_what_was_compared_is_not_asked_for_any_more_when_it_is_published(
    browser: Browser, page_tenant: PageTenant
) -> None:
    base = _base(page_tenant)
    page_tenant.call("PATCH", base, {"publishing": "manual"})
    page_tenant.call("POST", f"{base}/documents", PARKING)
    refused: list[str] = []
    with operator(browser, link(page_tenant)) as page:
        page.on("response", lambda r: refused.append(r.url) if r.status >= 400 else None)
        _open(page, page_tenant, "versions")
        page.get_by_role("button", name="Compare the staged changes").click()
        expect(page.get_by_role("region", name="What differs")).to_contain_text("parking")
        page.get_by_role("button", name="Publish").click()
        expect(page.get_by_text("Changes are staged")).to_have_count(0)
        expect(page.get_by_text("live", exact=True)).to_be_visible()
        page.wait_for_timeout(500)  # for whoever asks again
    assert refused == []
    assert page_tenant.call("GET", base)["staged_version"] is None
    found = page_tenant.call("POST", f"{base}/search", {"query": "parking"})["data"]
    assert "Behind the house" in found[0]["text"]


def test_a_suggestion_is_tried_before_it_is_approved_and_another_dismissed(
    browser: Browser, page_tenant: PageTenant
) -> None:
    for question in ("Do you fire pots that I made elsewhere?", "Where is the nearest tram?"):
        ask(page_tenant, question)
    with operator(browser, link(page_tenant)) as page:
        _open(page, page_tenant, "learnt")
        waiting = page.get_by_role("tabpanel").get_by_role("listitem")
        expect(waiting).to_have_count(2)
        tram = waiting.filter(has=page.get_by_role("button", name="Dismiss")).filter(
            has=page.locator("input[value*=tram]")
        )
        tram.get_by_role("button", name="Dismiss").click()
        expect(waiting).to_have_count(1)
        waiting.get_by_label("Answer").fill("Yes, for 12 pounds a kilo.")
        waiting.get_by_role("button", name="What would it change?").click()
        shown = page.get_by_role("region", name="What it would change")
        expect(shown).to_contain_text("newly answered")
        expect(shown).to_contain_text("12 pounds")
        assert axe_violations(page) == []
        waiting.get_by_role("button", name="Approve").click()
        expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    path = "/v1/knowledge-suggestions?status="
    [dismissed] = page_tenant.call("GET", f"{path}dismissed")["data"]
    [approved] = page_tenant.call("GET", f"{path}approved")["data"]
    assert "tram" in dismissed["question"] and "pots" in approved["question"]

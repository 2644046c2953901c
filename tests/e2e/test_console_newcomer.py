"""What somebody new to the console trips over: every slip is named, and nothing of theirs is lost."""

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import PageTenant
from tests.e2e.console_visit import link, operator
from tests.e2e.widget_site import axe_violations

# Files let go together over the page, as a browser tells of them.
LET_GO = """(files) => {
  const given = new DataTransfer();
  for (const [name, text] of files) given.items.add(new File([text], name, { type: "text/plain" }));
  const told = { bubbles: true, cancelable: true, dataTransfer: given };
  document.querySelector("h1").dispatchEvent(new DragEvent("drop", told));
}"""
PRICES = "A glaze firing costs nine pounds."
HOURS = "We are open from ten to six, Mondays excepted."


def _open(page: Page, tenant: PageTenant, path: str, heading: str) -> None:
    page.goto(f"{tenant.url}/console/{path}")
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


def _base(tenant: PageTenant) -> str:
    assistant = tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}")
    return f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}"


def test_of_several_files_the_good_are_taken_and_the_empty_is_named(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with operator(browser, link(page_tenant)) as page:
        _open(page, page_tenant, "knowledge/entries", "Knowledge")
        expect(page.get_by_text("Add files")).to_be_visible()
        page.evaluate(LET_GO, [["prices.txt", PRICES], ["left.txt", ""], ["hours.txt", HOURS]])
        expect(page.get_by_role("status")).to_contain_text("Added.")
        expect(page.get_by_role("status")).to_contain_text("left.txt: the file is empty")
    titles = [
        one["title"] for one in page_tenant.call("GET", f"{_base(page_tenant)}/documents")["data"]
    ]
    assert sorted(titles) == ["hours", "prices"]


def test_a_file_that_comes_twice_names_the_entry_that_was_there(
    browser: Browser, page_tenant: PageTenant
) -> None:
    base = _base(page_tenant)
    with operator(browser, link(page_tenant)) as page:
        _open(page, page_tenant, "knowledge/entries", "Knowledge")
        expect(page.get_by_text("Add files")).to_be_visible()
        page.evaluate(LET_GO, [["prices.txt", PRICES]])
        expect(page.get_by_role("status")).to_have_text("Added. It is searchable now.")
        [first] = page_tenant.call("GET", f"{base}/documents")["data"]
        page.evaluate(LET_GO, [["prices-again.txt", PRICES]])
        there = page.get_by_role("region", name="There already")
        expect(there).to_contain_text("prices-again repeats prices")
        expect(there.get_by_role("link")).to_have_attribute(
            "href",
            f"/console/knowledge/entries?base={base.rpartition('/')[2]}&entry={first['document_id']}",
        )
        page.evaluate(LET_GO, [["hours.txt", HOURS], ["prices-3.txt", PRICES]])
        expect(there).to_contain_text("prices-3 repeats prices")
        assert axe_violations(page) == []

"""The page's knowledge: files with their progress and refusals, staged changes, versions."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.browsing import PageTenant, Watched, ask, open_panel

PRICES = "# Workshop\n\n| Service | Price |\n| --- | --- |\n| Full overhaul | 180 euros |\n"


def test_files_are_added_and_a_broken_one_is_named(
    watched: Watched, page_tenant: PageTenant, tmp_path: Path
):
    good, broken = tmp_path / "prices.md", tmp_path / "broken.pdf"
    good.write_text(PRICES)
    broken.write_bytes(b"%PDF-1.7 and nothing more")
    page = watched.page
    watched.go(f"{page_tenant.url}/#key={page_tenant.key}")
    page.locator("#assistant-list button").click()
    open_panel(page, "knowledge")
    page.locator("#knowledge-kind").select_option("file")
    page.locator("#knowledge-files").set_input_files([good, broken])
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#knowledge-notice")).to_contain_text("Added.", timeout=30_000)
    expect(page.locator(".job-errors")).to_contain_text("broken.pdf")
    expect(page.locator("#document-list")).to_contain_text("Workshop")
    ask(page, "How much is a full overhaul?")
    expect(page.locator("#chat-log .from-assistant .bubble")).to_contain_text("180 euros")


def test_what_is_staged_waits_and_a_version_can_be_gone_back_to(
    watched: Watched, page_tenant: PageTenant
):
    [assistant] = page_tenant.call("GET", "/v1/assistants")["data"]
    base = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}"
    entry = {"question": "Is there parking?", "answer": "Yes, behind the house."}
    page_tenant.call("POST", f"{base}/documents", entry)
    page = watched.page
    watched.go(f"{page_tenant.url}/#key={page_tenant.key}")
    page.locator("#assistant-list button").click()
    open_panel(page, "knowledge")
    page.locator("#knowledge-question").fill("Do you sell gift vouchers?")
    page.locator("#knowledge-answer").fill("Yes, from 20 euro on.")
    page.get_by_label("Stage only").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#knowledge-notice")).to_contain_text("Staged.")
    added = page.locator("#document-list li", has_text="gift vouchers")
    expect(added).to_contain_text("staged")
    page.locator("#search-query").fill("gift vouchers")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#search-results")).not_to_contain_text("from 20 euro")

    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#staged")).to_be_hidden()
    expect(added).not_to_contain_text("staged")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#search-results")).to_contain_text("from 20 euro")

    page.locator("#versions-box summary").click()
    page.get_by_role("button", name="Go back to it").first.click()
    expect(added).to_have_count(0)
    expect(page.locator("#version-list li", has_text="(live)")).to_have_count(1)

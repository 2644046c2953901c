"""What somebody new to the console trips over: every slip is named, and nothing of theirs is lost."""

from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.browsing import SETTLED_MS, WIDE, PageTenant, Watched, assert_fits, fresh_tenant
from tests.e2e.console_visit import ask, link, operator
from tests.e2e.server_process import ServerProcess
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


@contextmanager
def watching(browser: Browser) -> Generator[tuple[Page, Watched]]:
    """A page of nobody's yet; what its browser complained of can be forgiven before it closes."""
    context = browser.new_context(viewport=WIDE)
    watched = Watched(context.new_page())
    watched.page.set_default_timeout(SETTLED_MS)
    expect.set_options(timeout=SETTLED_MS)
    yield watched.page, watched
    context.close()
    assert watched.complaints == [] and watched.foreign == []


@contextmanager
def entered(browser: Browser, tenant: PageTenant) -> Generator[tuple[Page, Watched]]:
    """The same, signed in as an owner."""
    with watching(browser) as (page, watched):
        watched.go(link(tenant))
        expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        yield page, watched


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


def test_a_refusal_stands_beside_its_field_in_the_words_of_the_page(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with entered(browser, page_tenant) as (page, watched):
        _open(page, page_tenant, "settings/usage", "Budget")
        limit = page.get_by_label("Limit in US dollars a month")
        limit.fill("-4")
        page.get_by_role("button", name="Set the limit").click()
        told = "It takes 0 or more."
        expect(page.get_by_role("alert")).to_have_text(f"Limit in US dollars a month: {told}")
        expect(limit).to_have_accessible_description(told)
        expect(limit).to_have_attribute("aria-invalid", "true")
        assert axe_violations(page) == []
        _open(page, page_tenant, f"assistants/{page_tenant.assistant_id}/widget", "Look")
        accent = page.get_by_label("Accent colour", exact=True)
        accent.fill("red")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Accent colour: ")
        expect(accent).to_have_attribute("aria-invalid", "true")
        watched.complaints.clear()  # the browser notes every answer of 422 on its console
    assert page_tenant.call("GET", "/v1/budget")["limits"] == []


def test_the_widget_beside_its_settings_takes_no_word_from_them(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with operator(browser, link(page_tenant)) as page:
        held: list[Route] = []
        frame = f"{page_tenant.url}/widget/{page_tenant.assistant_id}"
        page.route(frame, lambda route: held.append(route))
        with page.expect_request(frame):
            _open(page, page_tenant, f"assistants/{page_tenant.assistant_id}/widget", "Look")
        greeting = page.get_by_label("Greeting")
        greeting.press_sequentially("Good ")
        [route] = held
        route.continue_()
        expect(page.frame_locator("iframe").get_by_role("textbox")).to_be_visible()
        page.keyboard.type("day")
        expect(greeting).to_have_value("Good day")


def test_an_invitation_says_who_invites_and_a_spent_one_asks_for_nothing(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with operator(browser, link(page_tenant)) as page:
        _open(page, page_tenant, "settings/people", "People")
        page.get_by_label("Name", exact=True).fill("Sam")
        page.get_by_label("E-mail").fill("sam@a.example")
        page.get_by_role("button", name="Invite", exact=True).click()
        address = page.get_by_role("status").locator("code").inner_text()
    with watching(browser) as (page, watched):
        watched.go(address)
        expect(page.get_by_text("Robin invites you to Fern & Kiln as operator.")).to_be_visible()
        expect(page.get_by_text("sam@a.example")).to_be_visible()
        assert axe_violations(page) == []
        page.get_by_label("New password").fill("correct horse 42 battery")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    with watching(browser) as (page, watched):
        watched.go(address)
        expect(page.get_by_role("alert")).to_contain_text("the invitation was used already")
        expect(page.get_by_label("New password")).to_have_count(0)
        assert axe_violations(page) == []
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_label("Password")).to_be_visible()
        watched.complaints.clear()  # the browser notes the 401 of the spent link


def test_versions_are_counted_one_by_one_though_the_api_leaves_numbers_out(
    browser: Browser, page_tenant: PageTenant
) -> None:
    base = _base(page_tenant)
    page_tenant.call("POST", f"{base}/documents?stage=true", {"title": "Hours", "text": HOURS})
    page_tenant.call("POST", f"{base}/versions", {})
    newest, *_ = page_tenant.call("GET", f"{base}/versions")["data"]
    assert newest["version"] != newest["number"]
    with operator(browser, link(page_tenant)) as page:
        _open(page, page_tenant, "knowledge/versions", "Knowledge")
        first = page.get_by_role("tabpanel").get_by_role("listitem").first
        expect(first).to_contain_text(f"Version {newest['number']} ")
        expect(first).to_contain_text(f"{newest['version']} in the API")


def test_on_a_phone_tabs_stay_in_a_row_and_a_count_stands_beside_its_sign(
    browser: Browser, page_tenant: PageTenant
) -> None:
    ask(page_tenant, "Do you fire pots that I made elsewhere?")
    with operator(browser, link(page_tenant), {"width": 390, "height": 844}) as page:
        sign = page.get_by_role("link", name="Inbox").locator("svg").bounding_box()
        count = page.get_by_role("link", name="Inbox").get_by_text("1", exact=True).bounding_box()
        assert sign and count and count["x"] >= sign["x"] + sign["width"] - 2
        _open(page, page_tenant, "knowledge/entries", "Knowledge")
        expect(page.get_by_role("tab", name="Versions")).to_be_visible()
        tabs = [one.bounding_box() for one in page.get_by_role("tab").all()]
        assert len({round(box["y"]) for box in tabs if box}) == 1
        assert all(box and box["x"] + box["width"] <= 390 for box in tabs)
        assert_fits(page)
        page.get_by_role("tab", name="Versions").click()
        expect(page.get_by_text("No version yet")).to_be_visible()
        assert axe_violations(page) == []


def test_who_may_not_change_assistants_is_told_why(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with operator(browser, link(page_tenant, "Ola", "operator")) as page:
        _open(page, page_tenant, "assistants", "Assistants")
        why = page.get_by_role("note")
        expect(why).to_contain_text("changed by owners and administrators")
        expect(page.get_by_role("group", name="Persona")).to_have_accessible_description(
            why.inner_text()
        )
        expect(page.get_by_label("Tone")).to_be_disabled()
        for _ in range(40):
            page.keyboard.press("Tab")
            if why.evaluate("(note) => note === document.activeElement"):
                break
        expect(why).to_be_focused()
        assert axe_violations(page) == []


def test_settings_say_what_is_meant_without_a_guess(
    browser: Browser, page_tenant: PageTenant
) -> None:
    with operator(browser, link(page_tenant)) as page:
        _open(page, page_tenant, "settings/models", "Providers")
        ollama = page.get_by_role("listitem").filter(has_text="Ollama")
        expect(ollama).to_contain_text("not set up on this server")
        _open(page, page_tenant, "settings/deliveries", "Channels")
        expect(page.get_by_text("Assistant of the channel", exact=True)).to_be_visible()


def test_who_works_for_several_companies_chooses_among_them(
    browser: Browser, page_tenant: PageTenant, page_server: ServerProcess
) -> None:
    other, password = fresh_tenant(page_server), "correct horse 42 battery"
    body = {"email": "sam@a.example", "name": "Sam", "role": "operator"}
    with watching(browser) as (page, watched):
        for tenant in (page_tenant, other):
            path = tenant.call("POST", "/v1/invitations", body)["path"]
            page.goto("about:blank")
            watched.go(tenant.url + path)
            page.get_by_label("New password").fill(password)
            page.get_by_role("button", name="Join").click()
            expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        page.get_by_role("button", name="Sam").click()
        page.get_by_role("menuitem", name="Another company").click()
        choice = page.get_by_role("group", name="Which company?").get_by_role("radio")
        expect(choice).to_have_count(2)
        choice.last.check()  # the one signed in to last comes first
        assert axe_violations(page) == []
        page.get_by_label("E-mail").fill("sam@a.example")
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        slug = page.evaluate(
            "fetch('/v1/session').then((r) => r.json()).then((me) => me.tenant.slug)"
        )
        page.get_by_role("button", name="Sam").click()
        expect(page.get_by_text(slug)).to_be_visible()
    with operator(browser, link(page_tenant)) as page:
        mine = page.evaluate(
            "fetch('/v1/session').then((r) => r.json()).then((me) => me.tenant.slug)"
        )
    assert slug == mine

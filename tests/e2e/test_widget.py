"""The widget on a stranger's page, wide and on a phone, against a real server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, ViewportSize, expect

from tests.e2e.browsing import PageTenant
from tests.e2e.server_process import within
from tests.e2e.widget_site import (
    COUNTED_NOTES,
    HOSTILE,
    NO_SOCKETS,
    Visit,
    allow,
    site,
    visit,
)

WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 780}
KNOWN = "How much is the evening course?"
PRICE = "The evening course costs 145 pounds."
UNKNOWN = "Do you fire pots that I made elsewhere?"


@pytest.fixture
def taught(page_tenant: PageTenant) -> PageTenant:
    """A tenant whose assistant knows one price, and the operator Robin."""
    base = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")
    path = f"/v1/knowledge-bases/{base['knowledge_base_ids'][0]}/documents"
    page_tenant.call("POST", path, {"question": KNOWN, "answer": PRICE})
    return page_tenant


@pytest.fixture
def address(taught: PageTenant) -> Iterator[str]:
    with site(taught.url, taught.assistant_id) as where:
        allow(taught, where)
        yield where


def _stored(tenant: PageTenant, author: str) -> list[str]:
    [conversation] = tenant.call("GET", "/v1/conversations")["data"]
    path = f"/v1/conversations/{conversation['conversation_id']}/messages"
    return [m["text"] for m in tenant.call("GET", path)["data"] if m["author"] == author]


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_visitor_is_answered_and_a_person_comes(
    browser: Browser, taught: PageTenant, address: str, viewport: ViewportSize
) -> None:
    with visit(browser, taught.url, address, viewport, color_scheme="dark") as here:
        here.open()
        here.say(KNOWN)
        expect(here.chat.locator(".log [data-author=assistant] .bubble")).to_contain_text("145")
        here.chat.get_by_role("button", name="Source").click()
        expect(here.chat.locator(".sources blockquote")).to_contain_text("145 pounds")
        with here.page.expect_response(lambda r: r.url.endswith("/feedback")) as judged:
            here.chat.get_by_role("button", name="Helpful", exact=True).click()
        assert judged.value.status == 201
        here.say(UNKNOWN)
        expect(here.chat.locator(".person")).to_contain_text("A person is joining")
        assert here.violations() == []
        _robin_answers(taught, here)
        here.say("Thank you!")
        here.expect_lines("contact", 3)
        expect(here.chat.locator(".rating")).to_be_visible()
        with here.page.expect_response(lambda r: r.url.endswith("/rating")) as rated:
            here.chat.get_by_role("button", name="5 of 5").click()
        assert rated.value.status == 201
    assert _stored(taught, "contact") == [KNOWN, UNKNOWN, "Thank you!"]


def _robin_answers(tenant: PageTenant, here: Visit) -> None:
    robin = tenant.call("POST", "/v1/operators", {"email": "robin@a.example", "name": "Robin"})
    acting = {"operator_id": robin["operator_id"]}
    [handoff] = tenant.call("GET", "/v1/handoffs?status=waiting")["data"]
    path = f"/v1/handoffs/{handoff['handoff_id']}"
    tenant.call("POST", f"{path}/claim", acting)
    expect(here.chat.locator(".person")).to_contain_text("Robin is with you")
    tenant.call("POST", f"{path}/messages", acting | {"text": "One moment, I ask the kiln."})
    expect(here.chat.locator(".log [data-author=operator] .byline")).to_contain_text("Robin")
    tenant.call("POST", f"{path}/resolve", acting | {"reply": "Yes, for 12 pounds."})
    expect(here.chat.locator(".person")).to_contain_text("the assistant again")
    assert here.lines("operator") == ["One moment, I ask the kiln.", "Yes, for 12 pounds."]


def test_a_return_brings_back_what_was_said_and_a_new_conversation_is_apart(
    browser: Browser, taught: PageTenant, address: str
) -> None:
    with visit(browser, taught.url, address, PHONE) as here:
        here.open()
        here.say(KNOWN)
        here.expect_lines("assistant", 1)
        before = here.lines("assistant")
        here.page.reload()
        here.expect_lines("assistant", 1)
        assert here.lines("assistant") == before and here.lines("contact") == [KNOWN]
        here.chat.get_by_role("button", name="New conversation").click()
        here.say("Hello there")
        here.expect_lines("contact", 1)
        here.expect_lines("assistant", 1)
        here.chat.get_by_role("button", name="Your conversations").click()
        expect(here.chat.locator(".conversations li")).to_have_count(2)
        assert here.violations() == []
        here.chat.get_by_role("button", name=KNOWN).click()
        here.expect_lines("assistant", 1)
        assert here.lines("assistant") == before
    found = taught.call("GET", "/v1/conversations")["data"]
    assert len(found) == 2 and len({one["contact_id"] for one in found}) == 1


def test_a_message_that_is_too_long_is_kept_and_told_by_how_much(
    browser: Browser, taught: PageTenant, address: str
) -> None:
    long = "word " * 1_601  # 8,004 letters without the last blank
    with visit(browser, taught.url, address, WIDE) as here:
        here.open()
        here.say(long)
        expect(here.chat.locator(".composer .note")).to_have_text("4 characters too many")
        expect(here.chat.get_by_role("textbox")).to_have_value(long)
        assert taught.call("GET", "/v1/conversations")["data"] == []
        here.say(long[:7_990])
        here.expect_lines("contact", 1)
        here.expect_lines("assistant", 1)
    assert _stored(taught, "contact") == [long[:7_990].strip()]


def test_what_is_said_offline_is_sent_once_and_an_answer_in_between_is_not_lost(
    browser: Browser, taught: PageTenant, address: str
) -> None:
    with visit(browser, taught.url, address, WIDE) as here:
        here.open()
        here.say("Hello")
        here.expect_lines("assistant", 1)
        with here.page.expect_response(lambda r: "messages?wait=false" in r.url):
            here.say(KNOWN)
        here.page.context.set_offline(True)  # in the middle of the answer
        here.say(UNKNOWN)
        expect(here.chat.locator("[data-state=unsent]")).to_have_count(1)
        # before that the new message would join the question, and both get one answer
        assert within(20, lambda: len(_stored(taught, "assistant")) == 2)
        here.page.context.set_offline(False)
        here.expect_lines("assistant", 3)
        expect(here.chat.locator("[data-state=unsent]")).to_have_count(0)
        assert here.lines("contact") == ["Hello", KNOWN, UNKNOWN]
        said = here.lines("assistant")
    assert _stored(taught, "contact") == ["Hello", KNOWN, UNKNOWN]
    assert [text.split() for text in _stored(taught, "assistant")] == [s.split() for s in said]


def test_first_words_typed_offline_begin_one_conversation_when_the_line_is_back(
    browser: Browser, taught: PageTenant, address: str
) -> None:
    with visit(browser, taught.url, address, WIDE) as here:
        here.open()
        here.page.context.set_offline(True)
        here.say(KNOWN)
        here.say("Thank you!")
        expect(here.chat.locator("[data-state=unsent]")).to_have_count(2)
        assert here.violations() == []
        here.page.context.set_offline(False)
        expect(here.chat.locator("[data-state=unsent]")).to_have_count(0)  # by itself
        here.expect_lines("contact", 2)
        expect(here.chat.locator(".log [data-author=assistant]").first).to_contain_text("145")
    assert _stored(taught, "contact") == [KNOWN, "Thank you!"]


def test_the_site_steers_the_widget_and_hears_of_it(
    browser: Browser, taught: PageTenant, address: str
) -> None:
    with visit(browser, taught.url, address, WIDE) as here:
        page = here.page
        heard: list[list[str | None]] = []
        page.expose_function("heard", lambda name, what: heard.append([name, what]))
        page.evaluate(
            # a function of its own: what `on` returns would be called at once, and ends it
            "() => { for (const name of ['open', 'close', 'message', 'handoff'])"
            "  Frontdesk.on(name, (detail) => heard(name, detail.author || detail.status)) }"
        )
        page.evaluate("Frontdesk.open()")
        here.say(UNKNOWN)
        expect(here.chat.locator(".person")).to_be_visible()
        here.chat.get_by_role("textbox").press("Escape")
        expect(here.chat.locator(".launcher")).to_be_focused()
        expect(page.locator("iframe")).to_have_css("height", "96px")
        assert [what for what in heard if what[0] != "message"] == [
            ["open", None], ["handoff", "waiting"], ["close", None],
        ]  # fmt: skip
        assert ["message", "assistant"] in heard
        assert page.evaluate("Object.keys(window).filter((k) => /frontdesk/i.test(k))") == [
            "Frontdesk"
        ]


def test_an_open_widget_leaves_the_focus_to_the_page_until_it_is_called(
    browser: Browser, taught: PageTenant
) -> None:
    field = '<input autofocus aria-label="Search">'
    with site(taught.url, taught.assistant_id, head=field) as page_address:
        allow(taught, page_address)
        with visit(browser, taught.url, page_address, WIDE) as here:
            here.open()
            here.page.reload()  # as a visitor goes on to the next page
            expect(here.chat.get_by_role("textbox")).to_be_visible()
            search = here.page.get_by_label("Search")
            expect(search).to_be_focused()
            here.page.evaluate("Frontdesk.close()")
            expect(here.chat.locator(".launcher")).to_be_visible()
            here.page.keyboard.type("glaze")
            expect(search).to_have_value("glaze")
            here.page.evaluate("Frontdesk.open()")
            expect(here.chat.get_by_role("textbox")).to_be_focused()


def test_a_hostile_page_cannot_hide_it_and_arabic_is_read_from_the_right(
    browser: Browser, taught: PageTenant
) -> None:
    hostile = HOSTILE + "<style>html { direction: rtl }</style>"
    with site(taught.url, taught.assistant_id, head=hostile, language="ar") as where:
        allow(taught, where)
        with visit(browser, taught.url, where, WIDE, locale="ar") as here:
            here.open()
            expect(here.chat.locator("html")).to_have_attribute("dir", "rtl")
            box = here.page.locator("iframe").bounding_box()
            assert box and box["x"] == 0 and box["height"] > 700
            here.say(KNOWN)
            here.expect_lines("assistant", 1)
            assert here.violations() == []


def test_a_page_that_is_not_allowed_shows_no_widget(browser: Browser, taught: PageTenant) -> None:
    with site(taught.url, taught.assistant_id) as where:
        page = browser.new_page()
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(where)
        page.close()


def test_files_are_answered_from_and_taken_out_again_and_may_be_forbidden(
    browser: Browser, taught: PageTenant, address: str
) -> None:
    bill: FilePayload = {
        "name": "bill.txt",
        "mimeType": "text/plain",
        "buffer": b"Kiln rental costs 31 pounds.",
    }
    with visit(browser, taught.url, address, PHONE) as here:
        here.open()
        here.chat.locator("input[type=file]").set_input_files(bill)  # before any word is said
        listed = here.chat.get_by_role("list", name="Files")
        expect(listed).to_contain_text("Read")
        here.say("How much is the kiln rental?")
        expect(here.chat.locator(".log [data-author=assistant]")).to_contain_text("31")
        assert here.violations() == []
        [conversation] = taught.call("GET", "/v1/conversations")["data"]
        path = f"/v1/conversations/{conversation['conversation_id']}/files"
        assert [one["name"] for one in taught.call("GET", path)["data"]] == ["bill.txt"]
        here.page.reload()
        here.chat.get_by_role("button", name="Take out bill.txt").click()
        expect(listed).to_have_count(0)
        assert taught.call("GET", path)["data"] == []
    told = "An AI answers here; people read along."
    allow(taught, address, widget={"files": False, "disclosure": {"en": told}})
    with visit(browser, taught.url, address, PHONE) as here:
        here.open()
        expect(here.chat.get_by_role("button", name="Add a file")).to_have_count(0)
        expect(here.chat.get_by_text(told)).to_be_visible()


def test_sound_is_off_until_it_is_wished_for_and_is_remembered(
    browser: Browser, taught: PageTenant, address: str
) -> None:
    with visit(browser, taught.url, address, WIDE, before=COUNTED_NOTES) as here:
        here.open()
        with here.page.expect_event("websocket", lambda one: one.url.endswith("/ws")):
            here.say(KNOWN)
        here.expect_lines("assistant", 1)
        assert here.frame.evaluate("window.notes") == 0
        sound = here.chat.get_by_role("button", name="Sound")
        expect(sound).to_have_attribute("aria-pressed", "false")
        sound.click()
        here.page.reload()
        expect(sound).to_have_attribute("aria-pressed", "true")
        here.expect_lines("assistant", 1)
        assert here.frame.evaluate("window.notes") == 0  # what was said before is no news
        here.say(KNOWN)
        here.expect_lines("assistant", 2)
        assert here.frame.evaluate("window.notes") > 0
        kept = here.frame.evaluate(
            "Object.values(localStorage).map((one) => JSON.parse(one).sound)"
        )
        assert kept == [True]


def test_without_sockets_cards_lists_and_buttons_come_all_the_same(
    browser: Browser, taught: PageTenant, address: str
) -> None:
    with visit(browser, taught.url, address, PHONE, before=NO_SOCKETS) as here:
        here.open()
        here.say(UNKNOWN)
        expect(here.chat.locator(".person")).to_contain_text("A person is joining")
        [handoff] = taught.call("GET", "/v1/handoffs?status=waiting")["data"]
        blocks = [
            {"type": "card", "text": "Raku, 12 pounds", "title": "Raku", "subtitle": "12 pounds"},
            {"type": "list", "text": "Days", "items": ["Monday", "Friday"]},
            {
                "type": "buttons",
                "text": "Which day?",
                "buttons": [{"action_id": "fri", "label": "Friday please"}],
            },
        ]
        path = f"/v1/handoffs/{handoff['handoff_id']}/messages"
        taught.call("POST", path, {"content": blocks})
        expect(here.chat.locator(".card h2")).to_have_text("Raku")
        expect(here.chat.locator(".bubble li")).to_have_text(["Monday", "Friday"])
        assert here.violations() == []
        here.chat.get_by_role("button", name="Friday please").click()
        here.expect_lines("contact", 2)
        expect(here.chat.locator("[data-state=sending]")).to_have_count(0)
    assert _stored(taught, "contact") == [UNKNOWN, "Friday please"]
    path = f"/v1/conversations/{handoff['conversation_id']}/messages"
    *_, offered, tapped = taught.call("GET", path)["data"]
    assert (tapped["action_id"], tapped["in_reply_to"]) == ("fri", offered["message_id"])


@pytest.mark.parametrize("place", ["disclosure", "widget"])
def test_that_an_ai_answers_is_said_once_however_often_one_comes(
    browser: Browser, taught: PageTenant, address: str, place: str
) -> None:
    told = {"en": "An AI answers here; a person reads along.", "de": "Hier antwortet eine KI."}
    allow(taught, address, **{place: told if place == "disclosure" else {"disclosure": told}})
    with visit(browser, taught.url, address, WIDE) as here:
        line = here.chat.get_by_text(told["en"])
        here.open()
        expect(line).to_have_count(1)
        here.say(KNOWN)
        here.expect_lines("assistant", 1)
        expect(line).to_have_count(1)  # above the conversation, and in no answer
        here.page.reload()
        here.expect_lines("assistant", 1)
        expect(line).to_have_count(1)
        here.chat.get_by_role("button", name="New conversation").click()
        expect(here.chat.locator(".log li")).to_have_count(0)
        expect(line).to_have_count(1)
        here.say(KNOWN)
        here.expect_lines("assistant", 1)
        expect(line).to_have_count(1)
        shown = here.chat.locator(".log").inner_text()
    with visit(browser, taught.url, address, WIDE, locale="de-DE") as here:
        here.page.evaluate("document.documentElement.removeAttribute('lang')")
        here.page.evaluate("dispatchEvent(new Event('resize'))")
        here.open()
        expect(here.chat.get_by_text(told["de"])).to_have_count(1)
    assert "AI" not in shown
    for conversation in taught.call("GET", "/v1/conversations")["data"]:
        path = f"/v1/conversations/{conversation['conversation_id']}/messages"
        assert told["en"] not in str(taught.call("GET", path)["data"])

"""What a visitor takes along, and texts that are read from the right, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import PHONE, WIDE, PageTenant
from tests.e2e.widget_site import allow, site, visit
from tests.smtp_loopback import MailHouse

KNOWN = "How much is the evening course?"
PRICE = "The evening course costs 145 pounds."


@pytest.fixture
def address(page_tenant: PageTenant) -> Iterator[str]:
    _teach(page_tenant, KNOWN, PRICE)
    with site(page_tenant.url, page_tenant.assistant_id) as where:
        allow(page_tenant, where)
        yield where


def _teach(tenant: PageTenant, question: str, answer: str) -> None:
    assistant = tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}")
    path = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}/documents"
    tenant.call("POST", path, {"question": question, "answer": answer})


def test_a_conversation_is_taken_along_as_a_file_and_by_mail(
    browser: Browser, page_tenant: PageTenant, address: str, mails: MailHouse
) -> None:
    before = len(mails.taken)
    with visit(browser, page_tenant.url, address, PHONE) as here:
        here.open()
        save = here.chat.get_by_role("button", name="Save the conversation")
        expect(save).to_have_count(0)  # nothing was said yet
        here.say(KNOWN)
        here.expect_lines("assistant", 1)
        save.click()
        field = here.chat.get_by_label("Your e-mail address")
        expect(field).to_be_focused()
        assert here.violations() == []
        with here.page.expect_download() as loaded:
            here.chat.get_by_role("button", name="As a file").click()
        written = Path(loaded.value.path()).read_text()
        assert KNOWN in written and "145 pounds" in written
        field.fill("ada@home.example")
        field.press("Enter")
        expect(here.chat.get_by_text("It is on its way to ada@home.example.")).to_be_visible()
        field.press("Escape")
        expect(field).to_have_count(0)
        expect(save).to_be_focused()
    mail = mails.wait_for(before + 1)[-1]
    assert mail.to == "ada@home.example"
    assert KNOWN in mail.mail.get_content() and PRICE in mail.mail.get_content()
    [sent] = page_tenant.call("GET", "/v1/deliveries")["data"]
    assert sent["kind"] == "mail"


def test_numbers_and_names_keep_their_order_in_a_text_from_the_right(
    browser: Browser, page_tenant: PageTenant
) -> None:
    question, answer = "ما رقم الهاتف؟", "هاتف Aurora هو +49 30 1234 من 9-17."
    _teach(page_tenant, question, answer)
    with site(page_tenant.url, page_tenant.assistant_id, language="ar") as where:
        allow(page_tenant, where)
        with visit(browser, page_tenant.url, where, WIDE, locale="ar") as here:
            here.open()
            here.say(question)
            bubble = here.chat.locator(".log [data-author=assistant] .bubble")
            expect(bubble).to_have_attribute("dir", "rtl")
            pieces = bubble.locator("bdi")
            assert pieces.all_inner_texts() == ["Aurora", "+49 30 1234", "9-17"]
            for piece in pieces.all():
                expect(piece).to_have_css("direction", "ltr")
            assert bubble.inner_text().split() == answer.split()
            back = here.chat.get_by_role("button").first.bounding_box()
            close = here.chat.locator(".icon-close").first.bounding_box()
            assert back and close and back["x"] > close["x"]  # mirrored
            assert here.violations() == []

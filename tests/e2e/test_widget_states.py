"""Every state of the widget is visited once in both dresses, and axe finds nothing in any.

A state has a class of its own in the widget's sources. A class that is seen in no state of `STATES`
fails: whoever adds a state adds the line that reaches it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, ViewportSize, expect

import hatch_build
from tests.e2e.browsing import PHONE, WIDE, PageTenant
from tests.e2e.widget_site import Visit, allow, site, visit

KNOWN = "What does the evening pottery course cost?"
UNKNOWN = "Do you fire pots that I made elsewhere?"
DOT = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
LOOK = {
    "launcher": "Ask us",
    "logo": DOT,
    "suggestions": [KNOWN],
    "disclosure": {"en": "An AI answers here.", "ar": "يجيب هنا ذكاء اصطناعي."},
}
FRAME = hatch_build.WEB / "widget" / "src" / "frame"
# What is over in a moment is held, and looked at by axe, in tests of its own.
HELD_ELSEWHERE = {
    "working": "test_a_visitor_sees_whose_answer_is_being_typed",
    "draft": "test_an_answer_grows_while_it_is_written",
}
_CLASSES = "[...document.querySelectorAll('[class]')].flatMap((one) => [...one.classList])"


@dataclass
class Scene:
    """A visitor in the middle of it, and the company's program beside them."""

    here: Visit
    tenant: PageTenant
    operator_id: str = ""
    handoff: dict[str, Any] = field(default_factory=dict[str, Any])

    def press(self, selector: str) -> None:
        self.here.chat.locator(selector).first.click()

    def shows(self, selector: str, count: int | None = None) -> None:
        found = self.here.chat.locator(selector)
        if count is None:
            expect(found.first).to_be_visible()
        else:
            expect(found).to_have_count(count)

    def act(self, doing: str, **body: Any) -> None:
        path = f"/v1/handoffs/{self.handoff['handoff_id']}/{doing}"
        self.tenant.call("POST", path, {"operator_id": self.operator_id} | body)


def _closed(scene: Scene) -> None:
    scene.shows(".launcher")


def _empty(scene: Scene) -> None:
    scene.here.open()
    scene.shows(".suggestion")


def _no_history(scene: Scene) -> None:
    scene.press(".head .tool")
    scene.shows(".conversations .note")


def _conversation(scene: Scene) -> None:
    scene.press(".conversations .primary")
    scene.press(".suggestion")
    scene.shows(".log [data-author=assistant]", 1)
    scene.shows(".footer")


def _sources(scene: Scene) -> None:
    scene.press(".footer .tool:has(.icon-book)")
    scene.shows(".sources blockquote")


def _asked_why(scene: Scene) -> None:
    scene.press(".judgement .tool:has(.icon-thumbDown)")
    scene.shows(".why")


def _thanked(scene: Scene) -> None:
    scene.press(".why .chip")
    scene.shows(".judgement .thanks")


def _kept(scene: Scene) -> None:
    scene.press(".head .tool:has(.icon-save)")
    scene.shows(".keeping")


def _files(scene: Scene) -> None:
    scene.press(".head .tool:has(.icon-save)")
    scene.shows(".keeping", 0)
    bill: FilePayload = {"name": "bill.txt", "mimeType": "text/plain", "buffer": b"It costs 31."}
    broken: FilePayload = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    scene.here.chat.locator("input[type=file]").set_input_files(bill)
    scene.shows(".files [data-state=ready]", 1)
    scene.here.chat.locator("input[type=file]").set_input_files(broken)
    scene.shows(".files [data-state=refused]", 1)
    scene.here.forgive("422")


def _too_long(scene: Scene) -> None:
    scene.here.chat.get_by_role("textbox").fill("a" * 8_012)
    scene.shows(".composer .note")
    expect(scene.here.chat.locator(".send")).to_be_disabled()
    scene.here.chat.get_by_role("textbox").fill("")
    scene.shows(".composer .note", 0)


def _person_asked(scene: Scene) -> None:
    scene.here.say(UNKNOWN)
    scene.shows("[data-person=waiting]")
    [scene.handoff] = scene.tenant.call("GET", "/v1/handoffs?status=waiting")["data"]


def _person_joined(scene: Scene) -> None:
    robin = {"email": "robin@a.example", "name": "Robin"}
    scene.operator_id = scene.tenant.call("POST", "/v1/operators", robin)["operator_id"]
    scene.act("claim")
    scene.shows("[data-person=joined]")


def _offered(scene: Scene) -> None:
    day = {"action_id": "fri", "label": "Friday please"}
    blocks = [
        {"type": "card", "text": "Raku", "title": "Raku", "subtitle": "12 pounds"},
        {"type": "list", "text": "Days", "items": ["Monday", "Friday"]},
        {"type": "buttons", "text": "Which day?", "buttons": [day]},
    ]
    scene.act("messages", content=blocks)
    scene.shows(".card")
    scene.shows(".choices .chip")


def _person_left(scene: Scene) -> None:
    scene.act("resolve", reply="Yes, for 12 pounds.")
    scene.shows(".rating")


def _rated(scene: Scene) -> None:
    scene.press(".rating .tool:nth-of-type(4)")
    scene.shows(".rating .thanks")


def _offline(scene: Scene) -> None:
    scene.here.page.context.set_offline(True)
    scene.here.say("Hello?")
    scene.shows("[data-state=unsent] .delivery")
    scene.shows(".trouble")


def _history(scene: Scene) -> None:
    scene.here.page.context.set_offline(False)
    scene.shows("[data-state=unsent]", 0)
    scene.shows(".trouble", 0)
    scene.press(".head .tool")
    scene.shows(".conversations li", 1)


def _unread(scene: Scene) -> None:
    scene.press(".conversations li button")
    scene.press(".ask-person")
    scene.shows("[data-person=waiting]")
    [scene.handoff] = scene.tenant.call("GET", "/v1/handoffs?status=waiting")["data"]
    scene.press(".head .tool:has(.icon-close)")
    scene.act("claim")
    scene.act("messages", text="Here I am.")
    scene.shows(".launcher .badge")


# In the order in which one leads to the next.
STATES: tuple[Callable[[Scene], None], ...] = (
    _closed, _empty, _no_history, _conversation, _sources, _asked_why, _thanked, _kept, _files, _too_long,
    _person_asked, _person_joined, _offered, _person_left, _rated, _offline, _history,
    _unread,
)  # fmt: skip


@pytest.mark.parametrize(
    ("viewport", "scheme", "language"),
    [(WIDE, "light", "en"), (PHONE, "dark", "ar")],
    ids=["wide, light, from the left", "phone, dark, from the right"],
)
def test_axe_finds_nothing_in_any_state(
    browser: Browser, page_tenant: PageTenant, viewport: ViewportSize, scheme: str, language: str
) -> None:
    assistant = page_tenant.call("GET", f"/v1/assistants/{page_tenant.assistant_id}")
    path = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}/documents"
    page_tenant.call("POST", path, {"question": KNOWN, "answer": "It costs 145 pounds."})
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    with site(page_tenant.url, page_tenant.assistant_id, language=language) as where:
        allow(page_tenant, where, widget=LOOK)
        dressed = {"color_scheme": scheme, "locale": language}
        with visit(browser, page_tenant.url, where, viewport, **dressed) as here:
            scene = Scene(here, page_tenant)
            for reach in STATES:
                reach(scene)
                seen |= set(here.frame.evaluate(_CLASSES))
                if wrong := here.violations():
                    found[reach.__name__] = wrong
    assert found == {}
    assert _classes() - seen - set(HELD_ELSEWHERE) == set()


def test_what_is_held_elsewhere_is_looked_at_there() -> None:
    folder = hatch_build.HOME / "tests" / "e2e"
    tests = "".join(one.read_text() for one in folder.glob("test_widget_*.py"))
    for name, test in HELD_ELSEWHERE.items():
        body = tests.partition(f"def {test}(")[2].partition("\ndef ")[0]
        assert f".{name}" in body and ".violations() == []" in body, test


def _classes() -> set[str]:
    """Every class that the widget's sources give; those of signs come from their names."""
    given: set[str] = set()
    for source in FRAME.glob("*.tsx"):
        for plain, chosen in re.findall(r'class=(?:"([^"]+)"|\{([^}]+)\})', source.read_text()):
            for words in [plain, *re.findall(r'"([^"]+)"', chosen)]:
                given |= set(words.split())
    return given

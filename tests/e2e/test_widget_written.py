"""An answer while it is being written: it grows before the visitor's eyes, and outlives a broken line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import WIDE, PageTenant, fresh_tenant
from tests.e2e.server_process import ServerProcess, within
from tests.e2e.widget_site import NO_SOCKETS, Visit, allow, site, visit
from tests.openai_loopback import Loopback, Reply, openai_loopback

ASKED = "How much is the evening course?"
FIRST = "The evening course costs 145 pounds."
REST = "It has ten evenings in the workshop. The clay and the firing are included."
HELD_AFTER = 8  # words: the first sentence and a beginning of the second
# Every state of the answer under way, as it is seen.
_WATCH = """() => {
  window.drafts = [];
  new MutationObserver(() => {
    const text = document.querySelector(".draft .bubble")?.innerText;
    if (text && text !== window.drafts.at(-1)) window.drafts.push(text);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def model() -> Iterator[Loopback]:
    words = f"{FIRST} [1] {REST} [1]".replace("workshop.", "workshop. [1]").split(" ")
    reply = Reply([f"{word} " for word in words], held_after=HELD_AFTER, gap_seconds=0.03)
    with openai_loopback(reply) as loopback:
        yield loopback
        loopback.gate.set()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, model: Loopback) -> Iterator[ServerProcess]:
    given = {
        "FRONTDESK_MODEL": "deepseek:deepseek-chat",
        "DEEPSEEK_API_KEY": "x",
        "DEEPSEEK_API_BASE": model.base_url,
        "FRONTDESK_MODEL_TIMEOUT_SECONDS": "100",
    }
    process = ServerProcess(tmp_path_factory.mktemp("written") / "data", given).start()
    yield process
    model.gate.set()
    assert process.stop() == 0


@pytest.fixture
def tenant(server: ServerProcess, model: Loopback) -> Iterator[PageTenant]:
    """One whose model stops after the first sentence until the gate opens."""
    tenant = fresh_tenant(server)
    assistant = tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}")
    path = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}/documents"
    tenant.call("POST", path, {"title": "Evening course", "text": f"{FIRST} {REST}"})
    model.gate.clear()
    yield tenant
    model.gate.set()


@pytest.fixture
def address(tenant: PageTenant) -> Iterator[str]:
    with site(tenant.url, tenant.assistant_id) as where:
        allow(tenant, where, curated={"enabled": False})
        yield where


def _stored(tenant: PageTenant, author: str) -> list[str]:
    [conversation] = tenant.call("GET", "/v1/conversations")["data"]
    path = f"/v1/conversations/{conversation['conversation_id']}/messages"
    return [m["text"] for m in tenant.call("GET", path)["data"] if m["author"] == author]


def _asks(here: Visit) -> None:
    here.open()
    here.frame.evaluate(_WATCH)
    here.say(ASKED)
    expect(here.chat.locator(".draft .bubble")).to_have_text(FIRST)


@pytest.mark.parametrize("before", ["", NO_SOCKETS], ids=["socket", "http"])
@pytest.mark.parametrize("streaming", ["tokens", "sentences"])
def test_an_answer_grows_while_it_is_written(
    browser: Browser,
    tenant: PageTenant,
    address: str,
    model: Loopback,
    before: str,
    streaming: str,
) -> None:
    allow(tenant, address, answering={"streaming": streaming})
    with visit(browser, tenant.url, address, WIDE, before=before) as here:
        here.open()
        here.frame.evaluate(_WATCH)
        here.say(ASKED)
        draft = here.chat.locator(".draft .bubble")
        expect(draft).to_contain_text(FIRST)
        assert here.violations() == []
        here.expect_lines("assistant", 0)
        assert _stored(tenant, "assistant") == []  # the model still writes
        model.gate.set()
        here.expect_lines("assistant", 1)
        expect(draft).to_have_count(0)
        seen = here.frame.evaluate("window.drafts")
        [said] = here.lines("assistant")
    assert len(seen) >= 3, seen
    ends_in_sentences = all(text.endswith(".") for text in seen)
    assert ends_in_sentences == (streaming == "sentences"), seen
    for earlier, later in zip(seen, [*seen[1:], said], strict=True):
        assert later.startswith(earlier)
    assert said.split() == f"{FIRST} {REST}".split()
    assert [text.split() for text in _stored(tenant, "assistant")] == [said.split()]


@pytest.mark.parametrize("before", ["", NO_SOCKETS], ids=["socket", "http"])
def test_a_line_that_breaks_in_mid_answer_costs_nothing(
    browser: Browser, tenant: PageTenant, address: str, model: Loopback, before: str
) -> None:
    with visit(browser, tenant.url, address, WIDE, before=before) as here:
        _asks(here)
        context, draft = here.page.context, here.chat.locator(".draft .bubble")
        context.set_offline(True)
        expect(here.chat.locator(".trouble")).to_be_visible()
        context.set_offline(False)
        expect(here.chat.locator(".trouble")).to_have_count(0)
        expect(draft).to_have_text(FIRST)  # told again from its start, and once
        context.set_offline(True)
        model.gate.set()
        assert within(30, lambda: len(_stored(tenant, "assistant")) == 1)
        here.expect_lines("assistant", 0)
        context.set_offline(False)
        here.expect_lines("assistant", 1)
        expect(draft).to_have_count(0)
        assert here.lines("contact") == [ASKED]
        [said] = here.lines("assistant")
        here.page.reload()
        here.expect_lines("assistant", 1)
        assert here.lines("assistant") == [said]
    assert said.split() == f"{FIRST} {REST}".split()
    assert [text.split() for text in _stored(tenant, "assistant")] == [said.split()]
    assert _stored(tenant, "contact") == [ASKED]

"""Some 300 texts that want to become markup, scripts or requests, wherever a text can stand.

As messages, names, documents and a model's words, each is looked for on the pages that show it: it was
there to be read, and nothing ran, nobody else was asked and no policy had to step in.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from graphs.safety.cleaning import cleaned
from tenants.desk.teams import MAX_TEAMS
from tests import plain_http
from tests.e2e.browsing import WIDE, PageTenant
from tests.e2e.console_visit import link
from tests.e2e.payloads import PAYLOADS, Suspect, found_in, numbered, on_one_line, packed, suspected
from tests.e2e.server_process import ServerProcess, within
from tests.e2e.widget_site import Visit, allow, site
from tests.openai_loopback import Loopback, Reply, openai_loopback

TALL: ViewportSize = {"width": 1280, "height": 6_000}  # long lists draw what can be seen alone
_STEERS = re.compile(r"[\x00-\x1f\u202e]")
MAX_DISCLAIMERS = 10  # of an assistant
ALL = set(range(len(PAYLOADS)))
# What a cleaner that waits for an end takes the rest of an answer for: nothing may follow it.
_UNENDED = re.compile(r"^\W*<(svg|iframe|object|script)\b(?!.*</\1)", re.IGNORECASE)
_BY_MODEL = {"curated": {"enabled": False}, "handoff": {"enabled": False}}
_SETTINGS = {
    "FRONTDESK_MODEL": "deepseek:deepseek-chat",
    "DEEPSEEK_API_KEY": "x",
    "FRONTDESK_REQUESTS_PER_SECOND": "10000",
    "FRONTDESK_REQUESTS_PER_SECOND_PER_ADDRESS": "10000",
    "FRONTDESK_TURNS_PER_SECOND": "10000",
    "FRONTDESK_TURNS_PER_SECOND_PER_CONTACT": "10000",
}


@pytest.fixture(scope="module")
def model() -> Iterator[Loopback]:
    """A model that knows nothing until a test tells it what to say."""
    with openai_loopback(Reply(["NONE"])) as loopback:
        yield loopback


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, model: Loopback) -> Iterator[ServerProcess]:
    settings = _SETTINGS | {"DEEPSEEK_API_BASE": model.base_url}
    process = ServerProcess(tmp_path_factory.mktemp("payloads") / "data", settings).start()
    yield process
    assert process.stop() == 0


@dataclass
class Company(PageTenant):
    """A tenant that can be renamed, and its knowledge."""

    server: ServerProcess
    tenant_id: str
    program: httpx2.Client  # one line for all calls: there are hundreds

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answered = self.program.request(method, path, json=body)
        assert answered.is_success, answered.text
        return answered.json() if answered.content else None

    def rename(self, name: str) -> None:
        headers = {"Authorization": f"Bearer {self.server.platform_key}"}
        path = f"{self.url}/v1/tenants/{self.tenant_id}"
        answered = plain_http.patch(path, headers=headers, json={"name": name}, timeout=60)
        assert answered.is_success, answered.text

    @property
    def documents(self) -> str:
        assistant = self.call("GET", f"/v1/assistants/{self.assistant_id}")
        return f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}/documents"

    def refuses(self, path: str, body: Any) -> bool:
        """Whether what names a thing is no name to us."""
        return self.program.post(path, json=body).status_code == 422


@pytest.fixture
def company(server: ServerProcess, model: Loopback) -> Iterator[Company]:
    model.choose = None
    platform = {"Authorization": f"Bearer {server.platform_key}"}
    body = {"name": "Fern & Kiln"}
    made = plain_http.post(
        f"{server.url}/v1/tenants", headers=platform, json=body, timeout=60
    ).json()
    headers = {"Authorization": f"Bearer {made['api_key']}"}
    with plain_http.Client(base_url=server.url, headers=headers, timeout=60) as program:
        yield Company(
            server.url, made["api_key"], made["assistant_id"], server, made["tenant_id"], program
        )


def _told(kind: str, suspect: Suspect, count: int) -> None:
    """The figures of one surface, kept with the test's output."""
    sys.stdout.write(
        f"{count} payloads as {kind}: {len(suspect.scripts)} scripts,"
        f" {len(suspect.requests)} outside requests, {len(suspect.violations)} CSP violations,"
        f" {len(suspect.elements)} elements\n"
    )


def _signed_in(suspect: Suspect, tenant: Company, role: str = "owner") -> set[str]:
    """What the console itself is made of, before it shows anything of others."""
    suspect.page.goto(link(tenant, name=role.title(), role=role))
    expect(suspect.page.get_by_role("heading", name="Inbox")).to_be_visible()
    return suspect.elements_of(suspect.page)


def _opened(suspect: Suspect, address: str, last: str) -> None:
    """A page, once its last text is there."""
    suspect.page.goto(address)
    expect(suspect.page.locator("body")).to_contain_text(last)


def test_messages_and_documents_stay_texts(browser: Browser, company: Company) -> None:
    assert len(PAYLOADS) >= 300
    texts = packed(numbered().values(), 6_000)
    for number, text in enumerate(texts):
        company.call("POST", company.documents, {"title": f"Batch {number}", "text": text})
        company.call("POST", "/v1/canned-answers", {"shortcut": f"c{number}", "text": text})
    with site(company.url, company.assistant_id) as where:
        allow(company, where)
        with suspected(browser, company.url, where, viewport=WIDE) as suspect:
            suspect.page.goto(where)
            here = Visit(suspect.page, company.url)
            here.open()
            plain = suspect.elements_of(here.frame)
            for number, text in enumerate(texts, 1):
                here.say(text)
                here.expect_lines("contact", number)
            assert suspect.look(here.frame, plain=plain) == ALL
            waiting = "/v1/handoffs?status=waiting"  # it looks unsafe: a person is asked
            assert within(90, lambda: company.call("GET", waiting)["data"] != [])
            [handoff] = company.call("GET", waiting)["data"]
            talk = f"/v1/conversations/{handoff['conversation_id']}"
            for number, text in enumerate(texts, 1):
                path = f"/v1/handoffs/{handoff['handoff_id']}/messages"
                company.call("POST", path, {"text": text})
                company.call("POST", f"{talk}/notes", {"text": text})
                here.expect_lines("operator", number)
            said = here.chat.locator(".log [data-author=operator]").all_text_contents()
            assert suspect.look(here.frame, plain=plain) == ALL
            assert found_in("".join(said)) == ALL  # a Markdown's reader drew these
            _told("messages", suspect, len(ALL))
    with suspected(browser, company.url, viewport=WIDE) as suspect:
        plain = _signed_in(suspect, company)
        for path in (
            f"inbox/{handoff['handoff_id']}",
            f"conversations/{handoff['conversation_id']}",
            "settings/canned",
        ):
            _opened(suspect, f"{company.url}/console/{path}", "p303: ")
            assert suspect.look(plain=plain) == ALL, path
    with suspected(browser, company.url, viewport=WIDE) as suspect:
        plain = _signed_in(suspect, company, "viewer")  # who reads passages, and changes no words
        suspect.page.goto(f"{company.url}/console/knowledge")
        read: set[int] = set()
        for number in range(len(texts)):
            suspect.page.get_by_role("button", name=f"Open Batch {number}").click()
            expect(suspect.page.get_by_role("list", name="Passages")).to_be_visible()
            read |= suspect.look(plain=plain)
        assert read == ALL
        _told("documents", suspect, len(read))


def test_names_stay_names(browser: Browser, company: Company) -> None:
    names = packed(on_one_line().values(), 200, " ")
    contacts = packed(on_one_line().values(), 300, " ")
    talks = [_named_contact(company, name) for name in contacts]
    assistants = [_named_assistant(company, name) for name in names]
    companies = [*names[len(names) // 2 :], *names[: len(names) // 2]]
    for name in names:
        company.call("POST", "/v1/knowledge-bases", {"name": name})
        company.call("POST", "/v1/api-keys", {"name": name, "scopes": ["knowledge"]})
    for title in packed(on_one_line().values(), 500, " "):
        company.call("POST", company.documents, {"title": title, "text": "A cup."})
    with suspected(browser, company.url, viewport=TALL) as suspect:
        plain = _signed_in(suspect, company)
        base = company.documents.split("/")[3]
        for path, where in (
            (f"knowledge?base={base}", "main ul"),  # titles
            ("knowledge", "main select"),
            ("settings/keys", "main"),
            (f"assistants/{company.assistant_id}", "main select"),
        ):
            suspect.page.goto(f"{company.url}/console/{path}")
            there = suspect.page.locator(where).first
            expect(there).to_contain_text("p303: ")
            suspect.look(plain=plain)
            assert found_in(there.text_content() or "") == ALL, path
        _opened(suspect, f"{company.url}/console/conversations", "p303: ")
        read: set[int] = set()
        for talk, name in zip(talks, contacts, strict=True):
            suspect.page.locator(f"a[href*='{talk}']").click()
            suspect.page.get_by_role("button", name="Contact", exact=True).click()
            expect(suspect.page.locator("aside h2")).to_have_text(name)
            read |= suspect.look(plain=plain)
        assert read == ALL
        read = set()
        for some in (names[:MAX_TEAMS], names[MAX_TEAMS:]):
            teams = [company.call("POST", "/v1/teams", {"name": name}) for name in some]
            _opened(suspect, f"{company.url}/console/settings/teams", some[-1])
            read |= suspect.look(plain=plain)
            for team in teams:
                company.call("DELETE", f"/v1/teams/{team['team_id']}")
        assert read == ALL
        _told("names in the console", suspect, len(read))
    with suspected(browser, company.url, viewport=WIDE) as suspect:
        suspect.page.goto(f"{company.url}/widget/{company.assistant_id}")
        expect(suspect.page.get_by_role("heading")).to_be_visible()
        plain, read = suspect.elements_of(suspect.page), set()
        halves = list(zip(assistants, names, companies, strict=True))[: len(names) // 2 + 1]
        for assistant_id, name, other in halves:
            company.rename(other)
            suspect.page.goto(f"{company.url}/widget/{assistant_id}")
            expect(suspect.page.get_by_role("heading")).to_contain_text(name.split()[0])
            read |= suspect.look(plain=plain)
        assert read == ALL
        _told("names in the widget", suspect, len(read))


def test_what_is_no_name_is_none_and_the_rest_is_read_as_it_is(
    browser: Browser, company: Company
) -> None:
    """Contacts see operators' names in mails too, where a reader's program makes links and markup."""
    taken = {
        number: text
        for number, text in on_one_line().items()
        if not company.refuses("/v1/operators", _operator(number, text))
    }
    assert 0 < len(taken) < 50
    for text in taken.values():
        assert not re.search(r"[<>\[\]`|]|://", text)
    steered = [text for text in numbered().values() if _STEERS.search(text)]
    assert len(steered) > 20
    for text in steered:
        for path in ("/v1/assistants", "/v1/knowledge-bases", "/v1/teams"):
            assert company.refuses(path, {"name": text}), text
    with suspected(browser, company.url, viewport=TALL) as suspect:
        plain = _signed_in(suspect, company)
        _opened(suspect, f"{company.url}/console/settings/people", f"p{max(taken)}: ")
        assert suspect.look(plain=plain) == set(taken)
        _told("names of operators, the others refused", suspect, len(taken))


def _operator(number: int, name: str) -> dict[str, str]:
    return {"name": name, "email": f"p{number}@a.example"}


def _named_contact(company: Company, name: str) -> str:
    body = {"assistant_id": company.assistant_id, "contact": {"name": name}}
    return company.call("POST", "/v1/conversations", body)["conversation_id"]


def _named_assistant(company: Company, name: str) -> str:
    made = company.call("POST", "/v1/assistants", {"name": name})
    look = {
        "greeting": f"{name}\n{name[::-1]}"[:400],
        "launcher": name[:120],
        "suggestions": [name[:120]],
    }
    body = {"persona": {"name": name}, "widget": look}
    company.call("PATCH", f"/v1/assistants/{made['assistant_id']}", body)
    return made["assistant_id"]


def test_a_models_words_stay_words(browser: Browser, company: Company, model: Loopback) -> None:
    """What a model writes is cleaned, or withheld where its addresses stand nowhere: none is lost."""
    answers = _answers()
    _teach_shelves(company, answers)
    model.choose = lambda request: _said(request, answers)
    with site(company.url, company.assistant_id) as where:
        allow(company, where, **_BY_MODEL, answering={"streaming": "tokens"})
        with suspected(browser, company.url, where, viewport=WIDE) as suspect:
            suspect.page.goto(where)
            here = Visit(suspect.page, company.url)
            here.open()
            plain = suspect.elements_of(here.frame)
            _asks(here, answers, 0)
            shown = _shelves(here.lines("assistant"))
            assert len(shown) > 280
            alone = {100 + number: [number] for number in ALL - shown}  # an answer had broken off
            _teach_shelves(company, alone)
            answers |= alone
            _asks(here, alone, len(answers) - len(alone))
            assert suspect.look(here.frame, plain=plain) == set()
            shown = _shelves(here.lines("assistant"))
    [talk] = company.call("GET", "/v1/conversations")["data"]
    with suspected(browser, company.url, viewport=WIDE) as suspect:
        plain = _signed_in(suspect, company)
        suspect.page.goto(f"{company.url}/console/conversations/{talk['conversation_id']}")
        why = suspect.page.get_by_role("button", name="Why?")
        expect(why).to_have_count(len(answers))
        told = [suspect.page.locator("main").inner_text()]
        for at in range(len(answers) - len(alone), len(answers)):
            why.nth(at).click()
            steps = suspect.page.get_by_label("Why it answered so").locator("pre")
            expect(steps.last).to_be_attached()
            told.append(" ".join(steps.all_text_contents()))
            suspect.look(plain=plain)
        assert shown <= _shelves(told[:1])
        withheld = _shelves(told) - shown
        assert len(withheld) < 10 and shown | withheld == ALL
        _told(f"a model's words ({len(withheld)} of them withheld)", suspect, len(ALL))


def test_what_every_answer_must_hold_stays_words(
    browser: Browser, company: Company, model: Loopback
) -> None:
    """A tenant's disclaimers are not cleaned: as a machine's words they are drawn as they are."""
    answers = {0: [0]}
    _teach_shelves(company, answers)
    model.choose = lambda request: _said(request, answers)
    bases = company.call("GET", f"/v1/assistants/{company.assistant_id}")["knowledge_base_ids"]
    laid_down = packed(numbered().values(), 1_000)
    halves = [laid_down[:MAX_DISCLAIMERS], laid_down[MAX_DISCLAIMERS:]]
    read: set[int] = set()
    with suspected(browser, company.url, viewport=WIDE) as suspect:
        for half in halves:
            said = [{"name": f"d{n}", "text": {"en": one}} for n, one in enumerate(half)]
            made = company.call("POST", "/v1/assistants", {"name": "Mia"})
            body = {"knowledge_base_ids": bases, "answering": {"disclaimers": said}}
            company.call("PATCH", f"/v1/assistants/{made['assistant_id']}", body | _BY_MODEL)
            suspect.page.goto(f"{company.url}/widget/{made['assistant_id']}")
            field = suspect.page.get_by_role("textbox")
            expect(field).to_be_visible()
            plain = suspect.elements_of(suspect.page)
            field.fill(_asked(0))
            field.press("Enter")
            expect(suspect.page.locator(".log [data-author=assistant]")).to_have_count(1)
            read |= suspect.look(plain=plain)
        assert read == ALL
    talks = company.call("GET", "/v1/conversations")["data"]
    assert len(talks) == len(halves)
    with suspected(browser, company.url, viewport=WIDE) as suspect:
        plain, read = _signed_in(suspect, company), set()
        for talk in talks:
            _opened(
                suspect, f"{company.url}/console/conversations/{talk['conversation_id']}", "Why?"
            )
            read |= suspect.look(plain=plain)
        assert read == ALL
        _told("what every answer must hold", suspect, len(read))


def _answers() -> dict[int, list[int]]:
    """The payloads of each answer; one that takes what follows with it is the last."""
    answers: dict[int, list[int]] = {}
    ended = [n for n in ALL if not _UNENDED.match(PAYLOADS[n])]
    unended = [n for n in ALL if _UNENDED.match(PAYLOADS[n])]
    share = -(-len(ended) // len(unended))
    for number, last in enumerate(unended):
        answers[number] = [*ended[number * share : (number + 1) * share], last]
    return answers


def _asked(number: int) -> str:
    return f"What stands on shelf list {number}?"


def _asks(here: Visit, answers: dict[int, list[int]], before: int) -> None:
    for count, number in enumerate(answers, before + 1):
        here.say(_asked(number))
        here.expect_lines("assistant", count)


def _teach_shelves(company: Company, answers: dict[int, list[int]]) -> None:
    """Passages that say what will be left of a model's words, so that they carry it."""
    for number, said in answers.items():
        passages = "\n".join(_sentence(n, cleaned(PAYLOADS[n], ())) for n in said)
        entry = {"question": _asked(number), "answer": passages}
        company.call("POST", company.documents, entry)


def _shelves(texts: list[str]) -> set[int]:
    return set(map(int, re.findall(r"shelf q(\d+)", " ".join(texts))))


def _sentence(number: int, payload: str) -> str:
    return f"The blue cup stands on shelf q{number} {payload} and waits there."


def _said(request: dict[str, Any], answers: dict[int, list[int]]) -> Reply:
    """What the model writes to a question, in pieces that end anywhere."""
    asked = re.findall(r"shelf list (\d+)", json.dumps(request["messages"][-1]["content"]))
    if request.get("response_format") or not asked:
        return Reply(["NONE"])
    said = " [1]\n".join(_sentence(n, PAYLOADS[n]) for n in answers[int(asked[-1])]) + " [1]"
    return Reply([said[at : at + 11] for at in range(0, len(said), 11)])

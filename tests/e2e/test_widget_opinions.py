"""What visitors think of answers: stored, shown to people, and counted by `frontdesk calibrate`."""

from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Page, expect

from tests import plain_http
from tests.e2e.browsing import PHONE, PageTenant
from tests.e2e.console_visit import link, operator
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_platform import command
from tests.e2e.widget_site import Visit, allow, site, visit

KNOWN = "How much is the evening course?"
UNKNOWN = "Do you fire pots that I made elsewhere?"


def _tenant(server: ServerProcess, slug: str) -> PageTenant:
    headers = {"Authorization": f"Bearer {server.platform_key}"}
    body = {"name": "Fern & Kiln", "slug": slug}
    made = plain_http.post(
        f"{server.url}/v1/tenants", headers=headers, json=body, timeout=60
    ).json()
    tenant = PageTenant(server.url, made["api_key"], made["assistant_id"])
    assistant = tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}")
    path = f"/v1/knowledge-bases/{assistant['knowledge_base_ids'][0]}/documents"
    tenant.call("POST", path, {"question": KNOWN, "answer": "The evening course costs 145 pounds."})
    return tenant


def test_opinions_are_stored_shown_in_the_console_and_learnt_from(
    browser: Browser, page_server: ServerProcess
) -> None:
    slug = f"kiln-{uuid4().hex}"
    tenant = _tenant(page_server, slug)
    with site(tenant.url, tenant.assistant_id) as where:
        allow(tenant, where)
        with visit(browser, tenant.url, where, PHONE) as here:
            here.open()
            _judges(here)
            [judged] = _opinions(tenant)
            said = _answer(tenant)
            assert (judged["message_id"], judged["helpful"]) == (said["message_id"], False)
            assert judged["reason"] == "It is wrong"
            _rates(here, tenant)
    judged, rated = _opinions(tenant)
    assert (rated["message_id"], rated["helpful"], rated["score"]) == (None, None, 4)
    [handoff] = tenant.call("GET", "/v1/handoffs")["data"]
    with operator(browser, link(tenant)) as page:
        for path in (
            f"conversations/{handoff['conversation_id']}",
            f"inbox/{handoff['handoff_id']}",
        ):
            page.goto(f"{tenant.url}/console/{path}")
            _expect_shown(page)
    counted = tenant.call("GET", f"/v1/assistants/{tenant.assistant_id}/calibration")
    assert counted["outcomes"]["feedback"] == 1
    data = str(page_server.data)
    learnt = command("calibrate", "--tenant", slug, "--data", data, "--dry-run")
    assert learnt.returncode == 0, learnt.stderr
    assert "1 feedback" in learnt.stdout and "0 right" in learnt.stdout


def _judges(here: Visit) -> None:
    """Helpful first, then not, and why: the last word counts."""
    here.say(KNOWN)
    here.expect_lines("assistant", 1)
    for name in ("Helpful", "Not helpful", "It is wrong"):
        with here.page.expect_response(lambda r: r.url.endswith("/feedback")) as judged:
            here.chat.get_by_role("button", name=name, exact=True).click()
        assert judged.value.status == 201
    expect(here.chat.locator(".judgement .thanks")).to_be_visible()
    assert here.violations() == []


def _rates(here: Visit, tenant: PageTenant) -> None:
    here.say(UNKNOWN)
    expect(here.chat.locator(".person")).to_be_visible()
    expect(here.chat.locator(".rating")).to_have_count(0)  # nobody has come yet
    [handoff] = tenant.call("GET", "/v1/handoffs?status=waiting")["data"]
    path = f"/v1/handoffs/{handoff['handoff_id']}/resolve"
    tenant.call("POST", path, {"reply": "It costs 12 pounds a kilo."})
    for stars in (2, 4):
        with here.page.expect_response(lambda r: r.url.endswith("/rating")) as rated:
            here.chat.get_by_role("button", name=f"{stars} of 5").click()
        assert rated.value.status == 201
    assert here.violations() == []


def _opinions(tenant: PageTenant) -> Any:
    [conversation] = tenant.call("GET", "/v1/conversations")["data"]
    path = f"/v1/conversations/{conversation['conversation_id']}/feedback"
    return tenant.call("GET", path)["data"]


def _answer(tenant: PageTenant) -> Any:
    [conversation] = tenant.call("GET", "/v1/conversations")["data"]
    path = f"/v1/conversations/{conversation['conversation_id']}/messages"
    return next(m for m in tenant.call("GET", path)["data"] if m["author"] == "assistant")


def _expect_shown(page: Page) -> None:
    answer = page.locator("main [data-author=assistant]").first
    expect(answer).to_contain_text("Not helpful")
    expect(answer).to_contain_text("It is wrong")
    expect(page.get_by_text("The contact rated the conversation 4 of 5")).to_be_visible()

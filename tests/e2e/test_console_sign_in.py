"""Signing in to the console: through the company's provider, and with a second factor."""

import time

from playwright.sync_api import Browser, Page, expect

from server.access.totp import STEP_SECONDS, code_at
from tests.e2e.browsing import SETTLED_MS, WIDE, PageTenant
from tests.e2e.console_visit import link, operator
from tests.e2e.widget_site import axe_violations
from tests.openid_loopback import CLIENT_ID, CLIENT_SECRET, Provider


def _slug(tenant: PageTenant, page: Page) -> str:
    return page.evaluate("fetch('/v1/session').then((me) => me.json())")["tenant"]["slug"]


def test_a_provider_is_set_up_and_signs_in_from_its_own_site(
    browser: Browser, page_tenant: PageTenant, staff_provider: Provider
) -> None:
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/settings/signin")
        page.get_by_label("Words on the button").fill("Sign in with Contoso")
        page.get_by_label("Issuer").fill(staff_provider.url)
        page.get_by_label("Client id").fill(CLIENT_ID)
        page.get_by_label("Client secret").fill(CLIENT_SECRET)
        page.get_by_label("Domains of e-mail addresses").fill("staff.example")
        choice = page.get_by_label("Who comes in without an invitation")
        choice.select_option("operator")
        page.get_by_role("button", name="Save provider").click()
        expect(page.get_by_text("Kept. Leave it empty to keep it.")).to_be_visible()
        assert axe_violations(page) == []
        slug = _slug(page_tenant, page)
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.set_default_timeout(SETTLED_MS)
    who = {"sub": "1", "email": "kim@staff.example", "email_verified": True, "name": "Kim Staff"}
    staff_provider.claims = who | {"email_verified": False}
    for heading in ("Frontdesk", "Inbox"):
        page.goto(f"{page_tenant.url}/console/sign-in")
        page.get_by_label("Tenant").fill(slug)
        page.get_by_role("button", name="Sign in with Contoso").click()
        if heading == "Frontdesk":
            expect(page.get_by_role("alert")).to_contain_text("does not vouch for")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        staff_provider.claims = who
    expect(page.get_by_text("Kim Staff")).to_be_visible()
    context.close()


def test_a_second_factor_is_set_up_and_asked_for(browser: Browser, page_tenant: PageTenant) -> None:
    with operator(browser, link(page_tenant)) as page:
        page.goto(f"{page_tenant.url}/console/settings/own")
        page.get_by_role("button", name="Set up an app").click()
        expect(page.get_by_role("img", name="QR code")).to_be_visible()
        secret = page.get_by_label("Key for the app").inner_text()
        assert axe_violations(page) == []
        page.get_by_label("Six digits").fill(code_at(secret, int(time.time() // STEP_SECONDS)))
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_text("Your recovery codes. It is shown this once.")).to_be_visible()
        codes = page.get_by_role("status").locator("code").inner_text().split()
        expect(page.get_by_text("Recovery codes left: 10")).to_be_visible()
    me = page_tenant.call("GET", "/v1/operators")["data"][0]
    path = f"/v1/operators/{me['operator_id']}/sign-in-links"
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.set_default_timeout(SETTLED_MS)
    page.goto(page_tenant.url + page_tenant.call("POST", path)["path"])
    page.get_by_label("Code").fill("no-such-code-here")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    context.close()


def test_a_password_is_set_after_a_link_and_changed_with_the_old_one(
    browser: Browser, page_tenant: PageTenant
) -> None:
    first, second = "correct horse 42 battery", "wrong horse 43 battery"
    with operator(browser, link(page_tenant)) as page:
        page.get_by_role("button", name="Robin").click()
        page.get_by_role("menuitem", name="Your account").click()
        page.get_by_label("New password").fill(first)
        page.get_by_role("button", name="Set password").click()
        expect(page.get_by_text("You sign in with it from now on.")).to_be_visible()
        assert axe_violations(page) == []
        asked = page.locator("section", has_text="Signing in").locator("dd").all_inner_texts()
    assert asked[1] == "robin@a.example"
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.set_default_timeout(SETTLED_MS)
    page.goto(f"{page_tenant.url}/console/sign-in")
    for password in (first, second):
        page.get_by_label("Tenant").fill(asked[0])
        page.get_by_label("E-mail").fill(asked[1])
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        page.goto(f"{page_tenant.url}/console/settings/own")
        page.get_by_label("New password").fill(second)
        page.get_by_role("button", name="Set password").click()
        expect(page.get_by_role("alert")).to_contain_text("not the password you have")
        page.get_by_label("Current password").fill(password)
        page.get_by_role("button", name="Set password").click()
        expect(page.get_by_text("You sign in with it from now on.")).to_be_visible()
        page.get_by_role("button", name="Robin").click()
        page.get_by_role("menuitem", name="Sign out").click()
    context.close()

"""Fixtures of the end-to-end tests. Servers live as long as the run, the browser as its module:
Playwright's loop must not be open while another module's asynchronous tests run."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from server.demo_shop.service import ShopServer
from tests import plain_http
from tests.e2e.browsing import (
    CHROMIUM_ARGUMENTS,
    CHROMIUM_NAMES,
    PHONE,
    SETTLED_MS,
    WIDE,
    PageTenant,
    Watched,
    fresh_tenant,
)
from tests.e2e.server_process import ServerProcess
from tests.openid_loopback import Provider, openid_provider
from tests.receiver import Receiver, receiver
from tests.smtp_loopback import MailHouse, mail_house
from tests.tools.demo_shop import demo_shop_service


@pytest.fixture(scope="session")
def shop_service() -> Iterator[ShopServer]:
    """A shop's service that the browser tests' server may reach."""
    with demo_shop_service() as service:
        yield service


@pytest.fixture(scope="session")
def staff_provider() -> Iterator[Provider]:
    """An OpenID provider on another site, which the browser tests' server may reach."""
    with openid_provider("localhost") as provider:
        yield provider


@pytest.fixture(scope="session")
def hooks() -> Iterator[Receiver]:
    """Whoever is told of events, on an address that the browser tests' server may reach."""
    with receiver() as made:
        yield made


@pytest.fixture(scope="session")
def mails() -> Iterator[MailHouse]:
    """The mail server of the browser tests' server."""
    with mail_house() as made:
        yield made


@pytest.fixture(scope="session")
def page_server(
    tmp_path_factory: pytest.TempPathFactory,
    shop_service: ShopServer,
    staff_provider: Provider,
    hooks: Receiver,
    mails: MailHouse,
) -> Iterator[ServerProcess]:
    """A server for all browser tests, which soon tries again what failed."""
    places = (shop_service.url, staff_provider.url, hooks.url)
    given = {
        "FRONTDESK_EGRESS_ALLOW": ",".join(one.removeprefix("http://") for one in places),
        "FRONTDESK_DELIVERY_RETRY_SECONDS": "0.1",
        "FRONTDESK_SMTP_URL": mails.url,
        "FRONTDESK_MAIL_FROM": "desk@desk.example",
    }
    process = ServerProcess(tmp_path_factory.mktemp("page") / "data", given).start()
    yield process
    assert process.stop() == 0


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server for all tests of bad input; in the end it is well and has answered no 500."""
    limits = {
        "FRONTDESK_REQUESTS_PER_SECOND": "10000",
        "FRONTDESK_TURNS_PER_SECOND": "10000",
        "FRONTDESK_TURNS_PER_SECOND_PER_CONTACT": "10000",
    }
    process = ServerProcess(tmp_path_factory.mktemp("attacked") / "data", limits).start()
    yield process
    assert plain_http.get(f"{process.url}/readyz", timeout=10).status_code == 200
    assert process.stop() == 0
    broken = [line for line in process.output if "request_failed" in line or "Traceback" in line]
    assert broken == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; a machine without one cannot pass."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.fail("the browser tests need Chromium: on Debian, apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def page_tenant(page_server: ServerProcess) -> PageTenant:
    """A tenant of this test alone, with its first assistant."""
    return fresh_tenant(page_server)


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def watched(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Watched]:
    """A page, wide and on a phone, on which nothing is complained of and nobody else is asked."""
    context = browser.new_context(viewport=request.param, has_touch=request.param is PHONE)
    opened = Watched(context.new_page())
    opened.page.set_default_timeout(SETTLED_MS)
    expect.set_options(timeout=SETTLED_MS)
    yield opened
    context.close()
    assert opened.complaints == []  # a refused style or script is told on the console, too
    assert opened.foreign == []

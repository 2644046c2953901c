"""No control of the console is without a test that presses it and asks the API what was stored."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

from playwright.sync_api import Browser

from tests.e2e.browsing import PageTenant
from tests.e2e.console_covered import COVERED
from tests.e2e.console_visit import link, operator
from tests.e2e.console_walk import STOPS, controls, furnished


def test_every_control_that_is_shown_has_a_test_that_presses_it(
    browser: Browser, page_tenant: PageTenant
) -> None:
    known = [pattern for patterns in COVERED.values() for pattern in patterns]
    ids = furnished(page_tenant)
    nameless: dict[str, set[str]] = {}
    with operator(browser, link(page_tenant)) as page:
        for stop in STOPS:
            address = f"{page_tenant.url}/console/{stop.path.format(**ids)}"
            shown = controls(page, stop, address)
            assert shown, stop.path
            left = {one for one in shown if not any(fnmatchcase(one, like) for like in known)}
            if left:
                nameless[stop.path] = left
    assert nameless == {}


def test_every_line_of_the_table_names_a_test() -> None:
    sources = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert set(COVERED) <= set(re.findall(r"^def (test_\w+)", sources, re.MULTILINE))

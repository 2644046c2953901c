"""Who asked and how, where a proxy stands between: a trusted one is believed, nobody else."""

from collections.abc import Iterator

import pytest

from tests.databases import Database
from tests.server.browser import Browser, link, operator
from tests.server.conftest import Desk, Program, call, serving

VISITOR, OTHER = "203.0.113.7", "203.0.113.8"


@pytest.fixture(scope="module")
def behind(apart_database: Database) -> Iterator[Desk]:
    """A server that trusts this machine's own addresses, as it does by default."""
    with serving(apart_database, sessions_per_second=2, public_url="") as desk:
        yield desk


@pytest.fixture(scope="module")
def bare(apart_database: Database) -> Iterator[Desk]:
    """A server that trusts no proxy."""
    with serving(apart_database, trusted_proxies="") as desk:
        yield desk


def _forwarded(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}


def _logged_address(shop: Program) -> str:
    made = shop.call(
        "POST",
        "/v1/api-keys",
        json={"name": "k", "scopes": ["knowledge"]},
        headers=_forwarded(VISITOR),
    )
    assert made.status_code == 201, made.text
    [logged] = shop.call("GET", "/v1/audit?action=create_api_key").json()["data"]
    return logged["address"]


def test_the_log_names_who_asked_behind_a_trusted_proxy(behind: Desk) -> None:
    assert _logged_address(behind.tenant("Behind")) == VISITOR


def test_whoever_is_no_proxy_is_not_believed(bare: Desk) -> None:
    assert _logged_address(bare.tenant("Bare")) == "127.0.0.1"


def test_a_forged_first_address_counts_for_nothing(behind: Desk) -> None:
    shop = behind.tenant("Forged")
    said = {"X-Forwarded-For": f"{OTHER}, {VISITOR}"}  # the proxy wrote the last one
    made = shop.call(
        "POST", "/v1/api-keys", json={"name": "k", "scopes": ["knowledge"]}, headers=said
    )
    assert made.status_code == 201, made.text
    [logged] = shop.call("GET", "/v1/audit?action=create_api_key").json()["data"]
    assert logged["address"] == VISITOR


def test_what_is_no_address_is_bounded_and_breaks_nothing(behind: Desk) -> None:
    shop = behind.tenant("Odd")
    for odd in ("unknown", "_hidden", "x" * 5_000, "[::1", "1.2.3.4:99999", ",", "é"):
        made = shop.call("GET", "/v1/assistants", headers={"X-Forwarded-For": odd.encode()})
        assert made.status_code == 200, (odd, made.text)


def test_visitors_behind_one_proxy_are_limited_each_for_themselves(behind: Desk) -> None:
    shop = behind.tenant("Visitors")

    def opened(address: str) -> int:
        return call(
            shop.url,
            None,
            "POST",
            "/v1/widget/sessions",
            json={"assistant_id": shop.assistant_id},
            headers={"Origin": "https://" + shop.url.partition("//")[2]} | _forwarded(address),
        ).status_code

    flood = [opened(VISITOR) for _ in range(12)]
    assert 429 in flood
    assert opened(OTHER) == 201


@pytest.mark.parametrize("proto", ["https", "http"])
def test_an_operators_cookie_is_kept_to_tls_where_the_browser_has_it(
    behind: Desk, proto: str
) -> None:
    shop = behind.tenant("Cookie")
    browser = Browser(shop.url)
    headers = {"X-Forwarded-For": OTHER, "X-Forwarded-Proto": proto}
    headers["Origin"] = f"{proto}://" + shop.url.partition("//")[2]
    secret = link(shop, operator(shop))
    answer = browser.call("POST", "/v1/session", json={"link_token": secret}, headers=headers)
    assert answer.status_code == 201, answer.text
    cookie = answer.headers["set-cookie"]
    assert ("Secure" in cookie) == (proto == "https")

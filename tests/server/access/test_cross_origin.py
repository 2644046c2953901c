"""A user interface on a tenant's own origin calls what is a contact's, and nothing of an operator's."""

import pytest

from tests.server.conftest import Desk

PAGE = "https://shop.example"
ASKED = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}


@pytest.mark.parametrize("path", ["/v1/widget/sessions", "/v1/conversations/x/messages"])
def test_a_page_elsewhere_may_ask_for_what_is_a_contacts(desk: Desk, path: str) -> None:
    shop = desk.tenant("Acme")
    allowed = shop.call("OPTIONS", path, headers=ASKED)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert "authorization" in allowed.headers["access-control-allow-headers"]
    answered = shop.call("POST", path, headers={"Origin": PAGE}, json={})
    assert answered.status_code >= 400  # a refusal can be read, too
    assert answered.headers["access-control-allow-origin"] == "*"
    for headers in (allowed.headers, answered.headers):
        assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize("path", ["/v1/handoffs", "/v1/session", "/v1/conversationsx", "/console"])
def test_nothing_else_is_open_to_pages_elsewhere(desk: Desk, path: str) -> None:
    shop = desk.tenant("Acme")
    for method, headers in (("OPTIONS", ASKED), ("GET", {"Origin": PAGE})):
        answered = shop.call(method, path, headers=headers)
        assert "access-control-allow-origin" not in answered.headers


def test_without_an_origin_an_answer_is_as_it_was(desk: Desk) -> None:
    answered = desk.tenant("Acme").call("GET", "/v1/conversations")
    assert "access-control-allow-origin" not in answered.headers

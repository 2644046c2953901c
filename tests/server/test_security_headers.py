"""Every answer says how little a browser may do with it."""

import pytest

from tests.server.conftest import Desk

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/healthz"),
        ("GET", "/v1/assistants"),
        ("GET", "/v1/conversations/nowhere"),
        ("POST", "/v1/conversations"),
        ("GET", "/metrics"),
        ("GET", "/no/such/page"),
        ("GET", "/openapi.json"),
    ],
)
def test_an_answer_that_is_no_page_loads_and_runs_nothing(
    desk: Desk, method: str, path: str
) -> None:
    headers = desk.tenant("Acme").call(method, path).headers
    assert headers["content-security-policy"] == NOTHING
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/", "/console", "/console/inbox"])
def test_a_page_of_ours_has_a_policy_of_its_own_and_only_one(desk: Desk, path: str) -> None:
    answer = desk.tenant("Acme").call("GET", path)
    policies = answer.headers.get_list("content-security-policy")
    assert len(policies) == 1
    assert "script-src 'self'" in policies[0]
    assert "unsafe-eval" not in policies[0]
    assert "frame-ancestors 'none'" in policies[0]

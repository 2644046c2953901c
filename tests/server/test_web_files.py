"""The widget's and the console's files: who may frame them, what they may load, how long they are kept."""

import json
import re

import httpx2
import pytest

from server.web_files import frame_ancestors
from tenants.ids import new_id
from tests import plain_http
from tests.server.conftest import Desk, Program, call


@pytest.fixture
def shop(desk: Desk) -> Program:
    return desk.tenant("Framed")


def _get(url: str, path: str) -> httpx2.Response:
    return plain_http.get(url + path, timeout=10)


def _policy(response: httpx2.Response) -> dict[str, str]:
    parts = response.headers["content-security-policy"].split(";")
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in parts)}


def test_only_the_assistants_pages_may_frame_the_widget(desk: Desk, shop: Program) -> None:
    path = f"/widget/{shop.assistant_id}"
    assert _policy(_get(desk.url, path))["frame-ancestors"] == "'self'"
    origins = {"allowed_origins": ["https://shop.example", "https://x.example;script-src *"]}
    shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=origins)
    policy = _policy(_get(desk.url, path))
    assert policy["frame-ancestors"] == "'self' https://shop.example"
    assert policy["script-src"] == "'self'" and policy["default-src"] == "'none'"


def test_any_page_may_where_the_tenant_says_so() -> None:
    assert frame_ancestors(["https://a.example", "*"]) == ["*"]
    assert frame_ancestors(["https://*.a.example/", "a.example", "'none'"]) == [
        "https://*.a.example"
    ]


def test_branding_reaches_the_frame_and_breaks_out_of_nothing(desk: Desk, shop: Program) -> None:
    greeting = "</script><script>alert(1)</script>"
    branding = {"widget": {"accent": "#aa3300", "greeting": greeting, "suggestions": ["Open?"]}}
    shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=branding)
    page = _get(desk.url, f"/widget/{shop.assistant_id}").text
    found = re.search(r'id="frame-data">(.*?)</script>', page)
    assert found and page.count("<script") == 2  # the data and the frame's own
    shown = json.loads(found[1])
    assert (shown["accent"], shown["greeting"]) == ("#aa3300", greeting)
    assert shown["suggestions"] == ["Open?"] and "allowed_origins" not in shown
    wrong = {"widget": {"accent": "red; background: url(https://evil.example)"}}
    refused = shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=wrong)
    assert refused.status_code == 422


def test_an_unknown_assistant_has_no_widget(desk: Desk) -> None:
    for wrong in (str(new_id()), "x", "..%2f"):
        for place in ("widget", "sample"):
            assert _get(desk.url, f"/{place}/{wrong}").status_code == 404


def test_hashed_files_are_kept_and_the_rest_is_asked_for_again(desk: Desk, shop: Program) -> None:
    loader = _get(desk.url, "/widget.js")
    assert loader.headers["content-type"].startswith("text/javascript")
    assert loader.headers["cache-control"] == "public, max-age=300"
    page = _get(desk.url, f"/sample/{shop.assistant_id}")
    assert f'data-assistant="{shop.assistant_id}"' in page.text
    assert page.headers["cache-control"] == "no-cache"
    for asset in re.findall(r'(?:src|href)="(/web/[^"]+)"', page.text):
        kept = _get(desk.url, asset)
        assert kept.status_code == 200 and "immutable" in kept.headers["cache-control"]
    assert _get(desk.url, "/web/widget/frame.html").status_code == 404
    assert _get(desk.url, "/web/widget/none.js").status_code == 404


def test_a_browser_that_comes_back_is_the_same_contact(desk: Desk, shop: Program) -> None:
    def session(**fields: str) -> httpx2.Response:
        body = {"assistant_id": shop.assistant_id} | fields
        headers = {"Origin": desk.url}
        return call(desk.url, None, "POST", "/v1/widget/sessions", json=body, headers=headers)

    first = session().json()
    again = session(return_token=first["return_token"]).json()
    assert again["contact_id"] == first["contact_id"]
    listing = call(desk.url, first["return_token"], "GET", "/v1/conversations")
    assert listing.status_code == 401  # it renews a session and opens nothing else
    for wrong in ("x", "a.b.c", first["token"]):
        assert session(return_token=wrong).status_code == 401
    gone = shop.call("DELETE", f"/v1/contacts/{first['contact_id']}")
    assert gone.is_success
    assert session(return_token=first["return_token"]).json()["contact_id"] != first["contact_id"]


def test_a_return_token_of_another_tenant_is_refused(desk: Desk, shop: Program) -> None:
    other = desk.tenant("Other")
    origin = {"Origin": desk.url}

    def session(assistant_id: str, **fields: str) -> httpx2.Response:
        body = {"assistant_id": assistant_id} | fields
        return call(desk.url, None, "POST", "/v1/widget/sessions", json=body, headers=origin)

    theirs = session(other.assistant_id).json()["return_token"]
    assert session(shop.assistant_id, return_token=theirs).status_code == 401

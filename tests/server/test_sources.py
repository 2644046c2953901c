"""Sources over the API: named, listed, changed, forgotten, and only by their tenant."""

import pytest

from tests.server.conftest import Desk, problem
from tests.server.imported import base, finished

SITE = "https://www.example.com/help/"


def test_a_source_is_named_listed_changed_and_forgotten(desk: Desk) -> None:
    shop = desk.tenant("Sources")
    made = shop.call(
        "POST",
        base(shop, "sources"),
        json={
            "kind": "crawl",
            "url": SITE + "?utm_source=x#top",
            "max_pages": 20,
            "exclude": ["/b"],
        },
    )
    assert made.status_code == 201, made.text
    source = made.json()
    assert (source["url"], source["name"], source["kind"]) == (SITE, SITE, "crawl")
    assert (source["max_pages"], source["exclude"]) == (20, ["/b"])
    assert source["last_result"] is None and source["next_run_at"] is None
    path = base(shop, f"sources/{source['source_id']}")
    changed = shop.call("PATCH", path, json={"name": "Help", "max_pages": None, "every_hours": 24})
    assert changed.status_code == 200, changed.text
    assert changed.json()["name"] == "Help" and "max_pages" not in changed.json()
    assert changed.json()["exclude"] == ["/b"] and changed.json()["next_run_at"] is not None
    assert shop.call("PATCH", path, json={"every_hours": None}).json()["next_run_at"] is None
    listed = shop.call("GET", base(shop, "sources")).json()
    assert [one["source_id"] for one in listed["data"]] == [source["source_id"]]
    assert shop.call("DELETE", path).status_code == 204
    problem(shop.call("GET", path), 404, "not_found")


def test_another_tenant_sees_no_source(desk: Desk) -> None:
    shop, other = desk.tenant("Sources"), desk.tenant("Other")
    made = shop.call("POST", base(shop, "sources"), json={"kind": "sitemap", "url": SITE}).json()
    path = base(shop, f"sources/{made['source_id']}")
    for method, to, sent in (
        ("GET", path, {}),
        ("PATCH", path, {"json": {"name": "Mine"}}),
        ("DELETE", path, {}),
        ("POST", path + "/sync", {}),
        ("GET", base(shop, "sources"), {}),
        ("POST", base(shop, "sources"), {"json": {"kind": "url", "url": SITE}}),
    ):
        problem(other.call(method, to, **sent), 404, "not_found")
    mine = path.replace(shop.knowledge_base_id, other.knowledge_base_id)
    problem(other.call("GET", mine), 404, "not_found")
    assert shop.call("GET", path).json()["name"] == SITE


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/",
        "http://0x7f.1/",
        "file:///etc/passwd",
        "http://a@example.com/",
        "x",
    ],
)
def test_an_address_that_can_never_be_fetched_is_refused_at_once(desk: Desk, url: str) -> None:
    shop = desk.tenant("Refused")
    sent = {"json": {"kind": "crawl", "url": url}}
    problem(shop.call("POST", base(shop, "sources"), **sent), 422, "address_refused")
    sent = {"json": {"url": url}}
    problem(shop.call("POST", base(shop, "documents"), **sent), 422, "address_refused")
    assert shop.call("GET", "/v1/jobs").json()["data"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "import"},
        {"max_pages": 0},
        {"max_pages": 100_000},
        {"max_depth": 21},
        {"every_hours": 0},
        {"include": ["help"]},
        {"exclude": ["/x"] * 51},
        {"url": "https://example.com/" + "x" * 5_000},
        {"unknown": 1},
    ],
)
def test_a_source_out_of_bounds_is_refused(desk: Desk, fields: dict[str, object]) -> None:
    shop = desk.tenant("Bounds")
    answer = shop.call("POST", base(shop, "sources"), json={"kind": "crawl", "url": SITE} | fields)
    problem(answer, 422, "invalid")


def test_a_source_that_cannot_be_reached_fails_its_job_and_says_so(desk: Desk) -> None:
    shop = desk.tenant("Unreachable")
    url = "http://no-such-host.invalid/"
    made = shop.call(
        "POST", base(shop, "sources"), json={"kind": "crawl", "url": url, "sync": True}
    ).json()
    job = finished(shop, made["job_id"])
    assert (job["status"], job["errors"][0]["code"]) == ("failed", "fetch_failed"), job
    path = base(shop, f"sources/{made['source_id']}")
    assert shop.call("GET", path).json()["last_result"]["failed"]["code"] == "fetch_failed"
    again = shop.call("POST", path + "/sync", json={"full": True})
    assert again.status_code == 202 and again.json()["job_id"] != made["job_id"]

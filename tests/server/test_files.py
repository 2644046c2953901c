"""Files as documents: small ones at once, others by a job that holds them from the answer on."""

import json

import httpx2

from tests.server.conftest import Desk, Program, problem
from tests.server.imported import base, finished, found_titles, listed

HANDBOOK = b"""# Returns

Unworn shoes go back within 30 days.

# Repairs

We resole boots in two weeks.
"""


def send(shop: Program, *files: tuple[str, bytes], **fields: str) -> httpx2.Response:
    parts = [("file", (name, content)) for name, content in files]
    return shop.call("POST", base(shop, "documents"), files=parts, data=fields)


def test_a_small_file_is_searchable_when_it_answers(desk: Desk) -> None:
    shop = desk.tenant()
    stored = send(
        shop, ("handbook.md", HANDBOOK), external_id="h", category="rules", keywords="boots, shoes"
    )
    assert stored.status_code == 201, stored.text
    assert found_titles(shop, "How long does resoling boots take?")
    [document] = listed(shop)
    assert (document["kind"], document["external_id"]) == ("file", "h")
    assert (document["category"], document["keywords"]) == ("rules", ["boots", "shoes"])
    assert document["source"]["name"] == "handbook.md"
    assert document["source"]["bytes"] == len(HANDBOOK)
    again = send(shop, ("handbook.md", HANDBOOK + b"\n# New\n\nMore.\n"), external_id="h")
    assert again.json()["document_id"] == document["document_id"]
    assert len(listed(shop)) == 1


def test_several_files_are_one_job_and_a_broken_one_is_named(desk: Desk) -> None:
    shop = desk.tenant()
    rows = b"question,answer\nDo you ship to Norway?,Yes in five days.\n"
    accepted = send(
        shop,
        ("rules/handbook.md", HANDBOOK),
        ("faq.csv", rows),
        ("broken.pdf", b"%PDF-1.7 nothing else"),
        ("data.json", json.dumps({"soup": {"price": 4}}).encode()),
        by_name="true",
        source="folder",
    )
    assert accepted.status_code == 202, accepted.text
    job = finished(shop, accepted.json()["job_id"])
    assert job["status"] == "succeeded", job
    assert [(e["where"], e["code"]) for e in job["errors"]] == [("broken.pdf", "unreadable_file")]
    assert (job["result"]["documents"], job["result"]["refused"]) == (3, 1)
    there = {one["external_id"]: one for one in listed(shop)}
    assert set(there) == {"rules/handbook.md", "faq.csv", "data.json"}
    assert {one["version"] for one in there.values()} == {job["result"]["version"]}
    assert {one["source"]["folder"] for one in there.values()} == {"folder"}
    assert found_titles(shop, "Do you ship to Norway?")


def test_an_empty_file_is_named_and_takes_no_other_away(desk: Desk) -> None:
    shop = desk.tenant()
    accepted = send(shop, ("handbook.md", HANDBOOK), ("left.txt", b""))
    assert accepted.status_code == 202, accepted.text
    job = finished(shop, accepted.json()["job_id"])
    assert job["status"] == "succeeded", job
    assert [(e["where"], e["detail"]) for e in job["errors"]] == [("left.txt", "the file is empty")]
    assert found_titles(shop, "How long does resoling boots take?")
    none = finished(shop, send(shop, ("a.md", b""), ("b.md", b"")).json()["job_id"])
    assert (none["status"], [e["where"] for e in none["errors"]]) == ("failed", ["a.md", "b.md"])
    assert len(listed(shop)) == 1
    assert problem(send(shop, ("a.md", b"")), 422, "invalid")["detail"] == "file: a.md is empty"


def test_a_form_that_makes_no_sense_is_refused(desk: Desk) -> None:
    shop = desk.tenant()
    problem(send(shop, ("a.pdf", b"%PDF-1.4 no")), 422, "unreadable_file")
    problem(send(shop, ("a.md", b"# A\n\nText."), priority="high"), 422, "invalid")
    problem(send(shop, ("a.md", b"# A\n\nText."), unknown="1"), 422, "invalid")
    problem(send(shop, ("a.md", b"One."), ("b.md", b"Two."), title="Both"), 422, "invalid")
    many = [(f"{n}.txt", b"text") for n in range(101)]
    problem(send(shop, *many), 413, "too_large")
    empty = shop.call("POST", base(shop, "documents"), files={"other": ("a.md", b"x")})
    problem(empty, 422, "invalid")
    assert listed(shop) == []


def test_a_body_that_is_too_large_is_refused_while_it_comes(desk: Desk) -> None:
    shop = desk.tenant()
    problem(send(shop, ("a.txt", b"word " * 700_000)), 413, "too_large")


def test_many_short_items_become_a_job_though_they_are_few_bytes(desk: Desk) -> None:
    shop = desk.tenant()
    items = [{"n": n} for n in range(10_000)]
    answer = shop.call("POST", base(shop, "documents"), json={"title": "Items", "data": items})
    assert answer.status_code == 202, answer.text
    cancelled = shop.call("POST", f"/v1/jobs/{answer.json()['job_id']}/cancel")
    assert cancelled.status_code == 200, cancelled.text
    job = finished(shop, answer.json()["job_id"])
    assert job["status"] in ("cancelled", "succeeded")
    assert len(listed(shop)) == (job["status"] == "succeeded")


def test_the_same_form_under_one_key_is_taken_once(desk: Desk) -> None:
    shop = desk.tenant()
    once = {"idempotency-key": "handbook", "content-type": "multipart/form-data; boundary=b"}
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n'
        + HANDBOOK
        + b"\r\n--b--\r\n"
    )
    first = shop.call("POST", base(shop, "documents"), content=body, headers=once)
    again = shop.call("POST", base(shop, "documents"), content=body, headers=once)
    assert (first.status_code, again.status_code) == (201, 201), again.text
    assert first.json() == again.json()
    assert len(listed(shop)) == 1


def test_a_form_that_ends_too_early_is_no_form(desk: Desk) -> None:
    shop = desk.tenant()
    cut = shop.call(
        "POST",
        base(shop, "documents"),
        content=b"--b\r\nContent-Disposition: form-data; name=file",
        headers={"content-type": "multipart/form-data; boundary=b"},
    )
    assert cut.status_code in (400, 422), cut.text
    nameless = shop.call(
        "POST",
        base(shop, "documents"),
        content=b"--b--",
        headers={"content-type": "multipart/form-data"},
    )
    problem(nameless, 400, "malformed_body")

"""Exports: the same entries, byte for byte, after a way through another knowledge base."""

import io
import json
import zipfile
from typing import Any

from tests.server.conftest import Desk, Program, problem
from tests.server.imported import base, imported, listed

ENTRIES: list[dict[str, Any]] = [
    {"question": "Do you ship to Norway?", "answer": " Yes,\nin five days. ", "external_id": "n-1"},
    {"title": "Ämter & Überschriften", "text": "# Öffnung\n\nVon zehn bis sechs – täglich. 🥾"},
    {"title": "Catalogue", "data": {"tarn": {"price": 129.0, "sizes": [41, 42.5], "new": None}}},
    {"chunks": ["Ready made one.", {"text": "Ready made two.", "title": "Two"}], "title": "Ready"},
    {"question": "Same?", "answer": "Twice the same."},
    {"question": "Same?", "answer": "Twice the same."},
    {"text": "word " * 60},
    {
        "text": "Only in winter.",
        "title": " Winter ",
        "language": "en",
        "category": "season",
        "keywords": ["snow", "ice"],
        "priority": -5,
        "valid_from": "2026-11-01T00:00:00+01:00",
        "valid_until": "2027-03-01T00:00:00.5Z",
        "active": False,
        "source": {"url": "https://shop.example/winter"},
    },
]


def export(program: Program) -> bytes:
    answer = program.call("GET", base(program, "export"))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def lines(packed: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert opened.namelist() == ["manifest.json", "entries.jsonl"]
        assert opened.testzip() is None
        return opened.read("entries.jsonl")


def test_an_export_imports_again_byte_for_byte(desk: Desk) -> None:
    shop, copy = desk.tenant(), desk.tenant("Copy")
    for entry in ENTRIES:
        assert shop.call("POST", base(shop, "documents"), json=entry).status_code == 201
    file = {"file": ("handbook.md", b"# Returns\n\nWithin 30 days.\n", "text/markdown")}
    assert shop.call("POST", base(shop, "documents"), files=file).status_code == 201
    first = export(shop)
    assert export(shop) == first
    job = imported(copy, files={"file": ("knowledge.zip", first, "application/zip")})
    assert (job["status"], job["errors"]) == ("succeeded", [])
    assert job["result"]["documents"] == len(ENTRIES) + 1 == len(listed(copy))
    assert lines(export(copy)) == lines(first)
    told = [json.loads(line) for line in lines(first).splitlines()]
    assert told[0]["external_id"] == "n-1" and told[0]["answer"] == "Yes,\nin five days."
    winter = next(one for one in told if one["title"] == "Winter")
    assert (winter["active"], winter["priority"]) == (False, -5)
    assert winter["valid_from"] == "2026-10-31T23:00:00Z"


def test_an_older_version_is_exported_as_it_was(desk: Desk) -> None:
    shop = desk.tenant()
    made = shop.call("POST", base(shop, "documents"), json=ENTRIES[0]).json()
    before = lines(export(shop))
    changed = ENTRIES[0] | {"answer": "No longer."}
    while True:  # writes of the same two seconds share a version
        again = shop.call("POST", base(shop, "documents"), json=changed).json()
        if again["version"] > made["version"]:
            break
        changed = changed | {"answer": changed["answer"] + "!"}
    path = base(shop, f"export?version={again['version']}")
    assert b"No longer" in lines(shop.call("GET", path).content)
    problem(shop.call("GET", base(shop, "export?version=9999")), 404, "not_found")
    assert b"Yes" in before


def test_an_archive_that_is_none_of_ours_is_refused(desk: Desk) -> None:
    shop = desk.tenant()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("entries.jsonl", "{}\n")
    refused = shop.call(
        "POST", base(shop, "imports/preview"), files={"file": ("x.zip", packed.getvalue())}
    )
    assert "manifest.json" in problem(refused, 422, "unreadable_file")["detail"]


def test_an_archive_that_unpacks_to_too_much_is_refused(desk: Desk) -> None:
    shop = desk.tenant()
    packed = io.BytesIO()
    manifest = json.dumps({"format": "frontdesk-knowledge", "format_version": 1})
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("manifest.json", manifest)
        with made.open("entries.jsonl", "w") as member:
            for _ in range(70):
                member.write(b" " * 1_000_000)
    refused = shop.call(
        "POST", base(shop, "imports/preview"), files={"file": ("x.zip", packed.getvalue())}
    )
    assert "unpacks to more than" in problem(refused, 413, "too_large")["detail"]


def test_an_archive_of_hostile_lines_is_refused(desk: Desk) -> None:
    shop = desk.tenant()
    manifest = json.dumps({"format": "frontdesk-knowledge", "format_version": 1})
    for lines_, status in (
        (b'{"data": [' + b"[]," * 700_000 + b"[]]}\n", 413),
        (b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", 200),
        (b'{"text": "cut', 422),
    ):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("manifest.json", manifest)
            made.writestr("entries.jsonl", lines_)
        shown = shop.call(
            "POST", base(shop, "imports/preview"), files={"file": ("x.zip", packed.getvalue())}
        )
        assert shown.status_code == status, shown.text
        if status == 200:
            assert shown.json()["problems"][0]["where"] == "x.zip entry 1"


def test_another_tenant_exports_nothing(desk: Desk) -> None:
    shop, other = desk.tenant(), desk.tenant("Other")
    problem(other.call("GET", base(shop, "export")), 404, "not_found")

"""Bulk imports over HTTP: previewed, mapped, stored, their bad rows named."""

import io
import json

from openpyxl import Workbook

from tests.server.conftest import Desk, problem
from tests.server.imported import base, found_titles, imported, listed

GERMAN = (
    "Kundenfrage;Antwort;Kategorie;Priorität;Gültig bis;intern\n"
    "Darf ich Schuhe zurückgeben?;Ja, binnen 30 Tagen.;Rückgabe;10;31.12.2030;x1\n"
    "Wann öffnen Sie?;Um zehn Uhr.;Öffnung;viel;;x2\n"
    "Was kostet der Versand?;;Versand;;;x3\n"
    ";;;;;\n"
    "Gibt es Gutscheine?;Ja, ab 10 Euro.;Gutscheine;;2031-01-01;x4\n"
)
CSV = {"content-type": "text/csv; charset=utf-8"}


def test_a_preview_shows_what_would_become_of_each_row(desk: Desk) -> None:
    shop = desk.tenant()
    shown = shop.call("POST", base(shop, "imports/preview"), content=GERMAN.encode(), headers=CSV)
    assert shown.status_code == 200, shown.text
    preview = shown.json()
    assert preview["format"] == "csv"
    assert preview["mapping"] == {
        "Kundenfrage": "question",
        "Antwort": "answer",
        "Kategorie": "category",
        "Priorität": "priority",
        "Gültig bis": "valid_until",
    }
    assert preview["unmapped"] == ["intern"]
    first = preview["entries"][0]
    assert first["question"] == "Darf ich Schuhe zurückgeben?"
    assert first["valid_until"] == "2030-12-31T00:00:00Z"
    assert first["source"] == {"columns": {"intern": "x1"}}
    assert [p["where"] for p in preview["problems"]] == [
        "import.csv row 3, column Priorität",
        "import.csv row 4, column Antwort",
    ]
    assert preview["counts"]["entries"] == 2 == preview["counts"]["question"]
    assert listed(shop) == []


def test_an_import_stores_the_good_rows_and_names_the_bad_ones(desk: Desk) -> None:
    shop = desk.tenant()
    job = imported(shop, content=GERMAN.encode(), headers=CSV)
    assert job["status"] == "succeeded", job
    assert [error["where"] for error in job["errors"]] == [
        "import.csv row 3, column Priorität",
        "import.csv row 4, column Antwort",
    ]
    assert job["result"]["documents"] == 2 and job["result"]["refused"] == 2
    assert found_titles(shop, "Gibt es Gutscheine?")[0] == "Gibt es Gutscheine?"


def test_a_mapping_that_was_asked_for_wins(desk: Desk) -> None:
    shop = desk.tenant()
    rows = "one,two\nWhere is the shop?,By the river\n"
    mapping = json.dumps({"one": "title", "two": "text"})
    job = imported(
        shop, files={"file": ("places.csv", rows.encode(), "text/csv")}, data={"mapping": mapping}
    )
    assert job["status"] == "succeeded", job
    [document] = listed(shop)
    assert (document["kind"], document["title"]) == ("text", "Where is the shop?")
    refused = shop.call(
        "POST",
        base(shop, "imports/preview"),
        files={"file": ("places.csv", rows.encode(), "text/csv")},
        data={"mapping": '{"three": "title"}'},
    )
    assert "the columns are one, two" in problem(refused, 422, "invalid")["detail"]


def test_documents_come_as_json_lines_and_sheets_as_well(desk: Desk) -> None:
    shop = desk.tenant()
    given = [{"question": f"What is item {n}?", "answer": f"It is thing {n}."} for n in range(3)]
    assert imported(shop, json={"documents": given})["result"]["documents"] == 3
    lines = "\n".join(json.dumps({"name": f"Tarn {n}", "price": n}) for n in range(3)) + "\n{]"
    job = imported(shop, content=lines.encode(), headers={"content-type": "application/x-ndjson"})
    assert job["result"]["documents"] == 3
    assert [error["where"] for error in job["errors"]] == ["import.jsonl line 4"]
    book = Workbook()
    book.active.append(["Pregunta", "Respuesta"])  # pyright: ignore[reportOptionalMemberAccess]
    book.active.append(["¿Abren los domingos?", "No."])  # pyright: ignore[reportOptionalMemberAccess]
    packed = io.BytesIO()
    book.save(packed)
    job = imported(shop, files={"file": ("preguntas.xlsx", packed.getvalue())})
    assert job["status"] == "succeeded", job
    assert {d["kind"] for d in listed(shop)} == {"qa", "json"}
    assert len(listed(shop)) == 7


def test_what_is_no_import_is_refused_with_the_reason(desk: Desk) -> None:
    shop = desk.tenant()
    single = shop.call("POST", base(shop, "imports/preview"), json={"name": "Tarn"})
    assert "list of entries" in problem(single, 422, "unreadable_file")["detail"]
    missing = shop.call(
        "POST", base(shop, "imports?delete_missing=true"), content=b"a\n1", headers=CSV
    )
    assert "source" in problem(missing, 422, "invalid")["detail"]
    image = shop.call(
        "POST", base(shop, "imports"), content=b"GIF89a", headers={"content-type": "image/gif"}
    )
    problem(image, 415, "unsupported_media_type")
    broken = shop.call(
        "POST", base(shop, "imports"), content=b"[", headers={"content-type": "application/json"}
    )
    problem(broken, 400, "malformed_body")


def test_another_tenants_knowledge_base_takes_no_import(desk: Desk) -> None:
    shop, other = desk.tenant(), desk.tenant("Other")
    refused = other.call("POST", base(shop, "imports"), content=GERMAN.encode(), headers=CSV)
    problem(refused, 404, "not_found")
    job = shop.call("POST", base(shop, "imports"), content=GERMAN.encode(), headers=CSV).json()
    problem(other.call("GET", f"/v1/jobs/{job['job_id']}"), 404, "not_found")
    problem(other.call("POST", f"/v1/jobs/{job['job_id']}/cancel"), 404, "not_found")
    assert other.call("GET", "/v1/jobs").json()["data"] == []

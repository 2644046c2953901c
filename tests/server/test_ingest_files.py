"""`frontdesk ingest`: which files become which documents."""

from pathlib import Path

import pytest

from server.ingest import ingest_path, read_documents
from server.start import StartFailed


def test_every_form_of_file_becomes_its_document(tmp_path: Path) -> None:
    (tmp_path / "opening-hours.md").write_text("# Open\nFrom ten to six.")
    (tmp_path / "menu.json").write_text('{"soup": 4}')
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/faq.jsonl").write_text(
        '{"question": "Wifi?", "answer": "Yes."}\n\n{"name": "Room 7", "beds": 2}\n'
    )
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    documents, refused = read_documents(tmp_path)
    assert refused == []
    assert documents == [
        {"title": "menu", "data": {"soup": 4}, "external_id": "menu.json"},
        {
            "title": "opening hours",
            "text": "# Open\nFrom ten to six.",
            "external_id": "opening-hours.md",
        },
        {
            "title": "faq 1",
            "external_id": "sub/faq.jsonl:1",
            "question": "Wifi?",
            "answer": "Yes.",
        },
        {
            "title": "faq 3",
            "data": {"name": "Room 7", "beds": 2},
            "external_id": "sub/faq.jsonl:3",
        },
    ]


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "c.json").write_text("[" * 200_000)
    (tmp_path / "d.txt").write_text("fine")
    documents, refused = read_documents(tmp_path)
    assert [document["external_id"] for document in documents] == ["d.txt"]
    assert [Path(why.split(":")[0]).name for why in refused] == ["a.json", "b.txt", "c.json"]


def test_a_single_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    documents, refused = read_documents(tmp_path / "a.pdf")
    assert documents == []
    assert "only .txt" in refused[0]


def test_no_path_no_server(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="there is no"):
        ingest_path(tmp_path / "nowhere", "", url="http://127.0.0.1:9", key="k")
    with pytest.raises(StartFailed, match="holds no"):
        ingest_path(tmp_path, "", url="http://127.0.0.1:9", key="k")

"""Sets are told by the shape of their rows, whatever files and folders are called."""

import gzip
import json
from pathlib import Path
from typing import Any

from evals.house import as_document, spoken_lines
from evals.sets import absent_sets, pair_sets, question_sets

CORPUS = [
    {"id": "a/1", "tenant": "a", "title": "Open on Sundays?", "text": "No."},
    {"id": "b/1", "tenant": "b", "title": "Parking?", "text": "Behind the house."},
]
GOLD = [
    {"id": "q1", "tenant": "a", "query": "sunday?", "answerable": True, "gold": ["a/1"]},
    {"id": "q2", "tenant": None, "query": "book it", "answerable": False, "gold": []},
]


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)


def test_gold_and_corpus_are_found_by_their_rows(tmp_path: Path):
    _write(tmp_path / "some" / "asked.jsonl", GOLD)
    _write(tmp_path / "some" / "zz.jsonl.gz", CORPUS)
    _write(tmp_path / "some" / "aa.jsonl", [{"id": "x", "text": "hello", "label": "greeting"}])
    _write(tmp_path / "some" / "bb.jsonl", [CORPUS[1] | {"id": "other"}])
    [found] = question_sets(tmp_path, tmp_path)
    assert found.name == "some/asked.jsonl"
    assert [row["id"] for row in found.corpus] == ["a/1", "b/1"]
    assert set(found.by_tenant) == {"a", "b"}


def test_a_question_of_no_tenant_goes_to_the_same_drawn_one_each_time(tmp_path: Path):
    _write(tmp_path / "some" / "asked.jsonl", GOLD)
    _write(tmp_path / "some" / "corpus.jsonl", CORPUS)
    drawn = [next(question_sets(tmp_path, tmp_path)).tenants["q2"] for _ in range(3)]
    assert len(set(drawn)) == 1
    assert drawn[0] in {"a", "b"}


def test_a_missing_corpus_is_taken_from_the_training_folder(tmp_path: Path):
    _write(tmp_path / "held" / "some" / "asked.jsonl", GOLD)
    _write(tmp_path / "dev" / "some" / "corpus.jsonl", CORPUS)
    assert list(question_sets(tmp_path / "held", tmp_path / "held")) == []
    [found] = question_sets(tmp_path / "held", tmp_path / "dev")
    assert len(found.corpus) == 2


def test_absent_folders_are_named_and_harmless(tmp_path: Path):
    assert absent_sets(tmp_path, ("xquad",)) == ["xquad"]
    assert list(question_sets(tmp_path / "nothing", tmp_path)) == []


def test_a_catalogue_is_told_by_its_attributes(tmp_path: Path):
    products = [{"id": "p1", "tenant": "shop", "title": "cup", "attrs": {"price": "2"}}]
    asked = [{"id": "q", "tenant": "shop", "query": "cpu", "answerable": True, "gold": ["p1"]}]
    pairs = [{"id": "x", "left": {"name": "cup"}, "right": {"name": "mug"}, "label": 0}]
    _write(tmp_path / "some" / "asked.jsonl", asked)
    _write(tmp_path / "some" / "things.jsonl", products)
    _write(tmp_path / "some" / "pairs.jsonl", pairs)
    [found] = question_sets(tmp_path, tmp_path)
    assert found.is_catalogue
    assert [one.name for one in pair_sets(tmp_path)] == ["some/pairs.jsonl"]
    document = as_document(found.corpus[0])
    assert (document.kind, document.title) == ("json", "cup")
    assert document.data == {"title": "cup", "price": "2"}


def test_speakers_of_every_set_are_contact_or_assistant():
    history = [["U", "a"], ["S", "b"], ["user", "c"], ["agent", "d"]]
    authors = [line["author"] for line in spoken_lines({"history": history})]
    assert authors == ["contact", "assistant", "contact", "assistant"]
    assert spoken_lines({}) == []

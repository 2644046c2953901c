"""A recording is stored small and read as it was."""

from typing import Any

import pytest

from tenants.ids import new_id
from tenants.keys import codec
from tenants.running.turn_recordings import MAX_BYTES, columns, unpacked

TURN = new_id()


def told(facts: int) -> dict[str, Any]:
    """The recording of a turn whose contact has told so many facts."""
    known = [
        {"fact_id": str(new_id()), "kind": "order_number", "text": f"K-{n}", "turn_id": "é"}
        for n in range(facts)
    ]
    return {
        "form": 1,
        "graph_version": "support@1",
        "request": {"context": {"memory": {"facts": known}}},
        "started_from": None,
        "calls": [{"port": "knowledge.search", "gave": ["…"]}],
        "document_ids": [str(new_id())],
        "steps": ["screen"],
    }


@pytest.mark.parametrize("facts", [0, 20, 60, 2_000])
def test_what_was_recorded_is_read_as_it_was(facts: int) -> None:
    recording = told(facts)
    stored = columns(TURN, recording)
    assert unpacked(codec.decode(stored["recording"])) == recording
    assert stored["document_ids"] == recording["document_ids"]


def test_facts_that_a_contact_told_cost_little() -> None:
    few, many = (len(columns(TURN, told(n))["recording"]) for n in (5, 50))
    assert many - few < 0.6 * (len(str(told(50))) - len(str(told(5))))


def test_a_release_that_reads_plain_recordings_only_finds_another_form() -> None:
    stored = codec.decode(columns(TURN, told(1))["recording"])
    assert stored["form"] != 1
    assert stored["calls"] == stored["steps"] == []


def test_what_an_earlier_release_recorded_is_read_plain() -> None:
    plain = told(3)
    assert unpacked(plain) == plain


def test_what_is_too_large_is_not_kept() -> None:
    assert columns(TURN, {"form": 1, "calls": ["x" * MAX_BYTES]})["recording"] is None
    assert columns(TURN, None) == {"recording": None, "document_ids": []}

"""What the demo proposes to ask shows what it is there to show: two answers, then a person."""

import json
from pathlib import Path

import pytest

from server.demo_tenants import SEEDS
from tests.server.conftest import Desk


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_the_first_two_questions_are_answered_and_the_third_waits_for_a_person(
    desk: Desk, seed: Path
) -> None:
    read = json.loads(seed.read_text())
    program = desk.tenant()
    path = f"/v1/knowledge-bases/{program.knowledge_base_id}/documents"
    for document in read["documents"]:
        made = program.call("POST", path, json=document)
        assert made.status_code == 201, made.text
    turns = [program.say(program.conversation(), asked).json() for asked in read["try"]]
    assert [one["status"] for one in turns] == ["completed", "completed", "waiting_for_operator"]
    assert turns[0]["citations"] and turns[1]["citations"]
    assert turns[2]["handoff"]["reason"] == "not_in_knowledge"

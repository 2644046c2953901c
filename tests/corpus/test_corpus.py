"""Conversations that earlier releases left go on under this one."""

import json
from pathlib import Path

import pytest

from graphs.keeping.checkpoints import OneSaver
from graphs.keeping.seeding import seeded
from graphs.ports import HandoffResolution, SpokenLine
from graphs.starting import VERSION_KEY
from graphs.support import GRAPHS
from tenants.ids import new_id
from tests.corpus.stored import all_kept, read
from tests.fakes import FakeDesk
from tests.graphs.conversation import Talk, machine, text_of

MAX_BYTES = 60_000
FILES = pytest.mark.parametrize("path", all_kept(), ids=lambda p: f"{p.parent.name}-{p.stem}")


@FILES
async def test_a_conversation_of_an_earlier_release_goes_on(path: Path) -> None:
    kept, desk, handoff_id = read(path), FakeDesk(), new_id()
    saver = await seeded(kept.stored, thread_id=kept.thread_id)
    talk = Talk(machine(desk=desk, savers=OneSaver(saver)), kept.context)
    if kept.then:
        end = await talk.say(kept.then)
        assert kept.answer in text_of(end) and end.reason != "unknown_version"
        return
    line = SpokenLine(str(new_id()), "operator", "We engrave violins from May on.")
    desk.resolve(handoff_id, HandoffResolution(str(handoff_id), lines=[line]))
    end = await talk.resume(handoff_id)
    assert end.status == "completed" and end.decision == "deliver"
    assert end.graph_version == kept.stored.metadata.get(VERSION_KEY)
    after = await talk.say("Do you ship to Switzerland?")
    assert "9.90 EUR" in text_of(after)


@FILES
def test_the_corpus_is_small_and_of_versions_that_are_kept(path: Path) -> None:
    assert path.stat().st_size <= MAX_BYTES
    assert json.loads(path.read_text("utf8"))["metadata"][VERSION_KEY] in GRAPHS


def test_there_is_a_corpus_to_resume() -> None:
    assert len(all_kept()) >= 8

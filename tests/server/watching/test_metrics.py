"""Every figure that operators of the server go by is there, moves with what it counts, names nobody."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.databases import Database
from tests.openai_loopback import Loopback, Reply, openai_loopback
from tests.server.conftest import Desk, Program, serving

QUESTION = "Do you ship to Switzerland?"
UNKNOWN = "Can you engrave a violin?"
PERSON = "I want to talk to a human, please."
GOOD = Reply(["Yes,", " we ship", " to Switzerland. [1]"])
Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]
# A label is of one of these kinds, and what stands in it is a word of ours or of the settings.
LABELS = {
    "decision", "direction", "hit", "kind", "le", "node", "operation", "outcome", "provider",
    "reason", "stage", "status",
}  # fmt: skip


@pytest.fixture(scope="module")
def provider() -> Iterator[Loopback]:
    with openai_loopback(GOOD) as opened:
        yield opened


@pytest.fixture(scope="module")
def served(apart_database: Database, provider: Loopback) -> Iterator[Desk]:
    given = {"model_endpoints": f"house={provider.base_url}", "running_turns": 1}
    with serving(apart_database, **given) as opened:
        yield opened


@pytest.fixture(scope="module")
def shop(served: Desk) -> Program:
    made = served.tenant("Zanzibarian")
    made.teach(QUESTION, "Yes, we ship to Switzerland.")
    asks_the_model = {"model": "house:m", "curated": {"enabled": False}, "name": "Quillonka"}
    changed = made.call("PATCH", f"/v1/assistants/{made.assistant_id}", json=asks_the_model)
    assert changed.status_code == 200, changed.text
    return made


def figures(desk: Desk) -> Figures:
    families = text_string_to_metric_families(desk.platform("GET", "/metrics").text)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def moved(before: Figures, after: Figures, name: str, **labels: str) -> float:
    """How far the figures of that name, and at least these labels, have moved together."""
    wanted = set(labels.items())
    named = [key for key in after if key[0] == name and wanted <= set(key[1])]
    assert named, f"{name} {labels} is not there"
    return sum(after[key] - before.get(key, 0.0) for key in named)


def test_each_figure_moves_with_what_it_counts(
    served: Desk, shop: Program, provider: Loopback
) -> None:
    before = figures(served)
    said = [shop.say(shop.conversation(), one).json() for one in (QUESTION, UNKNOWN, PERSON)]
    assert [one["status"] for one in said] == ["completed", *["waiting_for_operator"] * 2]
    provider.choose = lambda _asked: Reply(status=500)
    failing = shop.say(shop.conversation(), QUESTION).json()
    provider.choose = None
    assert failing["status"] == "completed"
    note = {"file": ("note.md", b"# A note\n\nThe lamp is green.\n", "text/markdown")}
    path = f"/v1/conversations/{shop.conversation()}/files"
    assert shop.call("POST", path, files=note).status_code in (201, 202)
    after = _once(served, lambda now: _jobs(now) > _jobs(before))
    assert moved(before, after, "frontdesk_turns_total", status="completed") == 2
    assert moved(before, after, "frontdesk_turns_total", status="waiting_for_operator") == 2
    assert moved(before, after, "frontdesk_turn_seconds_count") == 4
    assert moved(before, after, "frontdesk_turn_seconds_sum") > 0
    assert moved(before, after, "frontdesk_turn_first_token_seconds_count") >= 2
    assert moved(before, after, "frontdesk_handoffs_total", reason="contact_asked") == 1
    assert moved(before, after, "frontdesk_handoffs_total", reason="not_in_knowledge") == 1
    assert moved(before, after, "frontdesk_turns_by_knowledge_total", hit="true") >= 1
    assert moved(before, after, "frontdesk_turns_by_knowledge_total", hit="false") >= 1
    for direction in ("in", "out"):
        tokens = {"provider": "house", "direction": direction}
        assert moved(before, after, "frontdesk_model_tokens_total", **tokens) > 0
    called = {"provider": "house", "outcome": "ok"}
    assert moved(before, after, "frontdesk_model_calls_total", **called) >= 1
    calls = moved(before, after, "frontdesk_model_calls_total", provider="house")
    assert calls > moved(before, after, "frontdesk_model_calls_total", **called), "failures count"
    kind = {"kind": "files", "status": "succeeded"}
    assert moved(before, after, "frontdesk_jobs_total", **kind) == 1


def test_what_waits_is_seen_while_it_waits(served: Desk, shop: Program, provider: Loopback) -> None:
    shop.say(shop.conversation(), QUESTION)  # how long a turn takes is known from the last ones
    provider.gate.clear()
    talks = [shop.conversation() for _ in range(3)]
    try:
        with ThreadPoolExecutor(3) as people:
            asked = [people.submit(shop.say, talk, QUESTION) for talk in talks]
            now = _once(served, lambda now: now["frontdesk_waiting_turns", ()] >= 1)
            provider.gate.set()
            assert now["frontdesk_queue_lag_seconds", ()] > 0
            assert now["frontdesk_running_turns", ()] >= 1
            assert [one.result().status_code for one in asked] == [200] * 3
    finally:
        provider.gate.set()
    end = _once(served, lambda now: now["frontdesk_waiting_turns", ()] == 0)
    assert end["frontdesk_queue_lag_seconds", ()] == 0


def test_no_label_holds_a_word_of_a_tenants(served: Desk, shop: Program) -> None:
    stranger = {"model": "xylocanary:m", "fallback_models": ["house:xylocanary"]}
    shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=stranger)
    channel = {"name": "xylocanary", "kind": "custom", "url": "https://xylocanary.example/in"}
    shop.call("POST", "/v1/channels", json=channel)
    shop.say(shop.conversation(), f"xylocanary: {QUESTION}")
    shop.call("GET", "/v1/xylocanary/nowhere")
    theirs = {"xylocanary", "zanzibarian", "quillonka", "switzerland", "violin"}
    theirs |= {shop.slug, shop.tenant_id, shop.assistant_id, shop.knowledge_base_id}
    for (name, labels), _ in figures(served).items():
        for label, value in labels:
            assert label in LABELS, (name, label)
            assert re.fullmatch(r"[A-Za-z0-9_.+:-]{0,60}", value), (name, value)
            assert not any(word in value.lower() for word in theirs), (name, value)


def _jobs(now: Figures) -> float:
    return sum(value for (name, _), value in now.items() if name == "frontdesk_jobs_total")


def _once(desk: Desk, is_so: Callable[[Figures], bool]) -> Figures:
    """The figures as soon as they say so."""
    deadline = time.monotonic() + 60
    while not is_so(now := figures(desk)):
        assert time.monotonic() < deadline, "the figures never said so"
        time.sleep(0.02)
    return now

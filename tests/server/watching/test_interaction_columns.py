"""The interaction columns of every kind of turn: filled, or empty for a reason that stands here."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.databases import Database
from tests.server.acting import Counter, counter, open_counter
from tests.server.conftest import Desk
from tests.server.watching.test_telemetry import FILLED

DOCUMENT = Path(__file__).parents[3] / "docs/traces.md"
ASKED = "What does the warranty of a lamp cover?"
PERSON = "I want to talk to a human, please."
EUR_500 = {"up_to": "500.00", "currency": "EUR"}
NO_LABELS = "the assistant tells no labels apart"
NO_MODEL = "no language model was asked: the answer came out of the passages"
NOT_ASKED = "nothing was looked up"
# What may be empty on a turn, by its kind and what was decided, and why.
EMPTY: dict[tuple[str, str], dict[str, str]] = {
    ("message", "deliver"): {"intent_labels": NO_LABELS, "models": NO_MODEL},
    ("message", "hand_off"): {
        "intent_labels": NO_LABELS,
        "models": NO_MODEL,
        "knowledge_hit": NOT_ASKED,
        "confidence": "the wish for a person is no guess",
    },
    ("resume", "deliver"): {
        "intent_labels": "an operator has answered them",
        "models": NO_MODEL,
        "knowledge_hit": NOT_ASKED,
        "sentiment": "the contact has said nothing",
        "confidence": "an operator's answer has none",
        "block_kinds": "the contact has said nothing",
        "first_token_ms": "the operator's words went out before",
    },
    ("action_outcome", "deliver"): {
        "intent_labels": "it tells how an action went",
        "models": NO_MODEL,
        "knowledge_hit": NOT_ASKED,
        "sentiment": "the contact has said nothing",
        "confidence": "what happened is told, not guessed",
        "block_kinds": "the contact has said nothing",
    },
}


@pytest.fixture(scope="module")
def at(apart_database: Database) -> Iterator[Counter]:
    with counter(apart_database) as made:
        yield open_counter(Desk(made.shop.url), made.service, refund_order=EUR_500)


def test_the_columns_that_are_looked_at_are_those_that_are_promised() -> None:
    promised = re.search(r"Each turn's row.*?\. What may be empty", DOCUMENT.read_text(), re.S)
    assert promised is not None
    named = set(re.findall(r"`(\w+)`", promised[0]))
    assert named == {*FILLED.split(", "), "reason"}


def _every_kind(at: Counter) -> None:
    """A turn of each kind: answered, handed off, taken back from an operator, told of an action."""
    at.shop.teach(ASKED, "The warranty covers the lamp's electronics for three years.")
    asked = at.converse(at.contact())
    at.say(asked, ASKED)
    at.say(asked, "I want a refund for order 1037")
    at.told(asked, "have been refunded")
    waiting = at.shop.say(at.converse(), PERSON).json()
    path = f"/v1/handoffs/{waiting['handoff']['handoff_id']}/resolve"
    assert at.shop.call("POST", path, json={"reply": "Here I am."}).status_code == 200


def test_every_column_is_filled_on_every_kind_of_turn(
    at: Counter, apart_database: Database
) -> None:
    _every_kind(at)
    seen: dict[tuple[str, str], set[str]] = {}
    with psycopg.connect(apart_database.superuser) as conn:
        handed_off = "select count(*), count(reason) from turns where decision = 'hand_off'"
        turns, reasons = conn.execute(handed_off).fetchone() or (0, 0)
        cursor = conn.execute(
            f"select kind, decision, {FILLED} from turns where ended_at is not null".encode()
        )
        names = [column.name for column in cursor.description or ()][2:]
        for kind, decision, *values in cursor.fetchall():
            empty = {n for n, v in zip(names, values, strict=True) if v in (None, [], "", {})}
            seen.setdefault((kind, decision), set()).update(empty)
    assert turns == reasons > 0, "why a person was asked"
    assert seen.keys() >= EMPTY.keys(), seen
    for which, empty in seen.items():
        assert empty <= EMPTY[which].keys(), (which, empty - EMPTY[which].keys())

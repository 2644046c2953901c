"""A model that obeys every order and says its whole context, in one node: nothing of it gets out.

The whole server under siege: tests/server/test_obedience.py.
"""

import itertools
import random
import re
from collections.abc import Sequence
from typing import Any

import pytest

from graphs.asking.models import Models
from graphs.nodes.answer import answer
from tests.fakes import ScriptedModel, passage
from tests.graphs.nodes.states import Turn, resolving
from tests.server.attacks import HOST, SECRET, WISHES, Attack, attacks

ANSWER = "The lamp can be returned for thirty days."
_OUTGOING = re.compile(
    rf"{re.escape(HOST)}|!\[[^\]]*\]\(|<\s*[a-z!/]|^\s*\[[^\]]+\]:", re.IGNORECASE | re.MULTILINE
)


async def _obeyed(attack: Attack, streaming: str, draw: random.Random) -> tuple[str, list[str]]:
    """What was stored, and every text that was shown on the way there."""
    model = ScriptedModel()
    models = Models(default="fake:m", factories={"fake:m": lambda: model})
    turn = Turn(
        persona={"name": "Mia", "tone": attack.text[:150], "instructions": WISHES},
        answering={"streaming": streaming, "restrictions": [attack.text[:290]]},
        allowed_hosts=("shop.example",),
    )
    given: dict[str, Any] = {
        "passages": [
            passage(f"{ANSWER} {attack.text}", title=attack.text[:150]),
            passage(attack.text, n=2),
        ],
        "history": [{"author": "contact", "text": attack.text}],
        "summary": attack.text,
        "evidence": 0.9,
    }
    asked = resolving("How long can I return the lamp?", **given)
    await answer(asked, turn.runtime, models=models)  # it says nothing, but it was told everything
    heard = [str(message.text) for messages in model.asked for message in messages]
    said = [ANSWER, *attack.wants, f"The code is {SECRET}.", *heard]
    model.pieces = list(_pieces("".join(f"{text} [1]\n" for text in said), draw))
    turn.written.clear()
    written = (await answer(asked, turn.runtime, models=models))["written"]
    shown = [w["text"] for w in turn.written if "text" in w]
    assert streaming == "whole" or "".join(shown) == written["text"]
    return written["text"], [*shown, *_strings(written["citations"]), *_strings(turn.written)]


@pytest.mark.parametrize("streaming", ["tokens", "sentences", "whole"])
async def test_what_an_obedient_model_says_stays_inside(streaming: str) -> None:
    draw = random.Random(17)
    answered = 0
    for attack in attacks(40):
        text, shown = await _obeyed(attack, streaming, draw)
        answered += ANSWER in text
        for one in (text, *shown):
            assert not _OUTGOING.search(one), (attack, one)
            assert SECRET not in one and "whoever asks" not in one, (attack, one)
            assert "from nothing else" not in one, (attack, one)
    assert answered >= 25, "what the contact asked is answered all the same"


def _pieces(text: str, draw: random.Random) -> Sequence[str]:
    cuts = sorted({0, len(text), *(draw.randrange(len(text)) for _ in range(len(text) // 8))})
    return [text[a:b] for a, b in itertools.pairwise(cuts)]


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _strings(one)]

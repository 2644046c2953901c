"""Memory: is what a contact tells in the third turn used in the sixtieth?

Twenty scripted conversations of our own (`evals/data/memory.jsonl`) go through the whole machine,
turn by turn: small talk and other questions between, a pause of two days, a handoff and back, and
the messages of the third turn compacted away long since. Beside it stands the same machine without
facts, whose memory is the last lines and the running summary. Then each fact is forgotten and asked
for again.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from evals.bench import Bench
from evals.house import Home, House
from evals.report import Result
from evals.sets import Row
from evals.talking import Talk, begin
from graphs.asking.models import EXTRACTIVE, Models

SETS: tuple[str, ...] = ()
COLUMNS = ("used", "forgotten")
PLOTTED = ("used", "forgotten")
SCRIPTS = Path(__file__).resolve().parents[1] / "data" / "memory.jsonl"
TOLD_AT, LATER_AT, PAUSE_AT, PERSON_AT, ASKED_AT = 3, 20, 30, 40, 60
SHOP: list[Row] = [
    {"id": "hours", "title": "What are your opening hours?",
     "text": "We are open Monday to Friday from 9:00 to 18:00."},
    {"id": "ship", "title": "Do you ship abroad?", "text": "We ship to all of Europe in 3 to 5 days."},
    {"id": "bikes", "title": "Do you repair bikes?", "text": "Yes, our workshop repairs bikes on Tuesdays."},
    {"id": "s42", "title": "Which boots come in size 42?", "text": "The Fell boots come in size 42."},
    {"id": "s38", "title": "Which boots come in size 38?", "text": "The Moor boots come in size 38."},
    {"id": "s44", "title": "Welche Jacke gibt es in Größe 44?", "text": "Die Jacke Lorn gibt es in Größe 44."},
    {"id": "s40", "title": "Welche Jacke gibt es in Größe 40?", "text": "Die Jacke Birk gibt es in Größe 40."},
    {"id": "c400", "title": "How do I clean the Skarn 400 stove?", "text": "Clean the burner with a brass brush."},
    {"id": "c900", "title": "How do I clean the Ember 900 stove?", "text": "Wipe the plate with vinegar."},
    {"id": "k7", "title": "What is the tyre pressure of the Koru 7 bike?", "text": "Inflate its tyres to 4.5 bar."},
    {"id": "k9", "title": "What is the tyre pressure of the Tane 9 bike?", "text": "Inflate its tyres to 2.1 bar."},
    {"id": "zeiten", "title": "Wann haben Sie geöffnet?", "text": "Wir haben montags bis freitags von 9 bis 18 Uhr geöffnet."},
]  # fmt: skip
BETWEEN = {
    "en": ("Hello!", "What are your opening hours?", "Thank you!", "Do you ship abroad?", "Great"),
    "de": ("Hallo!", "Wann haben Sie geöffnet?", "Danke!", "Super"),
    "es": ("¡Hola!", "Gracias", "Perfecto"),
    "fr": ("Bonjour !", "Merci", "Parfait"),
    "it": ("Ciao!", "Grazie", "Perfetto"),
    "pt": ("Olá!", "Obrigado", "Perfeito"),
}
PERSON = {
    "en": "I want to talk to a person", "de": "Ich möchte mit einem Menschen sprechen",
    "es": "Quiero hablar con una persona", "fr": "Je veux parler à un conseiller",
    "it": "Voglio parlare con un operatore", "pt": "Quero falar com um atendente",
}  # fmt: skip


async def run(bench: Bench) -> AsyncIterator[Result]:
    """With facts, and without them; the second is the baseline."""
    scripts = [json.loads(line) for line in SCRIPTS.read_text("utf8").splitlines()]
    house = await bench.house()
    home = await house.move_in("memory", SHOP)
    models = Models(default=EXTRACTIVE)
    try:
        for name, keeps in (("scripted/facts", True), ("scripted/lines and summary", False)):
            yield await _result(bench, house, home, models, name, scripts, keeps=keeps)
    finally:
        await models.close()


async def _result(
    bench: Bench,
    house: House,
    home: Home,
    models: Models,
    name: str,
    scripts: list[Row],
    *,
    keeps: bool,
) -> Result:
    said: list[dict[str, Any]] = []
    for done, script in enumerate(scripts):
        bench.progress.show(name, done, len(scripts))
        talk = await begin(house, home, models, {"keeps_facts": keeps})
        reply = await hold(talk, script)
        await talk.forget(script["wanted"])
        again = await talk.say(script["asked"])
        used = script["wanted"] in reply
        said.append({"id": script["id"], "reply": reply, "used": used, "after": again})
    bench.progress.clear()
    recalls = [
        one for one, s in zip(said, scripts, strict=True) if s["wanted"] in s["told"] + s["later"]
    ]
    metrics: dict[str, Any] = {
        "used": sum(one["used"] for one in said) / len(said),
        "turns": ASKED_AT,
    }
    if keeps:  # what was never kept cannot be forgotten
        wanted = {s["id"]: s["wanted"] for s in scripts}
        kept_back = [wanted[one["id"]] not in one["after"] for one in recalls]
        metrics["forgotten"] = sum(kept_back) / len(kept_back)
    return Result(name, metrics, said)


async def hold(talk: Talk, script: Row) -> str:
    """The sixty turns; what is said to the last."""
    between = BETWEEN[script["language"]]
    for turn in range(1, ASKED_AT):
        if turn == TOLD_AT:
            await talk.say(script["told"])
        elif turn == LATER_AT and script["later"]:
            await talk.say(script["later"])
        elif turn == PERSON_AT:
            await talk.hand_over_and_back(PERSON[script["language"]], "Ada here. All done!")
        else:
            if turn == PAUSE_AT:
                talk.pause(days=2)
            await talk.say(between[turn % len(between)])
    return await talk.say(script["asked"])

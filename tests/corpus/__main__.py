"""Make this release's part of the corpus: `python -m tests.corpus RELEASE`, once, before it leaves.

Files of earlier releases are never made again: they hold what those releases wrote.
"""

import asyncio
import sys
from dataclasses import replace

from graphs.keeping.checkpoints import OneSaver
from graphs.keeping.seeding import seeded
from tests.corpus.stored import FOLDER, Kept, write
from tests.graphs.conversation import SHOP, Talk, machine

SWISS, HOURS, SHOES = (question for question, _ in SHOP)
VIOLIN = "Can you engrave a violin?"
# name → (settings, what was said so far, what is said next, words of the answer to that)
SCRIPTS: dict[str, tuple[dict[str, object], list[tuple[str, ...]], str, str]] = {
    "answered": ({}, [(SWISS,)], "and how long does it take?", "3 to 5 days"),
    "burst": ({}, [(SWISS, HOURS)], SHOES, "30 days"),
    "many_turns": ({}, [(SWISS,), (HOURS,), (SHOES,), ("Thanks!",)] * 3, HOURS, "Monday"),
    "offered": ({"handoff": {"offer_first": True}}, [(VIOLIN,)], "Yes, please", ""),
    "waiting": ({}, [(VIOLIN,)], "", ""),
    "waiting_partly_answered": ({}, [(f"{SWISS} {VIOLIN}",)], "", ""),
    "waiting_for_a_person": ({}, [(HOURS,), ("I want to talk to a human",)], "", ""),
    "german": ({"locale": "de"}, [("Hallo!",)], SWISS, "9.90 EUR"),
}


async def make(release: str) -> None:
    """Talk by the scripts and keep how each conversation stands afterwards."""
    for name, (settings, said, then, answer) in SCRIPTS.items():
        saver = await seeded(None, thread_id="")
        talk = Talk(machine(savers=OneSaver(saver)))
        talk.context = replace(talk.context, **settings)  # pyright: ignore[reportArgumentType]  # names of its fields
        for texts in said:
            await talk.say(*texts)
        stored = await saver.aget_tuple(
            {"configurable": {"thread_id": talk.context.conversation_id}}
        )
        assert stored is not None
        write(Kept(release, name, talk.context, stored, then, answer))


if __name__ == "__main__":
    if len(sys.argv) != 2 or (FOLDER / sys.argv[1]).exists():
        sys.exit("usage: python -m tests.corpus RELEASE (one that is not there yet)")
    asyncio.run(make(sys.argv[1]))

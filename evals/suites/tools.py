"""Tools: does what is asked for happen at the shop, and nothing else?

Tasks of our own over the demo shop (`evals/data/tools.jsonl`): look-ups, effects, several steps,
refusals, approvals, policy traps, follow-ups ("cancel it"). Each has a service process with fresh books. It passes where the
books say exactly what the task expects; for look-ups the words must hold what was looked up, too. Run
twice: with `extractive`, and with a scripted model that calls the tools it is told to, also where it
must not.
"""

import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from evals.acting import Counter, day_after, open_service
from evals.bench import Bench
from evals.calling_model import CallingModel
from evals.house import Home, House
from evals.report import Result
from evals.sets import Row
from graphs.asking.models import EXTRACTIVE, Models

SETS: tuple[str, ...] = ()
KINDS = ("lookup", "effect", "steps", "approval", "refusal", "trap", "followup")
COLUMNS = ("passed", *KINDS, "wrong_effects")
PLOTTED = ("passed", *KINDS)
TASKS = Path(__file__).resolve().parents[1] / "data" / "tools.jsonl"
SHOP: list[Row] = [
    {"id": "cancel", "title": "How do I cancel an order?",
     "text": "Write to us before the order is shipped; afterwards it can be returned within 30 days."},
    {"id": "refund", "title": "How long does a refund take?",
     "text": "A refund is paid within 5 working days after the return has arrived."},
    {"id": "appointment", "title": "What does it cost to cancel an appointment?",
     "text": "Cancelling an appointment is free up to 24 hours before it."},
    {"id": "helmet", "title": "What does the Kelp urban helmet cost?",
     "text": "The Kelp urban helmet costs 69 euros."},
    {"id": "hours", "title": "What are your opening hours?",
     "text": "The workshop is open Monday to Friday from 9:00 to 18:00."},
]  # fmt: skip
_DAY = re.compile(r"\{day(\d+)\}")


async def run(bench: Bench) -> AsyncIterator[Result]:
    """With a scripted model, and with none; the second is the baseline beside it."""
    tasks = [json.loads(line) for line in TASKS.read_text("utf8").splitlines()]
    house = await bench.house()
    home = await house.move_in("tools", SHOP)
    scripted = CallingModel()
    plain = Models(default=EXTRACTIVE)
    calling = Models(default="scripted:m", factories={"scripted:m": lambda: scripted})
    try:
        yield await _result(bench, house, home, "shop/scripted model", tasks, calling, scripted)
        yield await _result(bench, house, home, "shop/extractive", tasks, plain, None)
    finally:
        await plain.close()
        await calling.close()


async def _result(
    bench: Bench,
    house: House,
    home: Home,
    name: str,
    tasks: list[Row],
    models: Models,
    scripted: CallingModel | None,
) -> Result:
    done: list[dict[str, Any]] = []
    for number, task in enumerate(tasks):
        bench.progress.show(name, number, len(tasks))
        done.append(await _play(house, home, task, models, scripted))
    bench.progress.clear()
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for one, task in zip(done, tasks, strict=True):
        by_kind[task["kind"]].append(one["passed"])
    metrics: dict[str, Any] = {
        "passed": sum(one["passed"] for one in done) / len(done),
        "wrong_effects": sum(one["wrong"] for one in done) / len(done),
        "tasks": len(done),
    }
    metrics |= {kind: sum(found) / len(found) for kind, found in by_kind.items()}
    return Result(name, metrics, done)


async def _play(
    house: House, home: Home, task: Row, models: Models, scripted: CallingModel | None
) -> dict[str, Any]:
    replies: list[str] = []
    async with open_service() as service:
        counter = await Counter.open(
            house, home, service, models, customer=task["contact"], rules=task.get("rules") or {}
        )
        for text, calls in zip(task["say"], task["calls"], strict=True):
            said = _DAY.sub(lambda m: day_after(int(m[1])), text)
            if scripted is not None:
                scripted.calls, scripted.said = list(calls), said
            replies.append(await counter.say(said))
            await counter.carry_out(task.get("decide"))
        found = [_kept(one) for one in await service.effects()]
    wanted = [tuple(one) for one in task["effects"]]
    told = all(part.lower() in replies[-1].lower() for part in task.get("told") or [])
    return {
        "id": task["id"],
        "passed": sorted(map(str, found)) == sorted(map(str, wanted)) and told,
        "wrong": any(one not in wanted for one in found),
        "effects": [list(one) for one in found],
        "replies": replies,
    }


def _kept(effect: dict[str, Any]) -> tuple[Any, ...]:
    """An effect as the tasks name it: what, for whom, about what, and how much."""
    named = (effect["kind"], effect["customer"], effect["thing"])
    amount = json.loads(effect["answer"]).get("amount")
    return named if amount is None else (*named, amount)

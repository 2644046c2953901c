"""Needless tools: how often is a tool chosen for a question that none of them answers?

Every question of the public sets is answered by a text of its corpus, and by no system of a shop. An
assistant with all the built-in tools and a verified contact is asked each, without a model, and as if its
knowledge held no question alike (the worst case: what the knowledge knows better is left to it). Counted
are looks, proposed effects, and what would be looked up before a model writes.
"""

import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from evals.bench import Bench
from evals.report import Result
from evals.sets import SEED, QuestionSet
from graphs.acting.recalling import recalls
from graphs.acting.tool_calls import Question
from graphs.acting.tool_port import HouseTools
from graphs.context import TurnContext
from tenants.finding.languages import detect
from tenants.ids import new_id
from tools.catalog import TOOLS
from tools.connecting import Connected
from tools.ports import NoShop

SETS = ("dstc-faq", "dstc11-reviews", "dstc9-grounding", "mtrag", "xquad")
COLUMNS = ("reads", "effects", "recalled")
PLOTTED = ("reads", "effects", "recalled")
MOST_QUESTIONS = 1_000  # of a set, drawn
PARTS = frozenset({"orders", "invoices", "stock", "appointments", "profiles", "tickets"})


class _AllConnected:
    """`tools.connecting.TenantTools` of somebody who has connected everything."""

    async def of(self, tenant_id: UUID) -> Connected:
        return Connected(NoShop(), PARTS)


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a gold file."""
    tools = HouseTools(_AllConnected(), bench.vectors())
    for questions in bench.questions():
        if questions.name.split("/")[0] in SETS and questions.gold and not questions.is_catalogue:
            yield await _result(bench, tools, questions)


async def _result(bench: Bench, tools: HouseTools, questions: QuestionSet) -> Result:
    rows = list(questions.gold)
    random.Random(SEED).shuffle(rows)
    rows = rows[:MOST_QUESTIONS]
    effects = {tool.name for tool in TOOLS if tool.has_effect}
    made: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        bench.progress.show(questions.name, number, len(rows))
        text = str(row["query"])
        context = _context(text)
        question = Question(text, context.locale, 0, 0.0, text)
        chosen = [call["name"] for call in await tools.choose(context, question)]
        offered = await tools.offered(context)
        looked = [call["name"] for call in recalls(offered, context, text, text, (), 0)]
        made.append({"id": row["id"], "chosen": chosen, "recalled": looked})
    bench.progress.clear()
    metrics: dict[str, Any] = {
        "reads": _share(made, lambda one: any(name not in effects for name in one["chosen"])),
        "effects": _share(made, lambda one: any(name in effects for name in one["chosen"])),
        "recalled": _share(made, lambda one: bool(one["recalled"])),
        "questions": len(made),
    }
    return Result(questions.name, metrics, made)


def _context(text: str) -> TurnContext:
    return TurnContext(
        tenant_id=str(new_id()),
        locale=detect(text),
        tools=tuple({"name": tool.name} for tool in TOOLS),
        caller={"identity": "verified", "external_id": "c-1", "contact_id": str(new_id())},
        acts=True,
    )


def _share(made: list[dict[str, Any]], holds: Any) -> float:
    return sum(bool(holds(one)) for one in made) / len(made) if made else 0.0

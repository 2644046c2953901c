"""`frontdesk calibrate`: learn from outcomes now, optionally from a file of labelled questions."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graphs.knowing.impact import Question, look_up
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.ports import Knowledge
from server.commands.work import opened
from server.learning.calibrating import Calibrated, Wish, calibrate
from server.learning.learning_contexts import contexts_of
from server.start import Prepared
from settings import Settings
from tenants import tenants
from tenants.actors import Actor
from tenants.database.connection import Pool, router_transaction, tenant_transaction
from tenants.errors import Invalid, NotFound
from tenants.finding.languages import detect
from tenants.lessons import verdicts
from tenants.lessons.verdicts import Labelled

OPERATING = Actor("platform", "calibrate")
MAX_LABELS = 5_000
MAX_LINE_CHARS = 20_000
MAX_TENANTS = 100_000


class Label(BaseModel):
    """One line of a file of labels: a question, and whether the knowledge answers it."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=2_000)
    answerable: bool


def read_labels(path: Path) -> list[Label]:
    """Every line of a JSONL file. Raises: Invalid, naming the line."""
    found: list[Label] = []
    with path.open(encoding="utf8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            if len(found) == MAX_LABELS or len(line) > MAX_LINE_CHARS:
                raise Invalid(
                    f"line {number}: at most {MAX_LABELS} lines of {MAX_LINE_CHARS} characters"
                )
            try:
                found.append(Label.model_validate(json.loads(line)))
            except (ValueError, ValidationError):
                raise Invalid(
                    f'line {number}: each line is {{"text": "…", "answerable": true}}'
                ) from None
    return found


async def run(
    settings: Settings, prepared: Prepared, *, tenant: str, labels: Sequence[Label], wish: Wish
) -> list[str]:
    """The report's lines; `tenant` is an id or a slug, "" is every tenant. Raises: NotFound."""
    said: list[str] = []
    async with opened(settings, prepared) as (pool, embedders):
        knowledge = PostgresKnowledge(pool, embedders)
        for tenant_id in await _tenants(pool, tenant):
            said += await _tenant(pool, tenant_id, knowledge, labels, wish)
    return said


async def _tenants(pool: Pool, wanted: str) -> list[UUID]:
    async with router_transaction(pool) as router:
        found = await tenants.routes(router, limit=MAX_TENANTS)
    kept = [t.tenant_id for t in found if not wanted or wanted in (str(t.tenant_id), t.slug)]
    if not kept:
        raise NotFound(f"no tenant {wanted!r}")
    return kept


async def _tenant(
    pool: Pool, tenant_id: UUID, knowledge: Knowledge, labels: Sequence[Label], wish: Wish
) -> list[str]:
    async with tenant_transaction(pool, tenant_id) as conn:
        contexts = await contexts_of(conn)
    said: list[str] = []
    for assistant_id, context in contexts.items():
        stated: list[Labelled] = []
        for label in labels:
            asked = Question(label.text, label.text, detect(label.text))
            found = await look_up(asked, context, knowledge=knowledge)
            stated.append(Labelled(_label_id(label.text), label.answerable, found["features"]))
        if stated and not wish.dry_run:
            async with tenant_transaction(pool, tenant_id) as conn:
                await verdicts.add_labels(conn, assistant_id, stated)
        done = await calibrate(
            pool, tenant_id, assistant_id, cause="command", actor=OPERATING, wish=wish,
            tried=stated if wish.dry_run else (),
        )  # fmt: skip
        said += [f"{context.brand}, assistant {assistant_id}", *_lines(done)]
    return said


def _lines(done: Calibrated) -> Iterator[str]:
    learnt = done.learnt
    sources = ", ".join(f"{n} {source}" for source, n in done.sources.items())
    yield f"  {learnt.outcomes} outcomes, {learnt.right} right" + (
        f" ({sources})" if sources else ""
    )
    if learnt.too_few:
        yield f"  nothing changed: {learnt.why}"
        return
    yield f"  {'':12}{'ECE':>8}{'Brier':>8}{'AUROC':>8}"
    for name, found in (("before", learnt.before), ("after", learnt.after)):
        figures = "".join(f"{found[key]:8.3f}" for key in ("ece", "brier", "auroc"))
        yield f"  {name:<12}{figures}"
    line = learnt.correction
    yield f"  slope {line.slope:.2f}, shift {line.shift:+.2f}" + (
        f", answered from {line.answer:.2f} on" if line.answer is not None else ""
    )
    if learnt.why:
        yield f"  {learnt.why}"
    yield f"  {'revision' if done.changed else 'unchanged: revision'} {done.revision} is in force"


def _label_id(text: str) -> UUID:
    """The same for the same question, so that a repeat replaces it."""
    return UUID(bytes=hashlib.sha256(text.strip().casefold().encode()).digest()[:16])

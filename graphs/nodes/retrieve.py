"""Find the passages that may answer one intent."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast
from uuid import UUID

from langgraph.runtime import Runtime

from graphs.calibration import Correction, corrected
from graphs.context import TurnContext
from graphs.deciding.confidence import ANSWER, Features, confidence
from graphs.deciding.other_things import weighed_features
from graphs.labelling.labels import trust
from graphs.ports import Knowledge, KnowledgeVersion, Labels, NoLabels, Passage
from graphs.state import ResolveState, StateUpdate
from graphs.understanding.following import may_stand_alone, question_before
from graphs.understanding.subjects import (
    SPOKEN_OF,
    behind,
    fields_of,
    speaks,
    subject_of,
)
from graphs.writing import conditions
from graphs.writing.curated import curated_answer
from graphs.writing.operator_said import before_knowledge, texts_of
from tenants.finding.asking import MAX_CONTEXT_CHARS
from tenants.finding.languages import detect

MAX_PASSAGES = 8
SAYS_ALL = 0.99  # of a question's words: it needs no question before it
NO_LABELS = NoLabels()


async def retrieve(
    state: ResolveState,
    runtime: Runtime[TurnContext],
    *,
    knowledge: Knowledge,
    labels: Labels = NO_LABELS,
) -> StateUpdate:
    """Put the best 8 passages in the state, what they are worth as evidence, whether a published pair
    asks just this, the request's label where the tenant has labels, and what else of its settings
    holds.
    """
    context = runtime.context
    found = await _found(state, context, knowledge)
    if context.closed:
        found |= await _behind_closed_doors(state, context, knowledge, found["evidence"])
    if context.labels_revision:
        label = await labels.label(
            UUID(context.tenant_id),
            UUID(context.assistant_id),
            context.labels_revision,
            state["intent"]["query"],
        )
        found["label"] = label
        found["evidence"] *= trust(label, context)
    bound = found["bound"] = await conditions.bound(state, context, knowledge)
    if bound is not None and bound["forbidden"]:
        found["label"] = conditions.overruled(found.get("label"), bound["forbidden"])
    return found


async def _behind_closed_doors(
    state: ResolveState, context: TurnContext, knowledge: Knowledge, evidence: float
) -> StateUpdate:
    """Whether knowledge for verified contacts alone would answer what the rest does not; nothing of
    what was found there leaves this function.
    """
    enough = context.threshold("answer", ANSWER)
    if evidence >= enough:
        return {"is_closed": False}
    query = state["intent"]["query"]
    closed = [KnowledgeVersion(UUID(base), version) for base, version in context.closed]
    tenant_id = UUID(context.tenant_id)
    found = await knowledge.search(tenant_id, closed, query, limit=MAX_PASSAGES)
    features = await weighed_features(knowledge, tenant_id, closed, query, found)
    sureness = corrected(confidence(features), Correction.of(context.calibration))
    if sureness < enough:
        return {"is_closed": False}
    return {"is_closed": True, "evidence": 0.0}


async def _found(state: ResolveState, context: TurnContext, knowledge: Knowledge) -> StateUpdate:
    versions = _versions(context)
    said = state.get("operator_said") or []
    if not versions and not said:
        return {"passages": [], "features": asdict(Features(doubt=1.0)), "evidence": 0.0}
    query = state["intent"]["query"]
    tenant_id = UUID(context.tenant_id)
    passages = await knowledge.search(
        tenant_id,
        versions,
        query,
        limit=MAX_PASSAGES,
        before=line_before(state.get("history") or []),
    )
    if said:
        near = await knowledge.nearness(tenant_id, versions, query, texts_of(said))
        enough, language = context.threshold("answer", ANSWER), state["language"]
        passages = before_knowledge(query, said, near, passages, language=language, enough=enough)
        passages = passages[:MAX_PASSAGES]
    sought = await _of_its_subject(query, passages, state, context, knowledge)
    own = state["intent"].get("read", state["intent"]["text"])
    features = await weighed_features(
        knowledge, tenant_id, versions, sought.query, sought.passages, said=own
    )
    is_first = state["intent"]["index"] == 0  # what follows leans on the same message
    if is_first and may_stand_alone(own, query, state["language"]):
        alone = await _alone(own, sought, features, (knowledge, tenant_id, versions))
        if alone is not None:
            query, sought = own, alone
            features = await weighed_features(knowledge, tenant_id, versions, own, alone.passages)
    curated, passages = await curated_answer(
        knowledge,
        tenant_id,
        versions,
        query,
        sought.passages,
        language=detect(query),
        settings=context.curated,
    )
    return {
        "passages": passages,
        "curated": curated,
        "asked_of": {"words": sought.words, "field": sought.field},
        "features": asdict(features),
        "evidence": corrected(confidence(features), Correction.of(context.calibration)),
    }


@dataclass(frozen=True, slots=True)
class _Sought:
    """What was found in the end, and by which question."""

    query: str
    passages: list[Passage]
    words: str = ""  # what is asked of the thing that the question names
    field: str = ""  # the line of its record that says so by other words


async def _alone(
    own: str,
    sought: _Sought,
    features: Features,
    where: tuple[Knowledge, UUID, Sequence[KnowledgeVersion]],
) -> _Sought | None:
    """What a follow-up finds by itself, where it has left the matter of the question before; None
    where what was found in its light is told by the same document.
    """
    knowledge, tenant_id, versions = where
    earlier = question_before(own, sought.query)
    before = await knowledge.search(tenant_id, versions, earlier, limit=1)
    first = [p["document_id"] for p in sought.passages[:1]]
    stays = bool(before) and first == [before[0]["document_id"]]
    if stays and confidence(features) >= ANSWER:
        return None
    found = await knowledge.search(tenant_id, versions, own, limit=MAX_PASSAGES)
    says_all = bool(found) and found[0]["lexical"] >= SAYS_ALL
    return _Sought(own, found) if says_all or not stays else None


async def _of_its_subject(
    query: str,
    passages: list[Passage],
    state: ResolveState,
    context: TurnContext,
    knowledge: Knowledge,
) -> _Sought:
    """What is found where a question names a thing: its record, if that speaks of what is asked."""
    language = state["language"]
    is_on = context.is_on("named_things")
    subject = subject_of(query, passages, language) if is_on else None
    if subject is None:
        return _Sought(query, passages)
    words = " ".join(sorted(subject.asked))
    records = [p for p in passages if subject.is_of(p)]
    shares = [subject.share(p) for p in records]
    best = max(shares)
    if best >= SPOKEN_OF:
        return _Sought(query, _first(records[shares.index(best)], passages), words)
    versions = _versions(context)
    fields = fields_of(records)
    tenant_id = UUID(context.tenant_id)
    near = await knowledge.nearness(tenant_id, versions, subject.reduced, fields)
    nearest = max(near, default=0.0)
    if speaks(best, nearest):
        field = fields[near.index(nearest)]
        holds = next(p for p in records if field in fields_of([p]))
        return _Sought(query, _first(holds, passages), words, "" if best else field)
    general = subject.general
    other = await knowledge.search(tenant_id, versions, general, limit=MAX_PASSAGES)
    return _Sought(general, behind(subject, records, other)[:MAX_PASSAGES], words)


def _first(passage: Passage, passages: Sequence[Passage]) -> list[Passage]:
    rest = [p for p in passages if p["passage_id"] != passage["passage_id"]]
    top = max(p["score"] for p in passages)
    return [cast(Passage, passage | {"score": top}), *rest]


def _versions(context: TurnContext) -> list[KnowledgeVersion]:
    return [
        KnowledgeVersion(UUID(knowledge_base_id), None if version < 0 else version)
        for knowledge_base_id, version in context.knowledge
    ]


def line_before(history: Sequence[dict[str, str]]) -> str:
    """What was said to the contact last, shortened; empty where the conversation begins."""
    said = next((line["text"] for line in reversed(history) if line["author"] != "contact"), "")
    return said[:MAX_CONTEXT_CHARS]

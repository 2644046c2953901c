"""Find the passages that may answer one intent."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from langgraph.runtime import Runtime

from graphs import conditions
from graphs.calibration import Correction, corrected
from graphs.confidence import ANSWER, Features, confidence, evidence_features
from graphs.context import TurnContext
from graphs.curated import curated_answer
from graphs.labels import trust
from graphs.operator_said import before_knowledge, texts_of
from graphs.ports import Knowledge, KnowledgeVersion, Labels, NoLabels
from graphs.state import ResolveState, StateUpdate
from tenants.asking import MAX_CONTEXT_CHARS
from tenants.languages import detect

MAX_PASSAGES = 8
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


async def _found(state: ResolveState, context: TurnContext, knowledge: Knowledge) -> StateUpdate:
    versions = [
        KnowledgeVersion(UUID(knowledge_base_id), None if version < 0 else version)
        for knowledge_base_id, version in context.knowledge
    ]
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
    features = evidence_features(query, passages)
    curated, passages = await curated_answer(
        knowledge,
        tenant_id,
        versions,
        query,
        passages,
        language=detect(query),
        settings=context.curated,
    )
    return {
        "passages": passages,
        "curated": curated,
        "features": asdict(features),
        "evidence": corrected(confidence(features), Correction.of(context.calibration)),
    }


def line_before(history: Sequence[dict[str, str]]) -> str:
    """What was said to the contact last, shortened; empty where the conversation begins."""
    said = next((line["text"] for line in reversed(history) if line["author"] != "contact"), "")
    return said[:MAX_CONTEXT_CHARS]

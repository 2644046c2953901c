"""A turn's row: versions and figures, no text but the coded result."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import TenantConnection
from tenants.database.statements import Statement
from tenants.keys import codec
from tenants.running import turn_recordings
from tenants.running.leases import Lease
from tenants.running.turn_results import TurnEnd
from tenants.running.turn_steps import columns
from tenants.running.turns import RESULT
from tenants.running.usage import record

_WRITE = Statement.of(
    """
    with stepped as (
        insert into turn_steps (tenant_id, turn_id, step, node, content, duration_ms,
                                input_tokens, output_tokens, cost_usd)
        select %(tenant_id)s::uuid, %(turn_id)s::uuid, s.step, s.node, s.content, s.duration_ms,
               s.input_tokens, s.output_tokens, s.cost_usd
          from unnest(%(steps)s::int[], %(nodes)s::text[], %(contents)s::bytea[],
                      %(durations)s::real[], %(inputs)s::int[], %(outputs)s::int[],
                      %(costs)s::numeric[])
                   as s (step, node, content, duration_ms, input_tokens, output_tokens, cost_usd)),
    recorded as (
        insert into turn_recordings (tenant_id, turn_id, content, document_ids)
        select %(tenant_id)s::uuid, %(turn_id)s::uuid, %(recording)s::bytea,
               %(document_ids)s::uuid[]
         where %(recording)s::bytea is not null)
    update turns
       set status = %(status)s::text,
           assistant_revision = %(assistant_revision)s::int,
           calibration_revision = %(calibration_revision)s::int,
           labels_revision = %(labels_revision)s::int,
           request_labels = %(request_labels)s::text[],
           knowledge_versions = %(knowledge_versions)s::jsonb,
           graph_version = %(graph_version)s::text,
           prompt_version = %(prompt_version)s::text,
           intent_labels = %(intent_labels)s::text[],
           language = %(language)s::text,
           sentiment = %(sentiment)s::text,
           decision = %(decision)s::text,
           reason = %(reason)s::text,
           rule = %(rule)s::text,
           recoveries = %(recoveries)s::text[],
           confidence = %(confidence)s::real,
           models = %(models)s::text[],
           input_tokens = %(input_tokens)s::int,
           output_tokens = %(output_tokens)s::int,
           cost_usd = %(cost_usd)s::numeric,
           first_token_ms = %(first_token_ms)s::int,
           total_ms = %(total_ms)s::int,
           knowledge_hit = %(knowledge_hit)s::bool,
           withheld_sentences = %(withheld_sentences)s::int,
           feature_variants = %(feature_variants)s::jsonb,
           trace_run_id = %(trace_run_id)s::uuid,
           result = %(result)s::bytea,
           ended_at = %(ended_at)s::timestamptz
     where tenant_id = %(tenant_id)s::uuid
       and turn_id = %(turn_id)s::uuid
    """
)


async def write(conn: TenantConnection, lease: Lease, end: TurnEnd, answer: dict[str, Any]) -> None:
    """Put figures, steps and usage into their rows; `answer` is the turn as its client sees it."""
    named = _figures(lease.turn_id, end, answer) | columns(lease.turn_id, end.steps)
    named |= turn_recordings.columns(lease.turn_id, end.recording)
    await conn.run(_WRITE, named | {"turn_id": lease.turn_id})
    if end.clarification_helped is not None:
        await _judge_clarification(conn, lease, helped=end.clarification_helped)
    if end.usage:
        await record(conn, lease.turn_id, end.usage)


def _figures(turn_id: UUID, end: TurnEnd, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": end.status,
        "assistant_revision": end.assistant_revision,
        "calibration_revision": end.calibration_revision,
        "labels_revision": end.labels_revision,
        "request_labels": [str(intent.get("label") or "") for intent in end.intents],
        "knowledge_versions": Jsonb(end.knowledge_versions),
        "graph_version": end.graph_version,
        "prompt_version": end.prompt_version,
        "intent_labels": [str(intent.get("status", "")) for intent in end.intents],
        "language": end.language,
        "sentiment": end.sentiment,
        "decision": end.decision,
        "reason": end.reason,
        "rule": end.rule,
        "recoveries": list(end.recoveries),
        "confidence": end.confidence,
        "models": list(end.models),
        "input_tokens": answer["usage"]["input_tokens"],
        "output_tokens": answer["usage"]["output_tokens"],
        "cost_usd": Decimal(answer["usage"]["cost_usd"]),
        "first_token_ms": end.first_token_ms,
        "total_ms": end.total_ms,
        "knowledge_hit": end.knowledge_hit,
        "withheld_sentences": end.withheld_sentences,
        "feature_variants": Jsonb(end.feature_variants),
        "trace_run_id": end.trace_run_id,
        "result": codec.personal(answer, RESULT, turn_id),
        "ended_at": datetime.now(UTC),
    }


async def _judge_clarification(conn: TenantConnection, lease: Lease, *, helped: bool) -> None:
    """Note at the turn that asked back whether the contact's reply could then be answered."""
    await conn.execute(
        """
        update turns
           set clarification_helped = %(helped)s
         where tenant_id = %(tenant_id)s
           and turn_id = (select before.turn_id
                            from turns before
                            join turns own
                              on own.tenant_id = %(tenant_id)s
                             and own.turn_id = %(turn_id)s
                           where before.tenant_id = %(tenant_id)s
                             and before.conversation_id = %(conversation_id)s
                             and before.seq < own.seq
                             and before.decision = 'clarify'
                           order by before.seq desc
                           limit 1)
           and clarification_helped is null
        """,
        {
            "turn_id": lease.turn_id,
            "conversation_id": lease.conversation_id,
            "helped": helped,
        },
    )

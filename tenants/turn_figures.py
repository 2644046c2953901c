"""A turn's row: versions and figures, no text but the coded result."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from tenants import codec, turn_recordings
from tenants.connection import TenantConnection
from tenants.leases import Lease
from tenants.turn_results import TurnEnd
from tenants.turn_steps import write_steps
from tenants.usage import record


async def write(conn: TenantConnection, lease: Lease, end: TurnEnd, answer: dict[str, Any]) -> None:
    """Put figures, steps and usage into their rows; `answer` is the turn as its client sees it."""
    await conn.execute(
        """
        update turns
           set status = %(status)s,
               assistant_revision = %(assistant_revision)s,
               calibration_revision = %(calibration_revision)s,
               labels_revision = %(labels_revision)s,
               request_labels = %(request_labels)s,
               knowledge_versions = %(knowledge_versions)s,
               graph_version = %(graph_version)s,
               prompt_version = %(prompt_version)s,
               intent_labels = %(intent_labels)s,
               language = %(language)s,
               sentiment = %(sentiment)s,
               decision = %(decision)s,
               reason = %(reason)s,
               rule = %(rule)s,
               recoveries = %(recoveries)s,
               confidence = %(confidence)s,
               models = %(models)s,
               input_tokens = %(input_tokens)s,
               output_tokens = %(output_tokens)s,
               cost_usd = %(cost_usd)s,
               first_token_ms = %(first_token_ms)s,
               total_ms = %(total_ms)s,
               knowledge_hit = %(knowledge_hit)s,
               withheld_sentences = %(withheld_sentences)s,
               feature_variants = %(feature_variants)s,
               trace_run_id = %(trace_run_id)s,
               result = %(result)s,
               ended_at = %(ended_at)s
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
        """,
        {
            "turn_id": lease.turn_id,
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
            "result": codec.encode(answer),
            "ended_at": datetime.now(UTC),
        },
    )
    if end.clarification_helped is not None:
        await _judge_clarification(conn, lease, helped=end.clarification_helped)
    if end.steps:
        await write_steps(conn, lease.turn_id, end.steps)
    if end.recording is not None:
        await turn_recordings.write(conn, lease.turn_id, end.recording)
    if end.usage:
        await record(conn, lease.turn_id, end.usage)


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

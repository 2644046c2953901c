"""The steps of a turn: one row a node, with what went in and came out, to be stepped through."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.keys import codec

_CONTENT = "turn_steps.content"


@dataclass(frozen=True, slots=True)
class Step:
    """One node's work as the console steps through it."""

    step: int
    node: str
    input: dict[str, Any]
    output: dict[str, Any]
    duration_ms: float
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    started_ms: float = 0  # since the run began
    model_calls: Sequence[dict[str, Any]] = ()


def columns(turn_id: UUID, steps: Sequence[Step]) -> dict[str, Any]:
    """A turn's steps, column by column, as its end writes them."""
    return {
        "steps": [step.step for step in steps],
        "nodes": [step.node for step in steps],
        "contents": [
            codec.personal(_content(step), _CONTENT, turn_id, step.step) for step in steps
        ],
        "durations": [step.duration_ms for step in steps],
        "inputs": [step.input_tokens for step in steps],
        "outputs": [step.output_tokens for step in steps],
        "costs": [step.cost_usd for step in steps],
    }


def _content(step: Step) -> dict[str, Any]:
    return {
        "input": step.input,
        "output": step.output,
        "started_ms": step.started_ms,
        "model_calls": list(step.model_calls),
    }


@dataclass(frozen=True, slots=True)
class _StoredStep:
    step: int
    node: str
    content: bytes
    duration_ms: float
    input_tokens: int
    output_tokens: int
    cost_usd: Decimal


async def steps_of(conn: TenantConnection, turn_id: UUID) -> list[dict[str, Any]]:
    """A turn's steps as the console shows them, in order."""
    stored = await conn.rows(
        _StoredStep,
        """
        select step, node, content, duration_ms, input_tokens, output_tokens, cost_usd
          from turn_steps
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
         order by step
        """,
        {"turn_id": turn_id},
    )
    return [
        {
            "step": s.step,
            "node": s.node,
            "started_ms": None,  # of steps from before it was kept
            "duration_ms": round(s.duration_ms, 2),
            "input_tokens": s.input_tokens,
            "output_tokens": s.output_tokens,
            "cost_usd": f"{s.cost_usd:.6f}",
            "model_calls": [],
        }
        | codec.decode(s.content, _CONTENT, turn_id, s.step)
        for s in stored
    ]

"""Turns run again from their recordings: read what is kept, run it apart, say what differed."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from langchain_core.runnables import RunnableConfig

from graphs.keeping.taped_passages import passage_ids
from graphs.replay import Replayed, replay
from graphs.support import Machine
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import NotFound, TurnNotRecorded
from tenants.knowledge.passages import read_passages
from tenants.running import turn_recordings, turn_steps, turns
from tenants.transcripts import forks


async def replay_turn(
    pool: Pool, machine: Machine, tenant_id: UUID, conversation_id: UUID, turn_id: UUID
) -> Replayed:
    """What a turn comes to when it is run again; nothing is written and nobody is asked.

    Raises: NotFound, TurnNotRecorded, CheckpointPruned.
    """
    async with tenant_transaction(pool, tenant_id, snapshot=True) as conn:
        turn = await turns.get(conn, turn_id)
        if turn.conversation_id != conversation_id:
            raise NotFound("no such turn")
        recorded = await turn_recordings.find(conn, turn_id)
        if recorded is None:
            await forks.check_not_pruned(conn, conversation_id, turn)
            raise TurnNotRecorded("what this turn was given is not kept")
        passages = await read_passages(conn, passage_ids(recorded["calls"]))
        steps = await turn_steps.steps_of(conn, turn_id)
    stored = None
    if (started_from := recorded["started_from"]) is not None:
        saver = machine.savers.saver(tenant_id, None)
        stored = await saver.aget_tuple(_at(conversation_id, started_from))
        if stored is None:
            raise TurnNotRecorded("the state that this turn started from is not kept")
    outputs = {_place(step): step["output"] for step in steps}
    return await replay(machine, recorded, stored, passages, outputs)


def shown(conversation_id: UUID, turn_id: UUID, replayed: Replayed) -> dict[str, Any]:
    """The report of a replay."""
    return {
        "turn_id": str(turn_id),
        "conversation_id": str(conversation_id),
        "same": replayed.is_same,
        "nodes": replayed.nodes,
        "text": replayed.text,
        "differences": [asdict(one) for one in replayed.differences],
    }


def _at(conversation_id: UUID, checkpoint_id: str) -> RunnableConfig:
    place = {"checkpoint_ns": "", "checkpoint_id": checkpoint_id}
    return RunnableConfig(configurable={"thread_id": str(conversation_id)} | place)


def _place(step: dict[str, Any]) -> str:
    intent = step["input"].get("intent")
    return f"{step['node']}:{intent['index']}" if isinstance(intent, dict) else step["node"]

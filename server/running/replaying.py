"""Turns run again from their recordings: read what is kept, run it apart, say what differed."""

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from langchain_core.runnables import RunnableConfig

from graphs.keeping.tape import Continued, tape
from graphs.keeping.taped_passages import passage_ids, texts_of
from graphs.ports import Passage
from graphs.replay import Replayed, replay
from graphs.support import Machine
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import Conflict, Invalid, NotFound, TurnNotRecorded
from tenants.knowledge.passages import read_passages
from tenants.running import turn_recordings, turn_steps, turns
from tenants.running.turns import Turn
from tenants.transcripts import fork_origins, forks


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


@dataclass(frozen=True, slots=True)
class Again:
    """What a fork's first turn is given again: the calls of the turn's nodes up to a step."""

    calls: Sequence[dict[str, Any]]
    places: frozenset[str]
    passages: Sequence[Passage]

    @contextmanager
    def given(self) -> Generator[None]:
        """What runs inside is given it."""
        with tape(Continued(self.calls, self.places)), texts_of(self.passages):
            yield


async def check_step(conn: TenantConnection, turn: Turn, step: int) -> dict[str, Any]:
    """The recording of a contact's turn that has this step. Raises: Conflict, Invalid,
    TurnNotRecorded, CheckpointPruned.
    """
    if turn.ended_at is None or turn.kind != "message":
        raise Conflict("a fork within a turn needs a contact's turn that has ended")
    recorded = await turn_recordings.find(conn, turn.turn_id)
    if recorded is None:
        await forks.check_not_pruned(conn, turn.conversation_id, turn)
        raise TurnNotRecorded("what this turn was given is not kept")
    known = await turn_steps.steps_of(conn, turn.turn_id)
    if step not in {one["step"] for one in known}:
        raise Invalid(f"step: the turn has none of this number; its last one is {len(known) - 1}")
    return recorded


async def given_again(conn: TenantConnection, conversation_id: UUID, turn: Turn) -> Again | None:
    """What the first turn of a fork within a turn is given; None for every other turn.

    Nothing either where the recording is gone meanwhile: the turn is run as it is today.
    """
    origin = await fork_origins.within(conn, conversation_id)
    if origin is None or turn.seq != 1:
        return None
    recorded = await turn_recordings.find(conn, origin.turn_id)
    if recorded is None:
        return None
    steps = await turn_steps.steps_of(conn, origin.turn_id)
    places = _places(recorded["steps"], steps, origin.step)
    passages = await read_passages(conn, passage_ids(recorded["calls"]))
    return Again(recorded["calls"], places, passages)


def _places(taped: Iterable[str], steps: Sequence[dict[str, Any]], last: int) -> frozenset[str]:
    """The places on the tape of a turn's steps up to the last; a node that ran again has several."""
    left: dict[str, deque[str]] = {}
    for place in taped:
        left.setdefault(place.partition(".")[0], deque()).append(place)
    found: set[str] = set()
    for one in steps:
        waits = left.get(_place(one))
        if waits and one["step"] <= last:
            found.add(waits.popleft())
    return frozenset(found)


def _at(conversation_id: UUID, checkpoint_id: str) -> RunnableConfig:
    place = {"checkpoint_ns": "", "checkpoint_id": checkpoint_id}
    return RunnableConfig(configurable={"thread_id": str(conversation_id)} | place)


def _place(step: dict[str, Any]) -> str:
    intent = step["input"].get("intent")
    return f"{step['node']}:{intent['index']}" if isinstance(intent, dict) else step["node"]

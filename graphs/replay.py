"""A recorded turn run again, every node of it, without a model, a database or anything that leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langgraph.checkpoint.base import CheckpointTuple

from graphs.keeping.checkpoints import OneSaver
from graphs.keeping.recording import digests_of, request_of
from graphs.keeping.seeding import seeded
from graphs.keeping.tape import Difference, LeftTheTape, Player, digest, tape
from graphs.keeping.taped_passages import texts_of
from graphs.ports import Passage
from graphs.run import run_turn
from graphs.summaries import short
from graphs.support import Machine
from graphs.tracing import Tracing
from tenants.errors import TurnNotRecorded
from tenants.running.turn_ends import TurnEnd
from tenants.transcripts.blocks import text_of

MAX_DIFFERENCES = 50


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a turn came to when it was run again; the same bytes where nothing differs."""

    text: str
    nodes: int
    differences: Sequence[Difference]

    @property
    def is_same(self) -> bool:
        """Whether every node, the state and the end are what they were."""
        return not self.differences


async def replay(
    machine: Machine,
    recorded: Mapping[str, Any],
    stored: CheckpointTuple | None,
    passages: Sequence[Passage],
    outputs: Mapping[str, Mapping[str, Any]] | None = None,
) -> Replayed:
    """Run it again from `stored`, the checkpoint that it started from.

    `outputs` are the steps' summaries by node, for saying what a value was. Raises: TurnNotRecorded.
    """
    request = request_of(recorded)
    if recorded["graph_version"] not in machine.graphs:
        raise TurnNotRecorded(f"the graph {recorded['graph_version']} is not here any more")
    saver = await seeded(stored, thread_id=request.context.conversation_id)
    apart = replace(machine, savers=OneSaver(saver), tracing=Tracing.off())
    player = Player(recorded["calls"], recorded["steps"])
    said: list[str] = []

    def publish(kind: str, data: dict[str, Any]) -> None:
        if kind == "message_delta":
            said.append(data["text"])

    end: TurnEnd | None = None
    try:
        with tape(player), texts_of(passages):
            end = await run_turn(apart, request, fence=None, publish=publish)
    except LeftTheTape:
        pass  # noted as a difference
    player.close()
    differences = [*player.differences, *_of_end(recorded, player, end)]
    told = [_told(one, player, outputs or {}) for one in differences[:MAX_DIFFERENCES]]
    text = text_of(end.reply["content"]) if end is not None and end.reply else ""
    if end is not None and "".join(said) != text and not differences:
        told.append(Difference("", "streamed text", text, "".join(said)))
    return Replayed(text, len(player.seen), told)


def _of_end(recorded: Mapping[str, Any], player: Player, end: TurnEnd | None) -> list[Difference]:
    if end is None:
        return [Difference("", "came to no end")]
    was, now = recorded["end"], digests_of(end)
    found = [Difference("", key) for key in sorted(was.keys() & now.keys()) if was[key] != now[key]]
    if player.state is not None and digest(dict(player.state)) != recorded["state"]:
        found.append(Difference("", "state"))
    return found


def _told(one: Difference, player: Player, outputs: Mapping[str, Mapping[str, Any]]) -> Difference:
    """The difference with values instead of digests, as far as they are known."""
    if one.node not in player.seen or one.what not in player.seen[one.node]:
        return one
    return Difference(
        one.node,
        one.what,
        outputs.get(one.node, {}).get(one.what),
        short(player.seen[one.node][one.what]),
    )

"""A saver in memory that holds one checkpoint: where a run starts that leaves nothing behind."""

from collections import defaultdict
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.memory import InMemorySaver

from graphs.keeping.checkpoints import strict_serializer


async def seeded(stored: CheckpointTuple | None, *, thread_id: str) -> InMemorySaver:
    """A saver whose thread stands where `stored` does, or at its beginning where there is none.

    Of the writes behind the checkpoint only what a conversation waits for is taken over: what a
    later run wrote there is no part of how it stood.
    """
    saver = InMemorySaver(serde=strict_serializer())
    if stored is None:
        return saver
    checkpoint = stored.checkpoint
    config = RunnableConfig(configurable={"thread_id": thread_id, "checkpoint_ns": ""})
    placed = await saver.aput(
        config, checkpoint, stored.metadata, dict(checkpoint["channel_versions"])
    )
    waits: defaultdict[str, list[tuple[str, Any]]] = defaultdict(list)
    for task_id, channel, value in stored.pending_writes or []:
        if channel == "__interrupt__":
            waits[task_id].append((channel, value))
    for task_id, writes in waits.items():
        await saver.aput_writes(placed, writes, task_id)
    return saver

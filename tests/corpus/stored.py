"""A checkpoint in a file: what the saver keeps of one conversation, and what to do with it."""

import base64
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import CheckpointTuple

from graphs.context import TurnContext
from graphs.keeping.checkpoints import strict_serializer

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Kept:
    """One conversation of the corpus; `then` is what its contact says next, "" where it waits."""

    release: str
    name: str
    context: TurnContext
    stored: CheckpointTuple
    then: str
    answer: str  # words of the reply to `then`

    @property
    def thread_id(self) -> str:
        """The conversation's own id."""
        return self.context.conversation_id


def write(kept: Kept) -> Path:
    """The file of a conversation, made anew."""
    stored = kept.stored
    data = {
        "context": asdict(kept.context),
        "checkpoint": _packed(stored.checkpoint),
        "metadata": dict(stored.metadata),
        "writes": [[task, channel, _packed(value)] for task, channel, value in stored.pending_writes or []],
        "then": kept.then,
        "answer": kept.answer,
    }  # fmt: skip
    path = FOLDER / kept.release / f"{kept.name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    return path


def read(path: Path) -> Kept:
    """The conversation of a file, read as strictly as the server reads its own."""
    data = json.loads(path.read_text(encoding="utf8"))
    given = data["context"]
    given["knowledge"] = tuple((base, version) for base, version in given["knowledge"])
    given["fallback_models"] = tuple(given["fallback_models"])
    config: Any = {"configurable": {"thread_id": given["conversation_id"], "checkpoint_ns": ""}}
    stored = CheckpointTuple(
        config=config,
        checkpoint=_unpacked(data["checkpoint"]),
        metadata=data["metadata"],
        pending_writes=[(t, channel, _unpacked(value)) for t, channel, value in data["writes"]],
    )
    release, name = path.parent.name, path.stem
    return Kept(release, name, TurnContext(**given), stored, data["then"], data["answer"])


def all_kept() -> list[Path]:
    """Every file, oldest release first."""
    return sorted(FOLDER.glob("*/*.json"))


def _packed(value: Any) -> list[str]:
    kind, data = strict_serializer().dumps_typed(value)
    return [kind, base64.b64encode(data).decode()]


def _unpacked(packed: list[str]) -> Any:
    kind, data = packed
    return strict_serializer().loads_typed((kind, base64.b64decode(data)))

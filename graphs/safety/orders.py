"""Orders to the machine in what a turn reads: marked, kept from models, and never said.

A passage stays what it is, for operators and for the rest that it says; so does a conversation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from graphs.ports import Passage
from graphs.safety.injection import suspect


@dataclass(frozen=True)
class Orders:
    """The sentences of passages that give orders, by the passage's place."""

    by_passage: dict[int, tuple[str, ...]]

    @classmethod
    def found_in(cls, passages: Sequence[Passage]) -> "Orders":
        """What the detector says of each passage; a passage that is one order is one sentence."""
        found: dict[int, tuple[str, ...]] = {}
        for place, passage in enumerate(passages):
            text = passage["text"]
            seen = suspect(f"{passage['question'] or passage['title']}\n{text}")
            if seen.gives_orders:
                inside = tuple(s for s in seen.sentences if s in text)
                found[place] = inside or (text,)
        return cls(found)

    def __bool__(self) -> bool:
        return bool(self.by_passage)

    @property
    def sentences(self) -> list[str]:
        """All of them."""
        return [sentence for found in self.by_passage.values() for sentence in found]

    def without(self, place: int, text: str) -> str:
        """A passage's text as a model reads it."""
        for sentence in self.by_passage.get(place, ()):
            text = text.replace(sentence, "")
        return text.strip()


def gives_orders(text: str) -> bool:
    """Whether a line of a conversation is to be kept from models, whoever wrote it."""
    return suspect(text).gives_orders

"""Coverage: does each request of a message end answered, asked back or handed over?

Whole messages go through the real machine, one conversation each: a fresh PostgreSQL, search, the
tenant's own words, the extractive model. The knowledge holds some requests of each intent, taken
from messages that are not asked; an entry's answer only names its intent. So an answer can be told
to be for the right intent, but not to be good.

A request is covered where an intent of the turn holds its words and that intent was handed over
(the operator reads them), asked back, or answered. Where one intent holds several requests, or
a request was cut up, an answer covers only those whose own entries it cites: the others were
dropped in silence.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from evals.house import Home, House
from evals.metrics import Metrics
from evals.sets import Row
from graphs.asking.models import EXTRACTIVE, Models
from graphs.context import TurnContext
from graphs.keeping.checkpoints import PostgresSavers
from graphs.knowing.desk_port import PostgresDesk
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.run import IncomingMessage, TurnRequest, run_turn
from graphs.support import Machine, build_machine
from graphs.words.terms import overlap, terms, words
from graphs.words.words_port import PostgresWords
from tenants.finding.embedding_models import OnlyModel
from tenants.finding.languages import detect
from tenants.ids import new_id
from tenants.running.turn_ends import TurnEnd

MESSAGES = 400  # of a set, evenly spread
ENTRIES = 6  # of an intent
HELD = 0.6  # of a request's words that an intent holds
_ASKED_BACK = frozenset({"clarify", "offer"})


@dataclass
class Covered:
    """How the requests of a set ended; `dropped` are those that nobody saw to."""

    n: int = 0
    ends: Counter[str] = field(default_factory=Counter[str])
    cited: int = 0  # answered with an entry of their own intent
    dropped: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def figures(self) -> Metrics:
        """Shares of all requests; `right_entry` of those answered."""
        return {
            "coverage": 1 - len(self.dropped) / self.n,
            "handed_over": self.ends["handed_off"] / self.n,
            "right_entry": self.cited / max(self.ends["answered"], 1),
        }

    def count(self, row: Row, end: TurnEnd, cited: Set[str]) -> None:
        """How each request of one message ended; `cited` are the intents whose entries were cited."""
        language = detect(row["text"])
        held = [_weighed(str(intent["text"]), language) for intent in end.intents]
        holders = [_holders(_weighed(part, language), held) for part in row["segments"]]
        shared = Counter(place for places, _ in holders for place in places)
        asked = zip(row["intents"], row["segments"], holders, strict=False)
        for label, part, (places, is_whole) in asked:
            self.n += 1
            own = is_whole and any(shared[place] == 1 for place in places)
            status = _end_of([end.intents[place]["status"] for place in places], end.decision)
            if status == "answered" and not own and label not in cited:
                status = ""
            self.ends[status] += 1
            self.cited += status == "answered" and label in cited
            if not status:
                self.dropped.append((row["id"], part))


async def covered(house: House, name: str, gold: Sequence[Row]) -> Covered:
    """The requests of some of the set's messages, each put to the machine in a new conversation."""
    step = max(len(gold) // MESSAGES, 1)
    asked = [row for row in gold[::step] if row.get("intents")][:MESSAGES]
    entries = _entries(gold, {row["id"] for row in asked})
    home = await house.move_in(name, entries)
    labels = {row["id"]: str(row["label"]) for row in entries}
    machine = _machine(house)
    found = Covered()
    for done, row in enumerate(asked):
        house.progress.show(f"{name}: coverage", done, len(asked))
        end = await _said(machine, home, row["text"])
        cited = {labels[home.row_ids[str(c["document_id"])]] for c in end.citations}
        found.count(row, end, cited)
    house.progress.clear()
    return found


def _entries(gold: Sequence[Row], asked: set[str]) -> list[Row]:
    """Questions of each intent that no asked message holds."""
    said = {_plain(part) for row in gold if row["id"] in asked for part in row["segments"]}
    by_label: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in gold:
        for label, part in zip(row["intents"], row["segments"], strict=False):
            if _plain(part) not in said and len(by_label[label]) < ENTRIES:
                by_label[label].setdefault(_plain(part), part)
    return [
        {
            "id": f"{label}/{number}",
            "label": label,
            "title": part.rstrip(" .?!") + "?",
            "text": f"This is what we have to say of {_spoken(label)}.",
        }
        for label, parts in by_label.items()
        for number, part in enumerate(parts.values())
    ]


def _machine(house: House) -> Machine:
    model = OnlyModel(house.embedder)
    return build_machine(
        knowledge=PostgresKnowledge(house.pool, model),
        desk=PostgresDesk(house.pool, model),
        models=Models(default=EXTRACTIVE),
        savers=PostgresSavers(house.pool),
        words=PostgresWords(house.pool),
    )


async def _said(machine: Machine, home: Home, text: str) -> TurnEnd:
    context = TurnContext(
        tenant_id=str(home.tenant_id),
        conversation_id=str(new_id()),
        turn_id=str(new_id()),
        knowledge=((str(home.knowledge_base_id), 1),),
    )
    request = TurnRequest(context, messages=[IncomingMessage(str(new_id()), text)])
    return await run_turn(machine, request, fence=None, publish=lambda _kind, _data: None)


def _end_of(statuses: Sequence[str], decision: str | None) -> str:
    """What came of a request that these intents hold; empty where nothing did."""
    for status in ("handed_off", "answered"):
        if status in statuses:
            return status
    return str(decision) if statuses and decision in _ASKED_BACK else ""


def _holders(wanted: set[str], held: Sequence[set[str]]) -> tuple[list[int], bool]:
    """The intents that hold a request whole, or those among which it was cut up."""
    whole = [place for place, own in enumerate(held) if overlap(wanted, own) >= HELD]
    if whole:
        return whole, True
    parts = [place for place, own in enumerate(held) if wanted & own]
    together = set[str]().union(*(held[place] for place in parts))
    return (parts, False) if overlap(wanted, together) >= HELD else ([], False)


def _weighed(text: str, language: str) -> set[str]:
    """What a text speaks of, or its plain words where it has none that carry meaning."""
    return set(terms(text, language)) or set(words(text))


def _plain(text: str) -> str:
    return " ".join(words(text))


def _spoken(label: str) -> str:
    """ "AddToPlaylist" and "card_arrival" as words."""
    apart = "".join(f"{a} " if a.islower() and b.isupper() else a for a, b in pairwise(f"{label}."))
    return apart.replace("_", " ").lower().rstrip("?")

"""The driver's book against the database: what was lost, what came twice, what has no end."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import psycopg

from tenants.database.hold_points import POINTS
from tenants.keys import codec
from tests.chaos.contacts import ANSWERED, END_SECONDS, KNOWN
from tests.chaos.journal import Journal


@dataclass
class Findings:
    """Counts of what must be 0, each with some examples."""

    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    messages: int = 0
    turns: int = 0
    learnt: int = 0
    longest_seconds: float = 0.0

    def found(self, what: str, which: object) -> None:
        """One more of these."""
        self.examples[what].append(str(which))


PROMISES = (
    "accepted messages lost",
    "accepted messages kept twice",
    "turns without an end",
    "turns that ended after more than 60 s",
    "turns that failed",
    "turns without their reply",
    "replies doubled",
    "effects lost",
    "effects doubled",
    "usage that is not in the ledger once",
    "conversations with a gap in their events",
    "readers who missed or saw twice",
    "rows left in the queue",
    "servers that did not go in peace",
    "good answers that came late",
    "looks at health without an answer",
    "failures while servers only went and came",
    "answers that nobody expects",
    "kills at a point without evidence",
    "points that nobody came by",
)
# A machine that is busy with something else breaks these: who runs beside other work prints them.
OF_TIME = frozenset(
    (
        "turns that ended after more than 60 s",
        "good answers that came late",
        "looks at health without an answer",
        "points that nobody came by",
    )
)
GOOD_SECONDS = 10.0  # after a fault of the database


def audit(conn: psycopg.Connection, journal: Journal) -> Findings:
    """Everything that was promised, counted where it was broken; `conn` sees every tenant."""
    findings = Findings()
    turns = _messages(conn, journal, findings)
    _turns(conn, journal, turns, findings)
    _effects(conn, journal, findings)
    _events(conn, journal, findings)
    for (turn_id,) in conn.execute("select turn_id from turn_queue").fetchall():
        findings.found("rows left in the queue", turn_id)
    _servers(journal, findings)
    return findings


def _servers(journal: Journal, findings: Findings) -> None:
    """How servers went, how soon they answered again, and whether they ever stopped to."""
    for gone in journal.restarts:
        if gone.status != 0:
            findings.found("servers that did not go in peace", gone)
    for fault in journal.faults:
        if fault.good_after > GOOD_SECONDS:
            findings.found("good answers that came late", fault)
    for kill in journal.kills:
        if kill.point in POINTS and not kill.held:
            findings.found("kills at a point without evidence", kill)
    for point in journal.missed:
        findings.found("points that nobody came by", point)
    for said in journal.unexpected:
        findings.found("answers that nobody expects", said)
    for look in journal.unwell:
        findings.found("looks at health without an answer", look)
    if journal.restarts and len(journal.restarts) == len(journal.kills) and not journal.faults:
        for refused in journal.refused:
            findings.found("failures while servers only went and came", refused)


def _messages(conn: psycopg.Connection, journal: Journal, findings: Findings) -> set[str]:
    """Every accepted message is there once, in the turn that its sender was told of."""
    kept: dict[str, list[str]] = defaultdict(list)
    for name, turn_id in conn.execute(
        "select client_message_id, turn_id::text from messages where author_kind = 'contact'"
    ).fetchall():
        kept[name].append(turn_id)
    for sent in journal.sent:
        if not sent.turn_id:
            continue
        findings.messages += 1
        found = kept[sent.client_message_id]
        if sent.turn_id not in found:
            findings.found("accepted messages lost", sent)
        if len(found) > 1:
            findings.found("accepted messages kept twice", sent)
        findings.longest_seconds = max(findings.longest_seconds, sent.ended_at - sent.accepted_at)
        if not sent.status:
            findings.found("turns without an end", sent)
        elif journal.took_seconds(sent) > END_SECONDS:
            findings.found("turns that ended after more than 60 s", sent)
    return {turn_id for turn_ids in kept.values() for turn_id in turn_ids}


def _turns(
    conn: psycopg.Connection, journal: Journal, turn_ids: set[str], findings: Findings
) -> None:
    """Every turn has one end and one reply, with the cost that its answer names."""
    asked = {sent.turn_id: sent.text for sent in journal.sent}
    replies: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for turn_id, content in conn.execute(
        "select turn_id::text, content from messages where author_kind = 'assistant'"
    ).fetchall():
        replies[turn_id] += 1
        texts[turn_id] = bytes(content).decode(errors="replace")
    spent = dict(
        conn.execute(
            "select turn_id::text, sum(input_tokens + output_tokens)::int from usage_ledger group by 1"
        ).fetchall()
    )
    for turn_id, kind, status, result, attempts, started, ended in conn.execute(
        "select turn_id::text, kind, status, result, attempts, extract(epoch from started_at)::float8,"
        " extract(epoch from ended_at)::float8 from turns"
    ).fetchall():
        findings.turns += 1
        if status == "failed":
            findings.found("turns that failed", f"{turn_id}: {attempts} attempts, {_why(result)}")
        if replies[turn_id] > 1:
            findings.found("replies doubled", turn_id)
        if kind == "message" and turn_id in turn_ids and replies[turn_id] == 0:
            findings.found("turns without their reply", turn_id)
        is_known = asked.get(turn_id) == KNOWN and status == "completed"
        if is_known and ANSWERED not in texts.get(turn_id, ANSWERED):
            findings.found("turns without their reply", f"{turn_id}: {texts[turn_id]}")
        told, paid = _tokens(result), spent.get(turn_id, 0)
        # a run that was killed has paid for its calls too: they stand beside what the reply cost
        was_hit = attempts > 1 or any(
            (started or 0) <= over_at and at <= (ended or math.inf)
            for at, over_at in journal.disturbances()
        )
        if told > paid or (told < paid and not was_hit):
            findings.found("usage that is not in the ledger once", f"{turn_id}: {told} {paid}")


def _why(result: bytes | None) -> str:
    problem = codec.decode(bytes(result)).get("problem") if result is not None else None
    return f"{problem['code']}: {problem['detail']}" if problem else "no reason is told"


def _tokens(result: bytes | None) -> int:
    usage = codec.decode(bytes(result))["usage"] if result is not None else {}
    return usage.get("input_tokens", 0) + usage.get("output_tokens", 0)


def _effects(conn: psycopg.Connection, journal: Journal, findings: Findings) -> None:
    """What an operator taught is kept once and told once."""
    kept = Counter(
        handoff_id
        for (handoff_id,) in conn.execute(
            "select substr(external_id, 9) from documents where external_id like 'handoff:%'"
        ).fetchall()
    )
    kept.update(
        handoff_id
        for (handoff_id,) in conn.execute(
            "select handoff_id::text from knowledge_suggestions where handoff_id is not null"
        ).fetchall()
    )
    said = Counter(
        handoff_id
        for (handoff_id,) in conn.execute(
            "select t.handoff_id::text from events e join turns t using (tenant_id, turn_id)"
            " where e.type = 'knowledge_updated'"
        ).fetchall()
    )
    for handoff_id in journal.resolved:
        findings.learnt += 1
        for counted in (kept, said):
            if counted[handoff_id] == 0:
                findings.found("effects lost", handoff_id)
            elif counted[handoff_id] > 1:
                findings.found("effects doubled", handoff_id)


def _events(conn: psycopg.Connection, journal: Journal, findings: Findings) -> None:
    """Every log is without a gap, and readers saw it as it is, each number once."""
    logs: dict[str, dict[int, str]] = defaultdict(dict)
    for conversation_id, number, kind in conn.execute(
        "select conversation_id::text, event_id, type from events"
    ).fetchall():
        logs[conversation_id][number] = kind
    for conversation_id, log in logs.items():
        if sorted(log) != list(range(1, len(log) + 1)):
            findings.found("conversations with a gap in their events", conversation_id)
    for seen in journal.streamed:
        numbers = [number for number, _ in seen.numbered]
        log = logs[seen.conversation_id]
        right = all(told.split()[0] == log.get(number) for number, told in seen.numbered)
        if numbers != list(range(1, len(numbers) + 1)) or not right:
            findings.found("readers who missed or saw twice", seen)

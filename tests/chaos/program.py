"""One round of chaos: load, kills, a settled world, the audit, and its table."""

import math
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from tenants.database.hold_points import POINTS
from tenants.database.postgres import EmbeddedPostgres
from tenants.keys.secrets import master_key
from tests.chaos.audit import OF_TIME, PROMISES, Findings, audit
from tests.chaos.contacts import PATIENCE_SECONDS, Contact
from tests.chaos.faults import CAUSES, DISK, FEW_CONNECTIONS, IMMEDIATE, POOL, STORM
from tests.chaos.health import HealthWatch
from tests.chaos.journal import Journal
from tests.chaos.kills import ANYWHERE, DATABASE, RESTART, execute, plan
from tests.chaos.world import SERVERS, open_world
from tests.opened import open_for

Say = Callable[[str], None]
JOURNAL = "journal.jsonl"
SERVERS_LOG = "servers.log"
POSTGRES_LOG = "postgres.log"


@dataclass(frozen=True)
class Round:
    """How much of it: kills of each kind, and how many contacts write meanwhile."""

    each_point: int
    anywhere: int
    database: int
    restarts: int = 2
    contacts: int = 6
    seconds: float = math.inf  # after which no further kill begins
    at_least: int = 0  # of them, however long they take
    servers: int = SERVERS
    faults: Mapping[str, int] = field(default_factory=dict[str, int])
    settings: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def kills_servers(self) -> bool:
        return bool(self.each_point or self.anywhere or self.restarts)


SHORT = Round(each_point=1, anywhere=1, database=1, restarts=1, contacts=5, seconds=90, at_least=3)
LONG = Round(each_point=20, anywhere=45, database=15, restarts=20)
_NO_KILLS = Round(each_point=0, anywhere=0, database=0, restarts=0, servers=2)
ROLLING = replace(_NO_KILLS, restarts=5)
ROLLING_LONG = replace(_NO_KILLS, restarts=50)
_FAULTS = {IMMEDIATE: 2, STORM: 1, POOL: 1, DISK: 1}
_FAULTS_LONG = {IMMEDIATE: 10, STORM: 5, POOL: 3, DISK: 3}
FAULTS = replace(_NO_KILLS, faults=_FAULTS, settings=FEW_CONNECTIONS)
FAULTS_LONG = replace(_NO_KILLS, faults=_FAULTS_LONG, settings=FEW_CONNECTIONS)


@dataclass
class Outcome:
    """What a round came to; `broken` names the promises that were not kept."""

    seed: int
    kills: Counter[str]
    findings: Findings
    sendings: int
    connections: int
    seconds: float
    slowest_exit: float
    faults: Counter[str]
    slowest_good: float
    looks: int
    slowest_look: float

    @property
    def broken(self) -> dict[str, list[str]]:
        return dict(self.findings.examples)

    @property
    def broken_beyond_time(self) -> dict[str, list[str]]:
        """What no crowd on the machine excuses."""
        return {name: found for name, found in self.broken.items() if name not in OF_TIME}

    def table(self) -> str:
        """Kills and findings as the docs show them."""
        kills = [
            f"| {name} | {self.kills[name]} |" for name in (*POINTS, ANYWHERE, DATABASE, RESTART)
        ]
        kills += [f"| {name} | {self.faults[name]} |" for name in CAUSES if self.faults[name]]
        kept = [f"| {name} | {len(self.broken.get(name, []))} |" for name in PROMISES]
        head = (
            f"Seed {self.seed}: {sum(self.kills.values())} kills in {self.seconds:.0f} s; "
            f"{self.findings.messages} messages accepted ({self.sendings} sendings), "
            f"{self.findings.turns} turns, {self.findings.learnt} answers learnt, "
            f"{self.connections} connections of readers; the longest turn took "
            f"{self.findings.longest_seconds:.1f} s, the slowest exit {self.slowest_exit:.1f} s."
            + self._of_faults()
        )
        lines = ["| killed | times |", "| --- | --- |", *kills, "", "| | found |", "| --- | --- |"]
        return "\n".join([head, "", *lines, *kept])

    def _of_faults(self) -> str:
        if not self.faults:
            return ""
        return (
            f" Behind a fault the slowest server took {self.slowest_good:.1f} s to a good answer; "
            f"{self.looks} looks at health, the slowest {self.slowest_look:.2f} s."
        )


def run(size: Round, *, seed: int | None = None, folder: Path, say: Say = print) -> Outcome:
    """One round in a folder of its own, whose journal stays there."""
    seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    say(f"seed {seed}")
    folder.chmod(0o711)
    journal = Journal(folder / JOURNAL)
    began = time.monotonic()
    kills = plan(
        seed,
        each_point=size.each_point,
        anywhere=size.anywhere,
        database=size.database,
        restarts=size.restarts,
        faults=size.faults,
    )
    with open_world(folder, journal, replicas=size.servers, more=size.settings) as world:
        health = HealthWatch(world, journal)
        if not size.kills_servers:
            health.start()
        contacts = [Contact(world, journal, n, seed) for n in range(size.contacts)]
        for contact in contacts:
            contact.start()
        try:
            execute(
                world,
                journal,
                kills,
                seed,
                say,
                seconds=size.seconds,
                at_least=size.at_least,
            )
        finally:
            for contact in contacts:
                contact.stopping.set()
        world.settle()
        for contact in contacts:
            contact.join(2 * PATIENCE_SECONDS)
            assert not contact.is_alive(), f"{contact.name} still waits for a server"
        health.stopping.set()
        said = "".join(line for server in world.servers for line in server.output)
        (folder / SERVERS_LOG).write_text(said)
        shutil.copy(world.data / "pg.log", folder / POSTGRES_LOG)
        with EmbeddedPostgres(world.data) as server:
            url = make_conninfo(server.superuser_url, dbname="frontdesk")
            with psycopg.connect(url) as conn:
                _wait_until_quiet(conn)
                open_for(conn, master_key(world.data))
                findings = audit(conn, journal)
    journal.close()
    return Outcome(
        seed,
        Counter(kill.point for kill in journal.kills),
        findings,
        sum(sent.sendings for sent in journal.sent),
        sum(seen.connections for seen in journal.streamed),
        time.monotonic() - began,
        max((gone.seconds for gone in journal.restarts), default=0.0),
        Counter(fault.what for fault in journal.faults),
        max((fault.good_after for fault in journal.faults), default=0.0),
        health.looks,
        health.slowest_seconds,
    )


def _wait_until_quiet(conn: psycopg.Connection) -> None:
    """Return when every turn has ended, those too that nobody waits for; or when none does any more."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        row = conn.execute("select count(*) from turn_queue").fetchone()
        conn.rollback()  # the next look is to see what was written meanwhile
        if row is not None and row[0] == 0:
            return
        time.sleep(0.2)


def run_apart(size: Round, *, seed: int | None = None, keep: Path | None = None) -> Outcome:
    """A round in a folder that is gone afterwards, but for the driver's book where it is wanted, and
    beside it what the servers said.
    """
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    try:
        return run(size, seed=seed, folder=folder)
    finally:
        if keep is not None:
            shutil.copy(folder / JOURNAL, keep)
            for name, suffix in ((SERVERS_LOG, ".log"), (POSTGRES_LOG, ".pg.log")):
                if (folder / name).exists():
                    shutil.copy(folder / name, keep.with_suffix(suffix))
        shutil.rmtree(folder, ignore_errors=True)

"""Who is killed, where and when: a plan drawn from a seed, and its execution with evidence."""

import json
import os
import random
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tenants.database.hold_points import HELD, POINTS
from tests.chaos.faults import CAUSES, cause
from tests.chaos.journal import Journal, Kill
from tests.chaos.world import World

ANYWHERE = "a server, anywhere"
DATABASE = "the database"
RESTART = "a server, asked to go"
REACH_SECONDS = 180  # a point that nobody comes by for so long is no part of a turn


def plan(
    seed: int,
    *,
    each_point: int,
    anywhere: int,
    database: int,
    restarts: int,
    faults: Mapping[str, int],
) -> list[str]:
    """Every point so many times, servers at random moments, the database, rolling restarts, faults
    of the database; in a drawn order.
    """
    kills = [*POINTS] * each_point + [ANYWHERE] * anywhere + [DATABASE] * database
    kills += [RESTART] * restarts
    kills += [what for what, times in faults.items() for _ in range(times)]
    random.Random(seed).shuffle(kills)
    return kills


def execute(
    world: World,
    journal: Journal,
    kills: list[str],
    seed: int,
    say: Any,
    *,
    seconds: float,
    at_least: int,
) -> None:
    """One kill after the other, until they are done, or the time is over and so many were; a server
    that lives is always left. Raises: TimeoutError.
    """
    draw = random.Random(seed + 1)
    ends_at = time.monotonic() + seconds
    for n, what in enumerate(kills, 1):
        if time.monotonic() > ends_at and n > at_least:
            return
        world.wait_for_another(at_least=2)
        if what in CAUSES:
            fault = cause(world, journal, what)
            say(f"{n}/{len(kills)} {what}: good after {fault.good_after:.1f} s; {fault.evidence}")
            time.sleep(draw.uniform(1.0, 2.0))
            continue
        if what == DATABASE:
            kill = _kill_database(world)
        elif what in (ANYWHERE, RESTART):
            time.sleep(draw.uniform(0.1, 1.5))
            pid = draw.choice(list(world.alive))
            kill = Kill(what, pid, "", time.time())
            if what == ANYWHERE:
                world.kill(pid)
            else:
                journal.restarts.append(world.restart(pid))
        elif (found := _kill_at(world, what)) is None:
            journal.missed.append(what)
            say(f"{n}/{len(kills)} {what}: nobody came by")
            continue
        else:
            kill = found
        journal.kills.append(kill)
        journal.note("kill", kill)
        say(f"{n}/{len(kills)} {what}: {kill.pid}")


def _kill_at(world: World, point: str) -> Kill | None:
    """Let a server wait at the point, then kill it there: what it held is the evidence. None where
    nobody comes by for long.
    """
    (world.points / point).touch()
    deadline = time.monotonic() + REACH_SECONDS
    while True:
        for kept in world.points.glob(f"{point}.*.{HELD}"):
            told = _read(kept)
            if told is not None:
                world.kill(told["pid"])
                kept.unlink()
                return Kill(point, told["pid"], told["held"], time.time())
        if time.monotonic() > deadline:
            with suppress(FileNotFoundError):
                (world.points / point).unlink()
                return None
            deadline += REACH_SECONDS  # somebody has just come
        time.sleep(0.02)


def _read(kept: Path) -> dict[str, Any] | None:
    """What the waiting server wrote; None while it still writes."""
    with suppress(json.JSONDecodeError):
        return json.loads(kept.read_text())
    return None


def _kill_database(world: World) -> Kill:
    pid = int((world.data / "pg" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    at = time.time()
    time.sleep(0.5)
    world.wait_for_database()
    return Kill(DATABASE, pid, "", at, time.time())

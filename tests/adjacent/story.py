"""The release before and today's serve one database: `python -m tests.adjacent.story [--release REV]`.

The code of the release before comes out of the repository's history; its server makes the database.
Then today's server migrates it and serves beside it, and both go on with each other's conversations:
accept, answer, repeat, hand over, resolve, answer again. Both run with today's packages. Without
history (a shallow clone, an archive) there is nothing to run: the program says so and ends well.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from io import BytesIO
from pathlib import Path

from tenants.database.migrate import current_revision
from tenants.database.postgres import EmbeddedPostgres
from tests.adjacent.needs import all_needs
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import SHOP, TAUGHT, UNKNOWN, Tenant

HOME = Path(__file__).parents[2]
KNOWN = "What is the warranty of the Aurora desk lamp?"
ENDED_WITHIN_SECONDS = 60
_RUN = "import sys; from server.cli import main; sys.argv[0] = 'frontdesk'; main()"


def git(*given: str) -> bytes | None:
    """What git says, or None where it does not know it or is not there."""
    try:
        done = subprocess.run(["git", "-C", str(HOME), *given], capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def newest_release() -> str:
    """The commit that the newest file of needs was made in; "" where history does not reach it."""
    path = all_needs()[-1].relative_to(HOME)
    said = git("log", "--diff-filter=A", "--format=%H", "-1", "--", str(path))
    return (said or b"").decode().strip()


def server_of(code: Path, data: Path) -> ServerProcess:
    """A server that runs the code in a folder."""
    told = {"PYTHONPATH": str(code)}
    python = (sys.executable, "-P", "-c")  # -P: not the code of the folder that we stand in
    found = subprocess.run(
        [*python, "import server; print(server.__path__[0])"],
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=True,
    )
    if Path(found.stdout.strip()).parent != code:
        raise SystemExit(f"{found.stdout.strip()} would run instead of the release before")
    return ServerProcess(data, told, (*python, _RUN), makes_database=True)


def revision(data: Path) -> str:
    """Which schema the database has."""
    with EmbeddedPostgres(data) as shared:
        return f"schema {current_revision(shared.urls.owner)}"


def on(server: ServerProcess, tenant: Tenant) -> Tenant:
    """The same tenant's program, calling another server."""
    other = object.__new__(Tenant)
    other.server, other.key, other.assistant_id = server, tenant.key, tenant.assistant_id
    return other


def answers(tenant: Tenant, conversation_id: str, name: str) -> None:
    """A question of the knowledge is answered, and its repeat is the same turn."""
    first = tenant.ask(conversation_id, KNOWN, name)
    assert first["status"] == "completed", first
    assert "3 years" in first["message"]["text"], first
    assert tenant.ask(conversation_id, KNOWN, name)["turn_id"] == first["turn_id"]


def hands_over(tenant: Tenant, conversation_id: str) -> str:
    """A question beyond it goes to a person; the handoff's id."""
    waiting = tenant.ask(conversation_id, UNKNOWN)
    assert waiting["status"] == "waiting_for_operator", waiting
    return waiting["handoff"]["handoff_id"]


def resolves(tenant: Tenant, conversation_id: str, handoff_id: str) -> None:
    """An operator's reply ends the waiting, and the turn that resumes the graph ends too."""
    done = tenant.call("POST", f"/v1/handoffs/{handoff_id}/resolve", json={"reply": TAUGHT})
    assert done.status_code == 200, done.text
    ends_at = time.monotonic() + ENDED_WITHIN_SECONDS
    while True:
        shown = tenant.call("GET", f"/v1/conversations/{conversation_id}").json()
        said = tenant.call("GET", f"/v1/conversations/{conversation_id}/messages").json()["data"]
        operators = [one for one in said if one["author"] == "operator"]
        if shown["status"] != "waiting_for_operator" and len(operators) == 1:
            return
        assert time.monotonic() < ends_at, shown
        time.sleep(0.2)


def story(code: Path, data: Path) -> list[tuple[str, str]]:
    """What was tried, and how it went; the first thing that fails ends it."""
    told: list[tuple[str, str]] = []
    before = server_of(code, data).start()
    try:
        old = Tenant(before, "Northwind Lamps", SHOP)
        began_with = revision(data)
        waiting = old.converse("asked before")
        opened_before = hands_over(old, waiting)
        told.append(("the release before alone: accept, answer, hand over", began_with))
        today = ServerProcess(data).start()
        try:
            new = on(today, old)
            told.append(("today's migrates while it serves", revision(data)))
            for name, mine, others in (("old", old, new), ("new", new, old)):
                talk = mine.converse(f"{name} first")
                answers(mine, talk, f"{name} 1")
                answers(others, talk, f"{name} 2")
                resolves(others, talk, hands_over(mine, talk))
                answers(mine, talk, f"{name} 3")
                answers(others, talk, f"{name} 4")
                told.append((f"begun at the {name} one, gone on with at the other", "held"))
            resolves(old, waiting, opened_before)
            answers(old, waiting, "old 5")
            told.append(("handed over before the migration, resolved by the old one", "held"))
        finally:
            assert today.stop() == 0
        answers(old, waiting, "old 6")
        told.append(("today's has gone, the release before goes on", "held"))
    finally:
        assert before.stop() == 0
    return told


def main() -> int:
    """Run the story and print it; 0 as well where there is no history to take the code from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", default="", help="a commit; else that of the newest release")
    release = parser.parse_args().release or newest_release()
    archive = git("archive", "--format=tar", release) if release else None
    if archive is None:
        sys.stdout.write("no history here holds the release before: nothing to run\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="adjacent-", ignore_cleanup_errors=True) as folder:
        code = Path(folder).resolve() / "release"
        Path(folder).chmod(0o711)
        with tarfile.open(fileobj=BytesIO(archive)) as packed:
            packed.extractall(code, filter="data")
        told = story(code, Path(folder) / "data")
    sys.stdout.write(f"| {release[:10]} beside today's | |\n| --- | --- |\n")
    for what, how in told:
        sys.stdout.write(f"| {what} | {how} |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

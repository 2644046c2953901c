"""`python -m server.one_process`: one server of several, as its parent tells it on standard input."""

import gc
import os
import signal
import socket
import sys
import threading
from base64 import b64decode
from pathlib import Path

from graphs.support import build_machine
from server.opening.opening import BuildMachine
from server.processes import READY, ProcessPlan
from server.running.leaving import leave
from server.serve import run_server
from server.sharing.siblings import Sibling
from settings import Settings


def main(build: BuildMachine = build_machine) -> None:
    """Serve until the parent says so, or is gone."""
    gc.disable()  # until everything is loaded
    plan = ProcessPlan.model_validate_json(sys.stdin.readline())
    settings = Settings(**plan.settings)  # pyright: ignore[reportArgumentType]  # checked by it
    threads = max(1, settings.embedding_threads // plan.of)
    settings = settings.model_copy(update={"embedding_threads": threads})
    threading.Thread(target=_go_with_the_parent, name="parent", daemon=True).start()
    listening = socket.socket(fileno=plan.listening)
    listening.set_inheritable(False)  # not for what this process starts
    status = run_server(
        settings,
        database_url=plan.app_url,
        platform_key=plan.platform_key,
        master_key=b64decode(plan.master_key),
        owner_url=plan.owner_url,
        build=build,
        sibling=Sibling(plan.number, plan.of, Path(plan.line), plan.demo_port),
        listening=listening,
        on_ready=_say_ready,
    )
    leave(status)


def _go_with_the_parent() -> None:
    sys.stdin.read()  # it ends when the parent does
    os.kill(os.getpid(), signal.SIGTERM)


def _say_ready(_address: str) -> None:
    sys.stdout.buffer.write(READY)
    sys.stdout.flush()


if __name__ == "__main__":
    main()

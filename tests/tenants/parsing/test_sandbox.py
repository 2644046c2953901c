"""What the child has given up by the time it sees a file."""

import ctypes
import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tenants.readers.limits import ParseLimits

_ROOT = Path(__file__).resolve().parents[3]
_TRIED = """
import json, os, socket, sys
from tenants.readers import sandbox
from tenants.readers.limits import ParseLimits

def outcome(act):
    try:
        act()
    except (OSError, ValueError, MemoryError) as error:
        return type(error).__name__
    return "done"

held = sandbox.enter(ParseLimits(**json.loads(sys.argv[1])))
import pypdf, docx, openpyxl, trafilatura
import resource
print(json.dumps({
    "held": held,
    "memory": outcome(lambda: bytearray(600_000_000)),
    "write": outcome(lambda: open(sys.argv[2], "w").write("x")),
    "limits": outcome(lambda: resource.setrlimit(resource.RLIMIT_CPU, (999, 999))),
    "environment": dict(os.environ),
    "network": outcome(lambda: socket.socket()),
    "read": outcome(lambda: open(sys.argv[3]).read()),
    "parent": outcome(lambda: open(f"/proc/{os.getppid()}/environ", "rb").read()),
    "program": outcome(lambda: os.execv("/bin/true", ["true"])),
    "process": outcome(lambda: os.fork() or os._exit(0)),
    "signal": outcome(lambda: os.kill(os.getppid(), 0)),
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a process says that entered the sandbox and then tried to get out of it."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret").write_text("platform key")
    limits = json.dumps(asdict(replace(ParseLimits(), cpu_seconds=15)))
    ran = subprocess.run(
        [sys.executable, "-s", "-c", _TRIED, limits, str(folder / "new"), str(folder / "secret")],
        capture_output=True, env={}, cwd=_ROOT, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode()
    return json.loads(ran.stdout)


def test_memory_files_and_limits_are_bounded_everywhere(told: dict[str, object]) -> None:
    assert told["memory"] == "MemoryError"
    assert told["write"] in ("OSError", "PermissionError")
    assert told["limits"] in ("ValueError", "PermissionError")
    assert told["environment"] in ({}, {"LC_CTYPE": "C.UTF-8"})  # Python sets its own


def _offered() -> set[str]:
    """What this kernel has to keep a process in, asked without the sandbox's own code."""
    if sys.platform != "linux":
        return set()
    offered = {"seccomp"} if Path("/proc/sys/kernel/seccomp").is_dir() else set[str]()
    create_ruleset, version_flag = 444, 1
    if ctypes.CDLL(None).syscall(create_ruleset, None, 0, version_flag) >= 1:
        offered.add("landlock")
    return offered


def test_the_kernel_keeps_the_rest(told: dict[str, object]) -> None:
    held = told["held"]
    assert isinstance(held, list)
    assert set(held) == _offered()
    if "seccomp" in held:
        for way in ("network", "program", "process", "signal"):
            assert told[way] == "PermissionError", way
    if "landlock" in held:
        assert (told["read"], told["parent"]) == ("PermissionError", "PermissionError")

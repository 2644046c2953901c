"""One run of schemathesis in one caller's name."""

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.surface.world import Caller, World

ROOT = Path(__file__).resolve().parents[2]
STAMP = ".venv-surface/.installed"
PROGRAM = ROOT / ".venv-surface" / "bin" / "schemathesis"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
# Streams that go on for ever are read by tests/server/running/test_streams.py.
ENDLESS = ("stream_inbox", "stream_events")
KNOWN = 0.7  # how often a path names something that is there
MOST_SECONDS = 7_200


@dataclass(frozen=True)
class Asked:
    """How much is tried."""

    examples: int
    seed: int = 1
    phases: str = "fuzzing"
    workers: int = 1
    operations: tuple[str, ...] = ()  # only these; all where there are none


@dataclass(frozen=True)
class Found:
    """What schemathesis says."""

    is_good: bool
    report: str

    @property
    def tried(self) -> int:
        """How many requests were made up."""
        counted = re.search(r"(\d+) generated", self.report)
        return int(counted[1]) if counted else 0

    @property
    def operations(self) -> int:
        """How many operations were called."""
        counted = re.search(r"Tested: (\d+)", self.report)
        return int(counted[1]) if counted else 0


def examine(built: World, caller: Caller, asked: Asked) -> Found:
    """Call every operation as somebody and compare each answer with the published document."""
    subprocess.run(["make", "-s", STAMP], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory(prefix="surface-") as folder:
        config = Path(folder) / "schemathesis.toml"
        config.write_text(_config(built, caller, asked))
        command = [str(PROGRAM), "--config-file", str(config), "run", "--no-color"]
        command += ["--phases", asked.phases, "--workers", str(asked.workers)]
        for operation in asked.operations:
            command += ["--include-operation-id", operation]
        command.append(f"{built.server.url}/openapi.json")
        ran = subprocess.run(
            command, cwd=folder, check=False, capture_output=True, text=True, timeout=MOST_SECONDS
        )
        return Found(ran.returncode == 0, ran.stdout + ran.stderr)


def _config(built: World, caller: Caller, asked: Asked) -> str:
    lines = [
        f"seed = {asked.seed}",
        "request-timeout = 300",  # a machine may be busy
        "continue-on-failure = true",
        'suppress-health-check = ["all"]',
        "warnings = false",
        f"headers = {_table(caller.headers)}",
        "[generation]",
        f"max-examples = {asked.examples}",
        'database = "none"',
        "[checks]",
        "enabled = false",
        *(f"{check} = {{ enabled = true }}" for check in CHECKS),
    ]
    known = {name: values for name, values in built.ids.items() if values}
    for name, values in known.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
    lines.append("[parameters]")
    lines += [
        f'"path.{name}" = {{ dictionary = "{name}", probability = {KNOWN} }}' for name in known
    ]
    for operation in (*ENDLESS, *caller.spared):
        lines += ["[[operations]]", f'include-operation-id = "{operation}"', "enabled = false"]
    return "\n".join(lines) + "\n"


def _table(values: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in values.items()) + " }"

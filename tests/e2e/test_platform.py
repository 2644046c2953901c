"""The command as people start it: killed, doubled, interrupted; talking in the terminal."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests import plain_http
from tests.e2e.server_process import ServerProcess, within

FRONTDESK = Path(sys.executable).with_name("frontdesk")


def postgres_pid(data: Path) -> int:
    return int((data / "pg/postmaster.pid").read_text().split("\n")[0])


def is_ready(server: ServerProcess) -> bool:
    try:
        return plain_http.get(f"{server.url}/readyz", timeout=10).is_success
    except httpx2.HTTPError:
        return False


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def command(*words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(FRONTDESK), *words],
        input=said,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_whoever_is_killed_the_next_start_serves_the_same_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    server = ServerProcess(data, makes_database=True).start()
    headers = {"authorization": f"Bearer {server.platform_key}"}
    made = plain_http.post(f"{server.url}/v1/tenants", headers=headers, json={"name": "Inn"}).json()
    first = postgres_pid(data)

    server.kill()
    assert lives(first)
    server.start()
    assert postgres_pid(data) == first, "the living PostgreSQL was adopted"

    os.kill(first, signal.SIGKILL)
    assert within(20, lambda: not lives(first) and is_ready(server)), "it came back by itself"

    os.kill(postgres_pid(data), signal.SIGKILL)
    server.kill()
    server.start()
    key = {"authorization": f"Bearer {made['api_key']}"}
    listed = plain_http.get(f"{server.url}/v1/assistants", headers=key).json()["data"]
    assert [one["assistant_id"] for one in listed] == [made["assistant_id"]]
    last = postgres_pid(data)
    assert server.stop() == 0
    assert within(5, lambda: not lives(last)), "the last one stopped it"


def test_two_servers_start_at_once_on_one_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    servers = [ServerProcess(data, makes_database=True), ServerProcess(data, makes_database=True)]
    waiting = subprocess.Popen(
        [str(FRONTDESK), "migrate", "--data", str(data)], stdout=subprocess.DEVNULL
    )
    for server in servers:
        server.start()
    assert waiting.wait(60) == 0
    shared = postgres_pid(data)
    assert servers[0].stop() == 0
    assert lives(shared)
    assert is_ready(servers[1])
    os.kill(servers[1].pid, signal.SIGINT)
    assert servers[1].stop() == 0
    assert within(5, lambda: not lives(shared))


def test_the_terminal_commands_do_a_days_work(tmp_path: Path) -> None:
    data, files = tmp_path / "data", tmp_path / "files"
    files.mkdir()
    (files / "sauna.json").write_text(
        json.dumps({"sauna": {"hours": "15:00 to 22:00", "price": "8 euro"}})
    )
    server = ServerProcess(data, makes_database=True).start()
    try:
        made = command("tenant", "create", "Hotel Nord", "--data", str(data))
        assert made.returncode == 0, made.stderr
        key = next(line.split()[1] for line in made.stdout.splitlines() if "api_key" in line)
        stored = command("ingest", str(files), "--url", server.url, "--key", key)
        assert stored.returncode == 0, stored.stderr
        assert "1 stored (1 passage), 0 unchanged, 0 refused" in stored.stdout
        talked = command(
            "chat", "--url", server.url, "--key", key, said="When is the sauna open?\n"
        )
        assert "15:00 to 22:00" in talked.stdout
        assert "sources: " in talked.stdout
        well = command("doctor", "--data", str(data), "--port", server.url.rsplit(":", 1)[1])
        assert well.returncode == 0, well.stdout
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_while_it_still_starts_leaves_nothing_behind(
    tmp_path: Path, stop: signal.Signals
) -> None:
    data = tmp_path / "data"
    process = subprocess.Popen(
        [str(FRONTDESK), "serve", "--port", "0", "--data", str(data)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert within(30, lambda: (data / "pg/postmaster.pid").exists())
    postgres = postgres_pid(data)
    process.send_signal(stop)
    _, said = process.communicate(timeout=40)
    assert process.returncode == 128 + stop
    assert "Traceback" not in said
    assert within(5, lambda: not lives(postgres))

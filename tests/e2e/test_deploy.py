"""The container's start script, as a plain process under the container's limits."""

import os
import re
import secrets
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from tenants.database.postgres import EmbeddedPostgres
from tenants.database.postgres_roles import Urls
from tests import plain_http
from tests.e2e.server_process import START_SECONDS

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
START = ROOT / "deploy/start.sh"
CONFINED = Path(__file__).with_name("confined.py")
STOP_SECONDS = 30


def environment(data: Path, urls: Urls) -> dict[str, str]:
    """What the image sets, and the secrets that an operator gives; nothing of ours."""
    return {
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(data.with_name("tmp")),
        "FRONTDESK_HOST": "127.0.0.1",
        "FRONTDESK_PORT": "0",
        "FRONTDESK_DATA": str(data),
        "FRONTDESK_DEMO": "0",
        "FRONTDESK_PLATFORM_KEY": "fdp_" + secrets.token_urlsafe(32),
        "FRONTDESK_MASTER_KEY": b64encode(secrets.token_bytes(32)).decode(),
        "FRONTDESK_DATABASE_URL": urls.app,
        "FRONTDESK_OWNER_DATABASE_URL": urls.owner,
    }


@contextmanager
def container(given: dict[str, str]) -> Generator[tuple["subprocess.Popen[str]", str]]:
    """The start script under the limits, once it is ready, with its address."""
    writable = [given["FRONTDESK_DATA"], given["TMPDIR"]]
    command = [sys.executable, str(CONFINED), *writable, "--", str(START), "serve"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=given
    ) as process:
        assert process.stdout is not None
        try:
            said: list[str] = []
            for line in process.stdout:
                said.append(line)
                if ready := re.match(r"ready (http://\S+)", line):
                    yield process, ready[1]
                    return
            raise AssertionError(f"not ready in {START_SECONDS} s:\n" + "".join(said[-40:]))
        finally:
            process.kill()


def _open_socket(url: str) -> None:
    """Let any user reach PostgreSQL's socket, as one on a network can be reached by any."""
    folder = Path(str(conninfo_to_dict(url)["host"]))
    folder.chmod(0o755)
    for socket in folder.glob(".s.PGSQL.*"):
        socket.chmod(0o777)


def test_the_start_script_serves_without_privileges_over_a_read_only_root(tmp_path: Path) -> None:
    data, temporary = tmp_path / "data", tmp_path / "tmp"
    data.mkdir()
    temporary.mkdir()
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)  # PostgreSQL runs as another user
    with EmbeddedPostgres(tmp_path / "postgres") as postgres:
        given = environment(data, postgres.urls)
        _open_socket(postgres.urls.owner)
        with container(given) as (process, url):
            owner = {"authorization": f"Bearer {given['FRONTDESK_PLATFORM_KEY']}"}
            made = plain_http.post(f"{url}/v1/tenants", json={"name": "Acme"}, headers=owner).json()
            key = {"authorization": f"Bearer {made['api_key']}"}
            path = f"{url}/v1/knowledge-bases/{made['knowledge_base_id']}/documents"
            page = {"file": ("hours.html", b"<h1>Hours</h1><p>We open at nine.</p>", "text/html")}
            assert plain_http.post(path, files=page, headers=key, timeout=60).status_code in (
                201,
                202,
            )
            port = url.rpartition(":")[2]
            healthy = [sys.executable, str(ROOT / "deploy/healthy.py")]
            assert subprocess.run(healthy, env={"FRONTDESK_PORT": port}, timeout=30).returncode == 0
            status = Path(f"/proc/{process.pid}/status").read_text()
            assert re.search(r"^NoNewPrivs:\t1$", status, re.M)
            if os.geteuid() == 0:
                assert re.search(r"^CapEff:\t0+$", status, re.M)
            process.send_signal(signal.SIGTERM)
            assert process.wait(STOP_SECONDS) == 0
        assert subprocess.run(healthy, env={"FRONTDESK_PORT": port}, timeout=30).returncode == 1
    kept = {path.name for path in data.iterdir()}
    assert kept <= {"audit.anchors"}, "a database and keys are given: what is left proves the log"


def test_nothing_may_be_written_outside_the_given_folders(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    script = f"echo 1 > {inside}/a; (echo 1 > {tmp_path}/b) 2>/dev/null; exit 0"
    command = [sys.executable, str(CONFINED), str(inside), "--", "/bin/sh", "-c", script]
    assert subprocess.run(command, timeout=30).returncode == 0
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a"]

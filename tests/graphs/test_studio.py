"""Studio: `langgraph dev` runs, interrupts and resumes a conversation over the same Postgres."""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import langgraph_sdk as sdk

from tenants.database.connection import Pool, tenant_transaction
from tenants.ids import new_id
from tests.databases import MASTER_KEY, Database
from tests.seeds import seed_tenant

ROOT = Path(__file__).parents[2]


@contextmanager
def langgraph_dev(database: Database, tenant_id: UUID, folder: Path) -> Generator[str]:
    """The address of a development server bound to one tenant; offline, its own state in `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    named = {
        "FRONTDESK_STUDIO_TENANT": str(tenant_id),
        "FRONTDESK_DATABASE_URL": database.app,
        "FRONTDESK_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        "LANGSMITH_TRACING": "false",
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    }
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload"]
    shipped = (ROOT / "langgraph.json").read_text()  # its paths are relative to where dev starts
    (folder / "langgraph.json").write_text(
        shipped.replace('"./', f'"{ROOT}/').replace('["."]', f'["{ROOT}"]')
    )
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=folder,
        env=os.environ | named,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(process, url)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)


def _wait_until_up(process: subprocess.Popen[bytes], url: str) -> None:
    ends_at = time.monotonic() + 60
    while time.monotonic() < ends_at:
        assert process.poll() is None, "langgraph dev ended early"
        try:
            with urllib.request.urlopen(f"{url}/ok", timeout=1):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError("langgraph dev did not start")


async def test_studio_runs_interrupts_and_resumes(
    pool: Pool, database: Database, tmp_path: Path
) -> None:
    seeded = await seed_tenant(pool)
    with langgraph_dev(database, seeded.tenant_id, tmp_path) as url:
        async with sdk.get_client(url=url) as client:
            await _run_interrupt_resume(client, pool, seeded.tenant_id)


async def _run_interrupt_resume(client: Any, pool: Pool, tenant_id: UUID) -> None:
    thread_id = (await client.threads.create())["thread_id"]
    asked = {"messages": [{"role": "user", "content": "Can you engrave a violin?"}]}
    stopped = dict(await client.runs.wait(thread_id, "support", input=asked))
    assert stopped["__interrupt__"][0]["value"]["reason"] == "not_in_knowledge"
    state = await client.threads.get_state(thread_id)
    assert state["next"] == ["hand_off"]
    async with tenant_transaction(pool, tenant_id) as conn:
        rows = await conn.dicts(
            "select distinct thread_id from checkpoints where tenant_id = %(tenant_id)s"
        )
    assert rows == [{"thread_id": thread_id}]
    resume = {"resume": {"handoff_id": str(new_id())}}
    await client.runs.wait(thread_id, "support", command=resume)
    state = await client.threads.get_state(thread_id)
    assert state["next"] == []

"""What tests of imports and files share: waiting for a job, and whole lists of documents."""

import time
from typing import Any

from tests.server.conftest import Program


def finished(program: Program, job_id: str, *, seconds: float = 120) -> dict[str, Any]:
    """The job once it is over."""
    deadline = time.monotonic() + seconds
    while True:
        job = program.call("GET", f"/v1/jobs/{job_id}").json()
        if job["status"] in ("succeeded", "failed", "cancelled"):
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.1)


def imported(program: Program, path: str = "imports", **sent: Any) -> dict[str, Any]:
    """The job of an import that was accepted, once it is over."""
    accepted = program.call("POST", base(program, path), **sent)
    assert accepted.status_code == 202, accepted.text
    return finished(program, accepted.json()["job_id"])


def base(program: Program, path: str) -> str:
    """The address of something of the tenant's first knowledge base."""
    return f"/v1/knowledge-bases/{program.knowledge_base_id}/{path}"


def listed(program: Program) -> list[dict[str, Any]]:
    """Every document that is there now."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        path = base(program, f"documents?limit=200{cursor}")
        page = program.call("GET", path).json()
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def found_titles(program: Program, query: str) -> list[str]:
    """The titles of the passages that a search finds, best first."""
    answer = program.call("POST", base(program, "search"), json={"query": query, "limit": 5})
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json()["data"]]

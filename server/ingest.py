"""`frontdesk ingest`: files of a folder become documents of a running server's knowledge base."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from server.api_client import ApiClient
from server.start import StartFailed

SUFFIXES = (".txt", ".md", ".json", ".jsonl")
JOB_POLL_SECONDS = 0.5


def ingest_path(path: Path, knowledge_base: str, *, url: str, key: str) -> int:
    """How many documents were refused; each is named on standard error with the reason."""
    if not path.exists():
        raise StartFailed(f"there is no {path}")
    documents, refused = read_documents(path)
    for why in refused:
        typer.echo(why, err=True)
    if not documents and not refused:
        raise StartFailed(f"{path} holds no {', '.join(SUFFIXES)} file")
    client = ApiClient(url, key)
    try:
        target = knowledge_base or _first_knowledge_base(client)
        failed = len(refused)
        with typer.progressbar(documents, label=f"{len(documents)} documents") as shown:
            for document in shown:
                try:
                    _store(client, target, document)
                except StartFailed as error:
                    failed += 1
                    typer.echo(f"\n{document['external_id']}: {error}", err=True)
    finally:
        client.close()
    typer.echo(f"{len(documents) + len(refused) - failed} stored, {failed} refused")
    return failed


def read_documents(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The documents that a file or the files of a folder make, and what could not be read."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    documents: list[dict[str, Any]] = []
    refused: list[str] = []
    for file in files:
        if file.suffix.lower() not in SUFFIXES:
            if file == path:
                refused.append(f"{file}: only {', '.join(SUFFIXES)} can be read so far")
            continue
        name = file.name if file == path else file.relative_to(path).as_posix()
        try:
            documents += _documents_of(file, name)
        except (ValueError, RecursionError) as error:
            refused.append(f"{file}: {error}")
    return documents, refused


def _documents_of(file: Path, name: str) -> Iterator[dict[str, Any]]:
    text = file.read_text(encoding="utf-8-sig")
    title = file.stem.replace("_", " ").replace("-", " ").strip() or name
    if file.suffix.lower() == ".json":
        yield {"title": title, "data": json.loads(text), "external_id": name}
    elif file.suffix.lower() == ".jsonl":
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield _row(json.loads(line), f"{name}:{number}", f"{title} {number}")
    elif text.strip():
        yield {"title": title, "text": text, "external_id": name}


def _row(row: Any, place: str, title: str) -> dict[str, Any]:
    """A line with `question` and `answer` is such a pair, with `text` a text, else any JSON."""
    if isinstance(row, dict):
        known = {"question", "answer", "text", "title", "external_id"}
        if set(row) <= known and ({"question", "answer"} <= set(row) or "text" in row):
            return {"title": title, "external_id": place, **row}
    return {"title": title, "data": row, "external_id": place}


def _first_knowledge_base(client: ApiClient) -> str:
    listed = client.call("GET", "/v1/assistants?limit=1")["data"]
    if not listed or not listed[0]["knowledge_base_ids"]:
        raise StartFailed("the tenant has no assistant that reads one: give --knowledge-base ID")
    return listed[0]["knowledge_base_ids"][0]


def _store(client: ApiClient, knowledge_base: str, document: dict[str, Any]) -> None:
    stored = client.call("POST", f"/v1/knowledge-bases/{knowledge_base}/documents", document)
    while "job_id" in stored and stored.get("status") not in ("succeeded", "failed", "cancelled"):
        time.sleep(JOB_POLL_SECONDS)
        stored = client.call("GET", f"/v1/jobs/{stored['job_id']}")
    if stored.get("status") in ("failed", "cancelled"):
        errors = stored.get("errors") or [{"detail": "the job failed"}]
        raise StartFailed(errors[0].get("detail", "the job failed"))

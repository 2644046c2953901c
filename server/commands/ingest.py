"""`frontdesk ingest`: a file or a folder becomes documents of a running server's knowledge base.

A file's path in the folder is its document's `external_id` and its hash stands in the document's
source, so a repeat sends only what changed: after a crash the same command goes on where it was.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from server.commands.api_client import ApiClient
from server.commands.folder import SUFFIXES, FolderFile, batches, scan
from server.commands.progress_line import ProgressLine
from server.start import StartFailed

BATCH_FILES = 20
BATCH_BYTES = 8_000_000
SHOWN = 20  # names in a preview
_OVER = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What the command line says beside the path."""

    knowledge_base: str = ""
    source: str = ""
    sync: bool = False
    stage: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class _Plan:
    """What is to be done, and what was."""

    new: list[FolderFile] = field(default_factory=list[FolderFile])
    changed: list[FolderFile] = field(default_factory=list[FolderFile])
    unchanged: list[FolderFile] = field(default_factory=list[FolderFile])
    vanished: list[str] = field(default_factory=list[str])
    refused: int = 0
    stored: int = 0
    passages: int = 0

    @property
    def to_send(self) -> list[FolderFile]:
        return self.new + self.changed


def ingest_path(path: Path, options: IngestOptions, *, url: str, key: str) -> int:
    """How many files were refused; each is named on standard error with the reason."""
    if not path.exists():
        raise StartFailed(f"there is no {path}")
    if options.sync and not path.is_dir():
        raise StartFailed("--sync keeps a folder in step; give it a folder")
    client = ApiClient(url, key)
    try:
        base = f"/v1/knowledge-bases/{options.knowledge_base or _first(client)}"
        if path.suffix.lower() == ".zip":
            return _import_archive(client, base, path, options)
        there = scan(path)
        files = there.files
        for why in (*there.left, *there.unread):
            typer.echo(why, err=True)
        if not files and not options.sync:
            raise StartFailed(f"{path} holds no {', '.join(SUFFIXES)} file")
        source = _source(path, options)
        plan = _planned(client, base, files, source if options.sync else "")
        if there.unread:  # it is there, so nothing is known to have vanished
            plan.refused += len(there.unread)
            plan.vanished = []
            if options.sync:
                typer.echo("not everything can be read, so nothing is deleted", err=True)
        if options.dry_run:
            _preview(plan)
            return 0
        _send(client, base, plan, options, source)
        if options.sync and not plan.refused:
            _drop_vanished(client, base, plan, files, options, source)
    finally:
        client.close()
    _summary(plan, options)
    return plan.refused


def _source(path: Path, options: IngestOptions) -> str:
    """The name under which the folder is kept in step."""
    if options.source or not options.sync:
        return options.source
    return path.resolve().name[:200] or "folder"


def _first(client: ApiClient) -> str:
    listed = client.call("GET", "/v1/assistants?limit=1")["data"]
    if not listed or not listed[0]["knowledge_base_ids"]:
        raise StartFailed("the tenant has no assistant that reads one: give --knowledge-base ID")
    return listed[0]["knowledge_base_ids"][0]


def _planned(client: ApiClient, base: str, files: list[FolderFile], source: str) -> _Plan:
    """What differs between the files and the documents that are there."""
    there = {one["external_id"]: one for one in _documents(client, base) if one["external_id"]}
    plan = _Plan()
    for file in files:
        known = there.get(file.name)
        if known is None:
            plan.new.append(file)
        elif known["source"].get("sha256") == file.sha256:
            plan.unchanged.append(file)
        else:
            plan.changed.append(file)
    if source:
        named = {file.name for file in files}
        plan.vanished = sorted(
            name
            for name, one in there.items()
            if name not in named and one["source"].get("folder") == source
        )
    return plan


def _documents(client: ApiClient, base: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = client.call("GET", f"{base}/documents?limit=200{cursor}")
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def _preview(plan: _Plan) -> None:
    vanished = [FolderFile(Path(), name, 0, "") for name in plan.vanished]
    for word, files in (("new", plan.new), ("changed", plan.changed), ("deleted", vanished)):
        for file in files[:SHOWN]:
            typer.echo(f"{word:9} {file.name}")
        if len(files) > SHOWN:
            typer.echo(f"{word:9} and {len(files) - SHOWN} more")
    typer.echo(
        f"{len(plan.new)} new, {len(plan.changed)} changed, {len(plan.vanished)} deleted, "
        f"{len(plan.unchanged)} unchanged; nothing was sent"
    )


def _send(client: ApiClient, base: str, plan: _Plan, options: IngestOptions, source: str) -> None:
    empty = [file for file in plan.to_send if not file.n_bytes]
    files = [file for file in plan.to_send if file.n_bytes]
    plan.refused += len(empty)
    done = 0
    with ProgressLine(len(files), "files") as line:
        for file in empty:  # the server refuses every file of a form that holds one
            line.tell(f"{file.name}: the file is empty")
        for batch in batches(files, most_files=BATCH_FILES, most_bytes=BATCH_BYTES):
            try:
                _send_batch(client, base, batch, plan, line, done, options, source)
            except StartFailed as error:
                plan.refused += len(batch)
                for file in batch:
                    line.tell(f"{file.name}: {error}")
            done += len(batch)
            line.move(done)


def _send_batch(
    client: ApiClient,
    base: str,
    batch: list[FolderFile],
    plan: _Plan,
    line: ProgressLine,
    done: int,
    options: IngestOptions,
    source: str,
) -> None:
    fields = {"by_name": "true"} | ({"source": source} if source else {})
    if options.stage:
        fields["stage"] = "true"
    line.move(done, "sending")
    sent = [(file.name, file.path.read_bytes()) for file in batch]
    answer = client.upload(f"{base}/documents", sent, fields)
    if "job_id" not in answer:
        plan.stored += 1
        plan.passages += answer["passages"]
        return
    job = _follow(client, answer["job_id"], line, done)
    for error in job["errors"]:
        line.tell(f"{error['where']}: {error['detail']}".removeprefix(": "))
    result = job["result"]
    plan.stored += result.get("documents", 0)
    plan.passages += result.get("passages", 0)
    if job["status"] == "succeeded":
        plan.refused += result.get("refused", 0)
    else:
        plan.refused += len(batch) - result.get("documents", 0)
        if not job["errors"]:
            line.tell(f"{batch[0].name} and {len(batch) - 1} more: the job was {job['status']}")


def _follow(client: ApiClient, job_id: str, line: ProgressLine, done: int) -> dict[str, Any]:
    """The job once it is over, its progress shown as it comes."""
    while True:
        for kind, job in client.events("GET", f"/v1/jobs/{job_id}"):
            if kind != "job":
                continue
            phase = job["phase"] or job["status"]
            line.move(done, f"{phase} {job['done']}/{job['total']}" if job["total"] else phase)
            if job["status"] in _OVER:
                return job


def _drop_vanished(
    client: ApiClient,
    base: str,
    plan: _Plan,
    files: list[FolderFile],
    options: IngestOptions,
    source: str,
) -> None:
    """Let the server delete what the folder lacks, as one version; edited entries stay."""
    if not plan.vanished:
        return
    body = {
        "documents": [],
        "source": source,
        "delete_missing": True,
        "unchanged": [file.name for file in files],
        "stage": options.stage,
    }
    started = client.call("POST", f"{base}/imports", body)
    with ProgressLine(len(plan.vanished), "deletions") as line:
        job = _follow(client, started["job_id"], line, 0)
        line.move(job["result"].get("deleted", 0))
    if job["status"] != "succeeded":
        plan.refused += 1
        typer.echo(f"the deletion {job['status']}: {json.dumps(job['errors'])}", err=True)


def _import_archive(client: ApiClient, base: str, path: Path, options: IngestOptions) -> int:
    """Import a ZIP export; how many entries were refused."""
    sent = [(path.name, path.read_bytes())]
    if options.dry_run:
        shown = client.upload(f"{base}/imports/preview", sent, {})
        typer.echo(json.dumps(shown["counts"]))
        for problem in shown["problems"]:
            typer.echo(f"{problem['where']}: {problem['detail']}", err=True)
        return 0
    fields = {"stage": "true"} if options.stage else {}
    if options.source:
        fields["source"] = options.source
    started = client.upload(f"{base}/imports", sent, fields)
    with ProgressLine(1, "files") as line:
        job = _follow(client, started["job_id"], line, 0)
        for error in job["errors"]:
            line.tell(f"{error['where']}: {error['detail']}")
        line.move(1)
    refused = job["result"].get("refused", 0)
    typer.echo(f"{job['result'].get('documents', 0)} stored, {refused} refused")
    return refused or int(job["status"] != "succeeded")


def _summary(plan: _Plan, options: IngestOptions) -> None:
    told = [
        f"{plan.stored} stored ({plan.passages} passage{'' if plan.passages == 1 else 's'})",
        f"{len(plan.unchanged)} unchanged",
        f"{plan.refused} refused",
    ]
    if options.sync:
        told.insert(2, f"{len(plan.vanished)} deleted")
    typer.echo(", ".join(told) + (", staged" if options.stage else ""))


def export_base(
    target: Path, knowledge_base: str, version: int | None, *, url: str, key: str
) -> None:
    """Write a knowledge base's export to a file."""
    client = ApiClient(url, key)
    try:
        base = f"/v1/knowledge-bases/{knowledge_base or _first(client)}"
        query = f"?version={version}" if version is not None else ""
        size = client.download(f"{base}/export{query}", target)
    finally:
        client.close()
    typer.echo(f"{target}: {size} bytes")

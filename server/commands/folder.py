"""The files of a folder that can become documents, with what tells whether they changed."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (
    ".pdf .docx .html .htm .md .markdown .txt .text .csv .tsv .xlsx .json .jsonl .ndjson".split()
)


@dataclass(frozen=True, slots=True)
class FolderFile:
    """One file; `name` is its path within the folder, with slashes, and its `external_id`."""

    path: Path
    name: str
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """The files that can be read, by name; who was left out, and what could not be read, with why."""

    files: list[FolderFile]
    left: list[str]
    unread: list[str]


def scan(path: Path) -> Scanned:
    """What there is at a path: a file, or everything in a folder and those below."""
    found: list[FolderFile] = []
    left: list[str] = []
    unread: list[str] = []

    def failed(error: OSError) -> None:
        where = Path(str(error.filename))
        name = where.relative_to(path).as_posix() if where.is_relative_to(path) else str(where)
        unread.append(f"{name}: {error.strerror}")

    for file in [path] if path.is_file() else _walk(path, failed):
        name = file.name if file == path else file.relative_to(path).as_posix()
        if file.suffix.lower() not in SUFFIXES:
            left.append(f"{name}: files of this kind are not read")
            continue
        try:
            found.append(_described(file, name))
        except OSError as error:
            unread.append(f"{name}: {error.strerror}")
    return Scanned(sorted(found, key=lambda file: file.name), sorted(left), sorted(unread))


def _walk(folder: Path, failed: Callable[[OSError], None]) -> Iterator[Path]:
    """Files in all folders below; hidden ones and links are left out."""
    for root, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(root, name)
            if not name.startswith(".") and file.is_file() and not file.is_symlink():
                yield file


def _described(file: Path, name: str) -> FolderFile:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return FolderFile(file, name, file.stat().st_size, digest)


def batches(
    files: list[FolderFile], *, most_files: int, most_bytes: int
) -> Iterator[list[FolderFile]]:
    """The files in groups, each small enough for one request (a large file alone)."""
    group: list[FolderFile] = []
    size = 0
    for file in files:
        if group and (len(group) >= most_files or size + file.n_bytes > most_bytes):
            yield group
            group, size = [], 0
        group.append(file)
        size += file.n_bytes
    if group:
        yield group

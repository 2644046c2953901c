"""`frontdesk ingest` and `export` against a running server."""

import ctypes
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from server.commands.folder import batches, scan
from server.commands.ingest import IngestOptions, export_base, ingest_path
from server.start import StartFailed
from tests.server.conftest import Desk, Program
from tests.server.imported import found_titles, listed

FRONTDESK = str(Path(sys.executable).with_name("frontdesk"))


@dataclass
class Command:
    """The commands' own functions, with what they print."""

    capsys: pytest.CaptureFixture[str]

    def ingest(self, shop: Program, path: Path, *, refused: int = 0, **options: Any) -> str:
        """What `frontdesk ingest` prints, the told side after it."""
        failed = ingest_path(path, IngestOptions(**options), url=shop.url, key=shop.api_key)
        out, told = self.capsys.readouterr()
        assert failed == refused, out + told
        return out + told


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of several formats, with a file that cannot be read and one that is left out."""
    made = tmp_path / "manuals"
    (made / "sub").mkdir(parents=True)
    (made / "opening-hours.md").write_text("# Open\n\nFrom ten to six, every day but Monday.\n")
    (made / "menu.json").write_text('{"soup": {"price": 4}}')
    (made / "sub/faq.csv").write_text("question,answer\nIs there wifi?,Yes in every room.\n")
    (made / "sub/page.html").write_text("<h1>Parking</h1><p>Behind the house, ten places.</p>")
    (made / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    (made / "photo.jpg").write_bytes(b"\xff\xd8")
    (made / ".hidden.md").write_text("secret")
    return made


def test_an_empty_file_is_refused_alone_and_takes_nothing_away(
    desk: Desk, folder: Path, command: Command
) -> None:
    shop = desk.tenant()
    (folder / "broken.pdf").unlink()
    (folder / "later.txt").touch()
    told = command.ingest(shop, folder, refused=1, sync=True)
    assert "later.txt: the file is empty" in told and "4 stored" in told
    (folder / "menu.json").write_text("")  # a write that was cut off
    assert "menu.json: the file is empty" in command.ingest(shop, folder, refused=2, sync=True)
    assert "menu.json" in {one["external_id"] for one in listed(shop)}


def test_a_folder_is_ingested_and_a_repeat_sends_nothing(
    desk: Desk, folder: Path, command: Command
) -> None:
    shop = desk.tenant()
    told = command.ingest(shop, folder, refused=1)
    assert "4 stored" in told and "1 refused" in told
    assert "broken.pdf: " in told and "photo.jpg: " in told and "5/5 files" in told
    names = {one["external_id"] for one in listed(shop)}
    assert names == {"opening-hours.md", "menu.json", "sub/faq.csv", "sub/page.html"}
    assert found_titles(shop, "Is there wifi?")
    (folder / "broken.pdf").unlink()
    told = command.ingest(shop, folder)
    assert "0 stored" in told and "4 unchanged" in told
    (folder / "menu.json").write_text('{"soup": {"price": 5}}')
    told = command.ingest(shop, folder)
    assert "1 stored" in told and "3 unchanged" in told
    assert len(listed(shop)) == 4


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    desk: Desk, folder: Path, command: Command
) -> None:
    shop = desk.tenant()
    told = command.ingest(shop, folder, dry_run=True)
    assert "new       sub/faq.csv" in told and "nothing was sent" in told
    assert listed(shop) == []


def test_what_vanished_from_a_folder_in_sync_is_deleted(
    desk: Desk, folder: Path, command: Command
) -> None:
    shop = desk.tenant()
    shop.teach("Do you ship to Norway?", "Yes, in five days.")
    (folder / "broken.pdf").unlink()
    command.ingest(shop, folder, sync=True)
    (folder / "sub/faq.csv").unlink()
    assert "deleted   sub/faq.csv" in command.ingest(shop, folder, sync=True, dry_run=True)
    told = command.ingest(shop, folder, sync=True)
    assert "1 deleted" in told and "3 unchanged" in told
    names = {one["external_id"] for one in listed(shop)}
    assert names == {None, "opening-hours.md", "menu.json", "sub/page.html"}


def test_what_cannot_be_read_is_named_and_nothing_is_deleted_for_it(
    desk: Desk, command: Command
) -> None:
    shop = desk.tenant()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "shut").mkdir()
        for name in ("a.md", "b.md", "shut/c.md"):
            (folder / name).write_text(f"# Entry {name}\n\nIt says {name}.\n")
        folder.chmod(0o755)
        command.ingest(shop, folder, sync=True)
        before = {one["external_id"] for one in listed(shop)}
        (folder / "a.md").unlink()
        (folder / "b.md").chmod(0)
        (folder / "shut").chmod(0)
        with without_roots_rights():
            told = command.ingest(shop, folder, sync=True, refused=2)
            said = scan(folder)
    assert [why.partition(":")[0] for why in said.unread] == ["b.md", "shut"]
    assert "0 deleted" in told and "nothing is deleted" in told
    assert {one["external_id"] for one in listed(shop)} == before >= {"a.md", "b.md", "shut/c.md"}


@contextmanager
def without_roots_rights() -> Generator[None]:
    """This thread reads files as nobody in particular would, also where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None)
    libc.setfsuid(65534)
    try:
        yield
    finally:
        libc.setfsuid(0)


def test_staged_files_are_not_found_before_they_are_published(
    desk: Desk, folder: Path, command: Command
) -> None:
    shop = desk.tenant()
    (folder / "broken.pdf").unlink()
    command.ingest(shop, folder, stage=True)
    assert found_titles(shop, "Where can I park?") == []
    path = f"/v1/knowledge-bases/{shop.knowledge_base_id}/versions"
    published = shop.call("POST", path, json={})
    assert published.status_code in (200, 201), published.text
    assert found_titles(shop, "Where can I park?")


def test_an_export_is_written_and_ingested_elsewhere(
    desk: Desk, folder: Path, tmp_path: Path, command: Command
) -> None:
    shop, copy = desk.tenant(), desk.tenant("Copy")
    (folder / "broken.pdf").unlink()
    command.ingest(shop, folder)
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    export_base(first, "", None, url=shop.url, key=shop.api_key)
    assert '"entries": 4' in command.ingest(copy, first, dry_run=True)
    assert "4 stored, 0 refused" in command.ingest(copy, first)
    export_base(second, "", None, url=copy.url, key=copy.api_key)
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        assert one.read("entries.jsonl") == other.read("entries.jsonl") != b""


def test_the_command_says_what_it_did_by_its_status(desk: Desk, tmp_path: Path) -> None:
    shop = desk.tenant()
    (tmp_path / "a.md").write_text("# Parking\n\nBehind the house.\n")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    arguments = [FRONTDESK, "ingest", str(tmp_path), "--url", shop.url, "--key", shop.api_key]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 stored" in done.stdout and "broken.pdf: " in done.stderr


def test_no_path_no_server(tmp_path: Path) -> None:
    options = IngestOptions(knowledge_base="k")
    with pytest.raises(StartFailed, match="there is no"):
        ingest_path(tmp_path / "nowhere", options, url="http://127.0.0.1:9", key="k")
    with pytest.raises(StartFailed, match="holds no"):
        ingest_path(tmp_path, options, url="http://127.0.0.1:9", key="k")


def test_large_folders_go_in_batches(tmp_path: Path) -> None:
    for n in range(45):
        (tmp_path / f"{n:02}.txt").write_text("words " * n)
    there = scan(tmp_path)
    found = there.files
    assert there.left == there.unread == [] and len(found) == 45
    groups = list(batches(found, most_files=20, most_bytes=2_000))
    assert [file for group in groups for file in group] == found
    assert all(len(group) <= 20 for group in groups)
    assert all(len(g) == 1 or sum(f.n_bytes for f in g) <= 2_000 for g in groups)

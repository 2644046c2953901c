"""What a browser is given is built from the sources that are here, and stays small."""

import gzip
import json
import re
from pathlib import Path

import hatch_build
from hatch_build import BUILT, WEB

LOADER_BYTES = 5_000
FRAME_BYTES = 60_000
FIRST_VIEW_BYTES = 300_000  # of the console: its start and the largest page


def _packed(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_the_built_files_are_of_the_sources_as_they_are() -> None:
    assert hatch_build.is_current(), "web/ has changed: run make web"


def test_the_widget_is_small() -> None:
    assert _packed(BUILT / "widget.js") <= LOADER_BYTES
    frame = [path for path in (BUILT / "hashed/widget").glob("frame-*") if path.suffix != ".html"]
    assert len(frame) == 2 and _packed(*frame) <= FRAME_BYTES


def test_the_consoles_first_view_is_small_whichever_page_it_is() -> None:
    built = BUILT / "hashed/console"
    page = (built / "index.html").read_text()
    start = [path for path in built.iterdir() if path.name in page]
    others = [path for path in built.glob("*.js") if path not in start]
    assert len(start) >= 2 and len(others) >= 6, "routes are split"
    assert _packed(*start) + _packed(*others) <= FIRST_VIEW_BYTES


def test_the_lock_names_no_host_and_every_version_is_exact() -> None:
    lock = (WEB / "package-lock.json").read_text()
    assert not re.search(r'"resolved": "[a-z+]+://', lock)
    for package in (WEB, WEB / "widget", WEB / "console"):
        named = json.loads((package / "package.json").read_text())
        for version in (named.get("dependencies", {}) | named.get("devDependencies", {})).values():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), version

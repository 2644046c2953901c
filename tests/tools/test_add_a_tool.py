"""The page that says how a tool is added, followed to the letter over a copy of the house."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
PAGE = HOME / "docs" / "how-to" / "add-a-tool.md"
COPIED = ("tests/__init__.py", "tests/tools/__init__.py", "tests/tools/demo_shop.py",
          "tests/tools/test_rights.py")  # fmt: skip


def _blocks() -> list[str]:
    return re.findall(r"```(?:python|text)\n(.*?)```", PAGE.read_text(), re.DOTALL)


def _insert_before_end(path: Path, opening: str, lines: str) -> None:
    """Put lines at the end of the bracket that a line opens."""
    text = path.read_text()
    start = text.index(opening)
    end = re.compile(r"^[)}]", re.MULTILINE).search(text, start)
    assert end is not None
    path.write_text(text[: end.start()] + lines + text[end.start() :])


@pytest.mark.slow
def test_a_tool_that_is_added_as_the_page_says_works_and_is_tried(tmp_path: Path) -> None:
    shutil.copytree(HOME / "tools", tmp_path / "tools")
    for name in COPIED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOME / name, tmp_path / name)
    tool, imported, listed, case = _blocks()
    named = re.search(r"^`(tools/\w+\.py)`:$", PAGE.read_text(), re.MULTILINE)
    assert named is not None
    (tmp_path / named[1]).write_text(tool)
    catalog = tmp_path / "tools" / "catalog.py"
    catalog.write_text(catalog.read_text().replace("\nTOOLS", f"{imported}\nTOOLS", 1))
    _insert_before_end(catalog, "TOOLS:", listed)
    rights = tmp_path / "tests" / "tools" / "test_rights.py"
    _insert_before_end(rights, "CASES:", case)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    told = re.search(r"pytest (tests/\S+ -k \w+)`", PAGE.read_text())
    assert told is not None
    done = subprocess.run(
        [
            *command,
            "-c",
            str(HOME / "pyproject.toml"),
            "--rootdir",
            str(tmp_path),
            *told[1].split(),
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{HOME}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-1_000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None and int(passed[1]) == 6, done.stdout

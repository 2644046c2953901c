"""What the README promises: its story works by copy and paste."""

import re
import subprocess
from pathlib import Path

from tests.e2e.server_process import ServerProcess

README = Path(__file__).parents[2] / "README.md"


def test_the_story_works_by_copy_and_paste(tmp_path: Path):
    chapter = README.read_text(encoding="utf-8").split("## The story in ten lines")[1]
    story = re.search(r"```sh\n(.*?)```", chapter, re.DOTALL)
    assert story is not None
    lines = story[1].strip().splitlines()
    assert len(lines) == 10
    server = ServerProcess(tmp_path / "data", makes_database=True).start()
    try:
        script = story[1].replace("http://127.0.0.1:8000", server.url)
        told = subprocess.run(
            ["sh", "-eu", "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        server.stop()
    assert told.returncode == 0, told.stderr
    assert "145 pounds" in told.stdout
    assert told.stdout.splitlines()[-2:] == [
        "resolved",
        "Yes, we fire pots made elsewhere, for 12 pounds a kilo.",
    ]

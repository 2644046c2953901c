"""Every module stands in a room that says what it is for, and the architecture's page says the same."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ROW = re.compile(r"^\| `((?:graphs|server|tenants)/\w+)/` \| (.+) \|$", re.MULTILINE)
MODULES_IN_FRONT = 24  # more than these beside the rooms, and a folder wants another room
MODULES_IN_A_ROOM = 40
ONE_FILE_A_RESOURCE = {"routes"}  # a list by its nature, as long as the API


def test_the_table_of_rooms_is_what_the_rooms_say_of_themselves() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf8")
    own = {
        f"{folder}/{package.parent.name}": (
            ast.get_docstring(ast.parse(package.read_text("utf8"))) or ""
        ).partition("\n")[0]
        for folder in ("graphs", "server", "tenants")
        for package in (ROOT / folder).glob("*/__init__.py")
    }
    assert dict(_ROW.findall(page)) == own


def test_folders_stay_few_enough_to_be_read() -> None:
    for folder in ("graphs", "server", "tenants"):
        assert len(list((ROOT / folder).glob("*.py"))) <= MODULES_IN_FRONT, folder
        for room in (ROOT / folder).glob("*/__init__.py"):
            if room.parent.name not in ONE_FILE_A_RESOURCE:
                assert len(list(room.parent.glob("*.py"))) <= MODULES_IN_A_ROOM, room.parent

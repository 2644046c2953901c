"""Secrets of a data folder: made once, private, checked."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tenants.errors import Invalid
from tenants.keys.secrets import kept_secret, master_key, pepper, platform_key, replace_secret


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    first = platform_key(tmp_path), master_key(tmp_path)
    assert (platform_key(tmp_path), master_key(tmp_path)) == first
    assert len(first[1]) == 32
    for name in ("platform.key", "master.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_given_key_counts_and_leaves_no_file(tmp_path: Path) -> None:
    given = base64.b64encode(b"k" * 32).decode()
    assert master_key(tmp_path, given) == b"k" * 32
    assert platform_key(tmp_path, "mine") == "mine"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["short", "not base64!", base64.b64encode(b"k" * 31).decode()])
def test_a_master_key_of_the_wrong_form_is_named(tmp_path: Path, given: str) -> None:
    with pytest.raises(Invalid, match="FRONTDESK_MASTER_KEY"):
        master_key(tmp_path, given)


def test_of_many_makers_at_once_one_wins(tmp_path: Path) -> None:
    made = iter(range(100))
    with ThreadPoolExecutor(8) as several:
        got = list(
            several.map(lambda _: kept_secret(tmp_path / "s", lambda: str(next(made))), range(32))
        )
    assert len(set(got)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_replacing_keeps_the_file_private(tmp_path: Path) -> None:
    replace_secret(tmp_path / "s", "one")
    replace_secret(tmp_path / "s", "two")
    assert (tmp_path / "s").read_text() == "two\n"
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o600


def test_keys_of_different_purposes_differ() -> None:
    assert pepper(b"a" * 32) != pepper(b"b" * 32)

"""No store of a process is forgotten where it is written down what keeps tenants apart in it."""

import re

import pytest

from tests.architecture.remembered import ROOT, remembered, stores

PAGE = ROOT / "docs" / "isolation.md"


def _listed() -> list[str]:
    text = PAGE.read_text(encoding="utf-8").partition("## What a process remembers")[2]
    return re.findall(r"^- `([\w.]+)`$", text, re.MULTILINE)


def test_every_store_of_a_process_is_listed_with_what_keeps_tenants_apart() -> None:
    found, listed = remembered(), _listed()
    assert found - set(listed) == set(), (
        "say in docs/isolation.md what keeps tenants apart in these"
    )
    assert len(listed) == len(set(listed)), "one line each"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("@lru_cache\ndef f(): ...", {"f"}),
        ("@functools.cache\nasync def f(): ...", {"f"}),
        ("_KEPT: dict[str, int] = {}", {"_KEPT"}),
        ("_SEEN = weakref.WeakKeyDictionary()", {"_SEEN"}),
        ("class A:\n def __init__(self):\n  self._kept: X = OrderedDict[str, int]()", {"A._kept"}),
        ("class A:\n def run(self):\n  self._kept = {}", set[str]()),
        ("TABLE = {'a': 1}\nNAMES = frozenset(TABLE)", set[str]()),
    ],
)
def test_stores_are_told_from_constants(source: str, names: set[str]) -> None:
    assert set(stores(source)) == names

"""Logs at DEBUG are ours alone: libraries would write down what crosses the wire."""

import subprocess
import sys

import pytest

from server.serve import _uvicorn_level

SAYS = """
import logging
import structlog
from server.watching.logs import configure_logs
configure_logs("DEBUG")
structlog.get_logger().debug("ours", turn_id="t-1")
for name in ("websockets.server", "httpx2", "httpcore2.http11", "urllib3", "openai", "langsmith"):
    logging.getLogger(name).debug("Authorization: Bearer fd_x")
    logging.getLogger(name).info("GET https://shop.example/orders?q=Ada")
logging.getLogger("httpx2").warning("away")
"""


def test_libraries_are_heard_from_warnings_on_whatever_the_level() -> None:
    said = subprocess.run(
        [sys.executable, "-c", SAYS], capture_output=True, text=True, check=True, timeout=120
    ).stderr
    assert '"ours"' in said and "t-1" in said and "away" in said
    assert "fd_x" not in said and "Ada" not in said


@pytest.mark.parametrize(
    ("asked", "level"), [("DEBUG", "warning"), ("info", "warning"), ("ERROR", "error")]
)
def test_the_web_server_says_nothing_below_warnings(asked: str, level: str) -> None:
    assert _uvicorn_level(asked) == level

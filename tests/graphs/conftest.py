"""One event loop for the folder: HTTP clients of providers outlive the test that made them."""

from collections.abc import AsyncIterator

import pytest


@pytest.fixture(scope="session", autouse=True)
async def one_loop(anyio_backend: str) -> AsyncIterator[None]:
    """Keep the session's loop open between tests that need no database."""
    yield  # noqa: PT022 - what it holds open is the loop

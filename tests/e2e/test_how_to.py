"""The guides' commands work, one after the other, as they stand there."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.browsing import PageTenant
from tests.e2e.server_process import ServerProcess

GUIDES = Path(__file__).parents[2] / "docs" / "how-to"


@pytest.mark.parametrize("guide", ["tenant", "integrate", "deploy"])
def test_a_guides_commands_run_as_they_stand(
    page_server: ServerProcess, page_tenant: PageTenant, guide: str
) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (GUIDES / f"{guide}.md").read_text(), re.DOTALL)
    assert len(blocks) >= 3
    environment = os.environ | {
        "DESK": page_tenant.url,
        "KEY": page_tenant.key,
        "ASSISTANT": page_tenant.assistant_id,
        "PLATFORM_KEY": page_server.platform_key,
    }
    told = subprocess.run(
        ["sh", "-eux", "-c", "\n".join(blocks)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stderr

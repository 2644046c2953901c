"""`frontdesk serve` with the echo graph instead of the product's; everything around it is the same.

`python benchmarks/echo_server.py serve --port 0 --data FOLDER`, as `desk.Server` starts a server.
"""

import argparse
import sys
from pathlib import Path

from echo_graph import machine

from server import start
from server.processes import run_processes
from server.serve import run_server
from settings import Settings

ONE_PROCESS = Path(__file__).with_name("echo_process.py")


def main() -> int:
    """Prepare the database and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("serve")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", type=Path, required=True)
    asked = parser.parse_args()
    settings = Settings(port=asked.port, data=asked.data)
    with start.database(settings) as prepared:
        start.prepare(settings, prepared, demo=settings.demo)
        if settings.processes > 1:
            return run_processes(settings, prepared, command=(sys.executable, str(ONE_PROCESS)))
        return run_server(
            settings,
            database_url=prepared.app_url,
            platform_key=prepared.platform_key,
            master_key=prepared.master_key,
            owner_url=prepared.owner_url,
            build=machine,
        )


if __name__ == "__main__":
    sys.exit(main())

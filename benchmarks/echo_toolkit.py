"""agent-service-toolkit with the echo graph in its registry: `python echo_toolkit.py CHECKOUT/src`.

What its `run_service.py` does, unchanged, after one agent more is registered.
"""

import runpy
import sys
from importlib import import_module
from pathlib import Path

from echo_elsewhere import graph


def main(source: Path) -> None:
    """Serve; settings are the toolkit's own, from the environment."""
    sys.path.insert(0, str(source))
    registry = import_module("agents.agents")
    registry.agents["echo"] = registry.Agent(description="The echo graph.", graph_like=graph)
    runpy.run_path(str(source / "run_service.py"), run_name="__main__")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

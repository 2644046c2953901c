"""Exit status 0 where the server of this container says that it is ready: its health check."""

import os
import sys
from urllib.error import URLError
from urllib.request import urlopen

TIMEOUT_SECONDS = 2


def main() -> int:
    """Ask `/readyz` on the loopback address."""
    port = os.environ.get("FRONTDESK_PORT", "8000")
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=TIMEOUT_SECONDS) as answer:
            return 0 if answer.status == 200 else 1
    except (URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main())

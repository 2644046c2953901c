"""One line on the terminal that says how far a long run is."""

import sys
import time
from dataclasses import dataclass

_SECONDS_BETWEEN = 0.2


@dataclass
class Progress:
    """Writes over its own line where the output is a terminal; silent elsewhere."""

    _shown_at: float = 0.0
    _width: int = 0

    def show(self, what: str, done: int, total: int) -> None:
        """Say that `done` of `total` are done; called as often as one likes."""
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self._shown_at < _SECONDS_BETWEEN:
            return
        self._shown_at = now
        self._write(f"{what} {done:,}/{total:,}")

    def clear(self) -> None:
        """Leave an empty line for what is printed next."""
        if self._width:
            self._write("")
            sys.stderr.write("\r")

    def _write(self, line: str) -> None:
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)

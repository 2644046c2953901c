"""How far a command is, in one line that is drawn over itself; plain lines where nobody watches."""

import sys
import time
from types import TracebackType

import typer

WIDTH = 28
DRAW_SECONDS = 0.1
TELL_SECONDS = 5.0  # between two plain lines


class ProgressLine:
    """`[########--------] 12/40 files · embedding 120/900`; messages stand above it."""

    def __init__(self, total: int, unit: str) -> None:
        self._total = total
        self._unit = unit
        self._done = 0
        self._inner = ""
        self._live = sys.stderr.isatty()
        self._drawn_at = 0.0

    def __enter__(self) -> "ProgressLine":
        self._draw(force=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._inner = ""
        self._draw(force=True)
        if self._live:
            typer.echo("", err=True)

    def move(self, done: int, inner: str = "") -> None:
        """So many are done; `inner` says what goes on in the present one."""
        changed = done != self._done
        self._done, self._inner = done, inner
        self._draw(force=changed and self._live)

    def tell(self, message: str) -> None:
        """A line of its own, such as a document's error."""
        if self._live:
            typer.echo("\r\x1b[K", nl=False, err=True)
        typer.echo(message, err=True)
        self._draw(force=True)

    def _draw(self, *, force: bool) -> None:
        now = time.monotonic()
        pause = DRAW_SECONDS if self._live else TELL_SECONDS
        if not force and now - self._drawn_at < pause:
            return
        self._drawn_at = now
        share = self._done / self._total if self._total else 1.0
        bar = "#" * round(share * WIDTH)
        more = f" · {self._inner}" if self._inner else ""
        line = f"[{bar:-<{WIDTH}}] {self._done}/{self._total} {self._unit}{more}"
        typer.echo(f"\r\x1b[K{line}" if self._live else line, nl=not self._live, err=True)

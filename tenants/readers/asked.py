"""The file that a reader is to read."""

import re
from dataclasses import dataclass

from tenants.readers.limits import ParseLimits

_SPACES = re.compile(r"[\s_]+")


@dataclass(slots=True)
class Asked:
    """A file's bytes with what its sender says about it; `format` is set when it is known."""

    content: bytes
    name: str
    media_type: str | None
    limits: ParseLimits
    format: str = ""

    @property
    def ending(self) -> str:
        """The ending of the file's name or of the path of its URL, in lower case."""
        last = self._last_name()
        return last.rpartition(".")[2].lower() if "." in last else ""

    @property
    def stem(self) -> str:
        """The file's name as a title: without folders, ending and underscores."""
        last = self._last_name()
        stem = last.rpartition(".")[0] or last
        return _SPACES.sub(" ", stem).strip()[:200] or "Untitled"

    def _last_name(self) -> str:
        path = self.name
        if "://" in path:
            path = path.partition("?")[0].partition("#")[0].rstrip("/")
        return path.replace("\\", "/").rpartition("/")[2]

"""Two tenants' canary words, and everything that a server has let out, looked through for them."""

import itertools
import re
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

# Each tenant's words begin with its mark, whatever comes after: a part of a word is found, too.
MARKS = {"amber": "zqamberq", "cobalt": "zqcobaltq"}
_ANY = re.compile(rb"zq(?:amber|cobalt)q[a-z0-9]*", re.IGNORECASE)
CONTEXT_BYTES = 120
PATIENCE_SECONDS = 300  # a machine may be busy


@dataclass
class Watcher:
    """Counts what was looked at, and keeps what was seen where it must not be."""

    leaks: list[str] = field(default_factory=list[str])
    bytes_seen: Counter[str] = field(default_factory=Counter[str])
    words_seen: Counter[str] = field(default_factory=Counter[str])
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def word(self, tenant: str, kind: str) -> str:
        """A fresh canary of a tenant."""
        return f"{MARKS[tenant]}{kind}{next(self._numbers)}"

    def sent_to(self, tenant: str, where: str, data: bytes) -> None:
        """Bytes that a tenant's callers got: its own words may stand there, no one else's."""
        own = MARKS[tenant].encode()
        found = _ANY.findall(data)
        with self._lock:
            self.bytes_seen[where.partition(" ")[0]] += len(data)
            self.words_seen[tenant] += len(found)
        for word in found:
            if not word.lower().startswith(own):
                self._leak(f"{where}: {tenant} sees {word!r}", data, word)

    def told_to_nobody(self, where: str, data: bytes, secrets: Iterable[str] = ()) -> None:
        """Bytes of logs, traces and figures: nobody's words stand there, and no secret."""
        with self._lock:
            self.bytes_seen[where] += len(data)
        for word in set(_ANY.findall(data)):
            self._leak(f"{where}: {word!r}", data, word)
        for secret in secrets:
            if secret.encode() in data:
                self._leak(f"{where}: a secret", data, secret.encode())

    def fail(self, what: str) -> None:
        """Something else that must not be."""
        with self._lock:
            self.leaks.append(what)

    def _leak(self, what: str, data: bytes, word: bytes) -> None:
        at = data.find(word)
        around = data[max(0, at - CONTEXT_BYTES) : at + CONTEXT_BYTES]
        self.fail(f"{what}\n    …{around!r}…")

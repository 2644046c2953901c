"""What the child gives up before it looks at the file, for good.

Everywhere: memory, computing, file writing, core dumps. On Linux also, where the kernel offers it
to a plain user: reading any file but Python's own (Landlock), and network, other programs, other
processes and signals (seccomp). The child has no environment and its parent's death ends it.
"""

import ctypes
import mimetypes
import os
import resource
import signal
import sys
from pathlib import Path

from tenants.readers import landlock, seccomp
from tenants.readers.limits import ParseLimits

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION = 0x20080522
_OWN_CODE = Path(__file__).resolve().parents[1]
_SYSTEM_FILES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache")  # fmt: skip


def enter(limits: ParseLimits) -> list[str]:
    """Bound this process; the names of the guards that hold, beside the limits."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    os.nice(5)  # whoever chats is served first
    _limit(resource.RLIMIT_AS, _mapped_bytes() + limits.memory_bytes)
    return _linux() if sys.platform == "linux" else []


def _linux() -> list[str]:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    _drop_capabilities(libc)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return []
    readable = [_OWN_CODE, sys.prefix, sys.base_prefix, *_SYSTEM_FILES, *mimetypes.knownfiles]
    held: list[str] = []
    if landlock.restrict(libc, map(Path, readable)):
        held.append("landlock")
    if seccomp.restrict(libc):
        held.append("seccomp")
    return held


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Root without its powers: what it owns is all that is left."""
    number = _SYS_CAPSET.get(os.uname().machine)
    if number is not None:
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
        libc.syscall(number, header, (ctypes.c_uint32 * 6)())


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


def _mapped_bytes() -> int:
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 256_000_000

"""Run a command that may write below the given folders alone: `python confined.py FOLDER… -- COMMAND…`.

What a container's read-only root and dropped capabilities are, as far as the kernel gives that to an
ordinary process: Landlock for the writes, `no_new_privs`, and no capability at all where we are root.
Exit status 3 where the kernel has no Landlock.
"""

import ctypes
import os
import struct
import sys
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH, _NO_NEW_PRIVS = 1, 1, 38
_CAPABILITY_BOUND_DROP, _LAST_CAPABILITY, _CAPSET = 24, 40, 126
_WRITES = 0b1111111111_0010  # writing a file, and making, removing or linking anything
_TRUNCATE = 1 << 14


def confine(writable: list[Path]) -> bool:
    """Whether the kernel took it."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, 0, _VERSION_FLAG)
    if version < 1:
        return False
    handled = _WRITES & ~(0 if version >= 2 else 1 << 13) | (_TRUNCATE if version >= 3 else 0)
    rules = libc.syscall(_CREATE, struct.pack("Q", handled), ctypes.c_size_t(8), 0)
    for folder in (*writable, Path("/dev")):
        opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", handled, opened)
        if libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0):
            raise OSError(ctypes.get_errno(), f"no rule for {folder}")
        os.close(opened)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.geteuid() == 0:
        _drop_capabilities(libc)
    return libc.syscall(_RESTRICT, rules, 0) == 0


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    for capability in range(_LAST_CAPABILITY + 1):
        libc.prctl(_CAPABILITY_BOUND_DROP, capability, 0, 0, 0)
    header, none = struct.pack("Ii", 0x20080522, 0), struct.pack("6I", *([0] * 6))
    if libc.capset(header, none):
        raise OSError(ctypes.get_errno(), "the capabilities stay")


def main() -> None:
    """Confine this process and become the command."""
    at = sys.argv.index("--")
    if not confine([Path(folder) for folder in sys.argv[1:at]]):
        sys.exit(3)
    os.execv(sys.argv[at + 1], sys.argv[at + 1 :])


if __name__ == "__main__":
    main()

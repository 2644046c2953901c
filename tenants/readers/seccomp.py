"""Seccomp: no network, no other program or process, no signals, no way back to higher limits.

Source: the kernel's `Documentation/userspace-api/seccomp_filter.rst`; system call numbers of
x86-64 and of the generic table that arm64 uses.
"""

import ctypes
import os
import struct

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_LOAD, _EQUAL, _GREATER_EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FLAGS_AT, _NEW_LIMIT_AT = 0, 4, 16, 32
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# name → number on x86-64, on arm64
_REFUSED = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242), "sendto": (44, 206),
    "sendmsg": (46, 211), "sendmmsg": (307, 269), "execve": (59, 221), "execveat": (322, 281),
    "fork": (57, None), "vfork": (58, None), "kill": (62, 129), "tkill": (200, 130),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "setrlimit": (160, 164), "io_uring_setup": (425, 425), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "add_key": (248, 217),
    "request_key": (249, 218), "keyctl": (250, 219), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "mq_open": (240, 180),
    "open_by_handle_at": (304, 265), "init_module": (175, 105), "finit_module": (313, 273),
}  # fmt: skip
_CLONE, _CLONE3, _PRLIMIT = (56, 220), (435, 435), (302, 261)


def restrict(libc: ctypes.CDLL) -> bool:
    """Whether the kernel took the filter; `no_new_privs` must be set before."""
    machine = os.uname().machine
    if machine not in _ARCHITECTURES:
        return False
    program = _program(machine)
    held = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: how many instructions, padding, where they are
    fprog = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    return libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, fprog, 0, 0) == 0


def _program(machine: str) -> bytes:
    column = 0 if machine == "x86_64" else 1
    steps = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_EQUAL, _ARCHITECTURES[machine], 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
        _step(_GREATER_EQUAL, _X32, 0, 1),
        _step(_RETURN, _ERRNO | _EPERM),
    ]
    for numbers in _REFUSED.values():
        number = numbers[column]
        if number is not None:
            steps += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _ERRNO | _EPERM)]
    # threads may be made, processes not; clone3 hides its flags, so libraries fall back to clone
    steps += [_step(_EQUAL, _CLONE3[column], 0, 1), _step(_RETURN, _ERRNO | _ENOSYS)]
    steps += [
        _step(_EQUAL, _CLONE[column], 0, 4),
        _step(_LOAD, _FLAGS_AT),
        _step(_ANY_BIT, _CLONE_THREAD, 1, 0),
        _step(_RETURN, _ERRNO | _EPERM),
        _step(_RETURN, _ALLOW),
    ]
    # limits may be read, not set: the pointer to the new ones is null
    steps += [
        _step(_EQUAL, _PRLIMIT[column], 0, 5),
        _step(_LOAD, _NEW_LIMIT_AT),
        _step(_EQUAL, 0, 0, 2),
        _step(_LOAD, _NEW_LIMIT_AT + 4),
        _step(_EQUAL, 0, 1, 0),
        _step(_RETURN, _ERRNO | _EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(steps)


def _step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, when_true, when_false, value)

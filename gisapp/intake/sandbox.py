"""Shuts the reader in: limits, no network, no new programs, no files but the one.

Four locks, each of its own kind, so that one that a machine lacks leaves the others. Limits work
everywhere; the network namespace needs root or user namespaces; the filter of system calls needs
Linux on x86-64 or ARM64; Landlock needs Linux 5.13 (6.7 for TCP). `shut` says which hold.
"""

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from gisapp.intake.limits import Limits

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2

FORBIDDEN: Final = {
    # socket, execve, execveat, fork, vfork, ptrace, io_uring_setup; clone
    "x86_64": (0xC000003E, (41, 59, 322, 57, 58, 101, 425), 56),
    # socket, execve, execveat, ptrace, io_uring_setup; clone
    "aarch64": (0xC00000B7, (198, 221, 281, 117, 425), 220),
}
"""By machine: how the kernel names it, what the reader never needs, and what makes threads."""

CLONE_THREAD, CLONE3 = 0x10000, 435
LOAD, EQUAL, ANY_BIT, ANSWER = 0x20, 0x15, 0x45, 0x06
NUMBER_AT, MACHINE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
KILL, ALLOW, REFUSE, UNKNOWN = 0x80000000, 0x7FFF0000, 0x00050001, 0x00050026

LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
LANDLOCK_PATH_BENEATH = 1
READ_FILE, READ_FOLDER = 1 << 2, 1 << 3
RIGHTS: Final = ((1, (1 << 13) - 1), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))
"""Rights over files that each version of Landlock brought; those we handle and do not grant."""
TCP_FROM: Final = 4
TCP: Final = 0b11


def shut(folder: Path, limits: Limits) -> list[str]:
    """Lock this process in with ``folder`` for ever; returns the names of the locks that hold."""
    _limit(limits)
    held = ["limits"]
    for name, lock in (("network", _no_network), ("files", _only), ("calls", _few_calls)):
        if sys.platform == "linux" and lock(folder):
            held.append(name)
    return held


def _limit(limits: Limits) -> None:
    for what, most in (
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        wish = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (wish, wish))


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _no_network(folder: Path) -> bool:
    libc = _libc()
    flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    return bool(libc.unshare(flags) == 0)


def _few_calls(folder: Path) -> bool:
    """Refuse sockets, other programs and other processes by a filter of system calls."""
    known = FORBIDDEN.get(os.uname().machine)
    if known is None:
        return False
    code = b"".join(struct.pack("HBBI", *step) for step in _filter(*known))
    steps = len(code) // 8
    text = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", steps, ctypes.addressof(text)))
    libc = _libc()
    libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    where = ctypes.addressof(program)
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, where, 0, 0) == 0)


def _filter(machine: int, numbers: tuple[int, ...], clone: int) -> list[tuple[int, int, int, int]]:
    """Write the filter: (operation, steps to skip when so, when not, number)."""
    allow = 8 + len(numbers)
    refuse, unknown = allow + 1, allow + 2
    steps = [
        (LOAD, 0, 0, MACHINE_AT),
        (EQUAL, 1, 0, machine),
        (ANSWER, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER_AT),
    ]
    for number in numbers:
        steps.append((EQUAL, refuse - len(steps) - 1, 0, number))
    # The arguments of clone3 lie where no filter sees them; without it libraries use clone.
    steps.append((EQUAL, unknown - len(steps) - 1, 0, CLONE3))
    steps.append((EQUAL, 0, allow - len(steps) - 1, clone))
    steps.append((LOAD, 0, 0, FIRST_ARGUMENT_AT))
    steps.append((ANY_BIT, 0, 1, CLONE_THREAD))
    return [*steps, (ANSWER, 0, 0, ALLOW), (ANSWER, 0, 0, REFUSE), (ANSWER, 0, 0, UNKNOWN)]


def _only(folder: Path) -> bool:
    """Leave nothing on the disk but the libraries and ``folder``, both to read only."""
    libc = _libc()
    libc.syscall.restype = ctypes.c_long
    version = libc.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    handled = 0
    for since, rights in RIGHTS:
        handled |= rights if version >= since else 0
    tcp = TCP if version >= TCP_FROM else 0
    wish = struct.pack("=QQ", handled, tcp) if tcp else struct.pack("=Q", handled)
    rules = libc.syscall(LANDLOCK_CREATE, wish, ctypes.c_size_t(len(wish)), 0)
    if rules < 0:
        return False
    for path in _readable(folder):
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", READ_FILE | READ_FOLDER, handle)
        libc.syscall(LANDLOCK_ADD, rules, LANDLOCK_PATH_BENEATH, rule, 0)
        os.close(handle)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = libc.syscall(LANDLOCK_RESTRICT, rules, 0)
    os.close(rules)
    return bool(done == 0)


def _readable(folder: Path) -> Iterable[Path]:
    libraries = [Path(sys.prefix), Path(sys.base_prefix) / "lib"]
    system = [Path("/usr/lib"), Path("/usr/lib64"), Path("/lib"), Path("/lib64")]
    return [path for path in (folder, *libraries, *system) if path.is_dir()]

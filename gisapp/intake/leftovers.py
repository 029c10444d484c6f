"""Folders for what is being read; those of a program that was killed go with the next import."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

YOUNG_S: Final = 60.0
"""A folder this young may be about to be locked by whoever makes it."""


@contextmanager
def folder(prefix: str, young_s: float = YOUNG_S) -> Iterator[Path]:
    """Make a folder that goes at the end, and remove those of programs that were killed."""
    with TemporaryDirectory(prefix=prefix) as made:
        # The lock goes with the program, however it ends.
        lock = os.open(made, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _sweep(prefix, os.fstat(lock).st_mtime - young_s)
            yield Path(made)
        finally:
            os.close(lock)


def _sweep(prefix: str, before: float) -> None:
    for each in Path(gettempdir()).glob(f"{prefix}*"):
        if _abandoned(each, before):
            # Another one that sweeps at the same moment may be faster.
            shutil.rmtree(each, ignore_errors=True)


def _abandoned(path: Path, before: float) -> bool:
    """Say whether an old folder of ours has nobody who holds it any more."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # gone, another's, or no folder
        return False
    try:
        about = os.fstat(lock)
        if about.st_uid != os.geteuid() or about.st_mtime > before:
            return False
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True

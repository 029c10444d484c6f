"""Where tests write: in memory where there is room, for a disk would be most of the time."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  # what tempfile makes there is its own
ENOUGH = 4 << 30
"""Bytes that must be free there; a whole run has taken less than one of the four gigabytes."""


def prepare() -> None:
    """Choose the folder for this process and all it starts, unless somebody chose one."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH
    if roomy and os.access(MEMORY, os.W_OK) and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

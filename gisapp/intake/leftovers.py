"""Erases the private copies of files whose import was killed before it could."""

import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

NAME: Final = re.compile(r"gisapp-import-([0-9]{1,10})-\w+")


def prefix() -> str:
    """Return how the folder of a copy begins: whose it is."""
    return f"gisapp-import-{os.getpid()}-"


def sweep(older_seconds: float) -> None:
    """Erase the folders of processes that are gone, once no import can still be at work there."""
    for folder in Path(tempfile.gettempdir()).glob("gisapp-import-*"):
        owner = NAME.fullmatch(folder.name)
        if owner is None or folder.is_symlink() or _lives(int(owner[1])):
            continue
        # Somebody in another container may have this number, and a folder that we see.
        if time.time() - folder.lstat().st_mtime > older_seconds:
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True

"""Databases kept as they were once made, and copied for whoever needs the same again."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL

from gisapp.runtime import Runtime
from tests import postgres

T = TypeVar("T")

KEPT: dict[tuple[str, str], tuple[str, Any]] = {}
"""By kind of database and name: where the copy is, and what making it returned."""


def once(runtime: Runtime, name: str, make: Callable[[], T]) -> T:
    """Fill an empty installation: make what ``name`` stands for, or copy what was made before.

    What ``make`` returns must be as good for the copy: codes and versions, no rows.
    """
    engine = runtime.sessions.engine
    key = (engine.url.get_backend_name(), name)
    if key in KEPT:
        place, told = KEPT[key]
        engine.dispose()
        _copy(engine.url, place, into_kept=False)
    else:
        told = make()
        engine.dispose()  # an open WAL would leave the copy empty
        place = f"gisapp_kept_{uuid.uuid4().hex[:12]}"
        _copy(engine.url, place, into_kept=True)
        KEPT[key] = (place, told)
    found: T = told
    return found


def for_all(path: Path, make: Callable[[], None]) -> Path:
    """Let the first worker of a run that asks make the file ``path`` for all; others copy it."""
    shared = Path(os.environ[postgres.STATE]) / path.name
    with postgres.locked(shared.with_suffix(".lock")):
        if shared.exists():
            shutil.copy(shared, path)
        else:
            make()
            shutil.copy(path, shared)
    return path


def drop() -> None:
    """Drop what is kept on the server of databases."""
    for kind, name in [key for key in KEPT if key[0] == "postgresql"]:
        place, _ = KEPT.pop((kind, name))
        postgres.drop(place)


def _copy(url: URL, place: str, *, into_kept: bool) -> None:
    if url.get_backend_name() == "sqlite":
        used, kept = Path(str(url.database)), Path(_folder().name) / place
        shutil.copy(*((used, kept) if into_kept else (kept, used)))
    elif into_kept:
        postgres.create(place, url.database)
    else:
        postgres.drop(str(url.database))
        postgres.create(str(url.database), place)


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="gisapp-kept-")
